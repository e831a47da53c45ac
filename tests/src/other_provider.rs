//! A second provider, for which most guesses of the spec are wrong.
//!
//! It keeps to what the provider's pages say (`documented`, `guide`, `older`) and differs wherever the spec is `assumed`,
//! and in the forms of a few documented fields, since pages can be wrong too. [`DIFFERENCES`] lists what a probe has to
//! find. It shares no code with the emulator or the SDK.

mod bank;
mod differences;
mod market;
mod payments;
mod reply;
mod state;
mod users;
mod webhooks;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

pub use differences::{DIFFERENCES, Difference, Kind};
pub use reply::row_number;
use state::Shared;
pub use state::{ACCOUNT, API_KEY, API_SECRET};

/// A running server on the loopback interface. It stops when this is dropped.
pub struct OtherProvider {
    address: SocketAddr,
    written: Shared,
    server: tokio::task::JoinHandle<()>,
}

impl OtherProvider {
    /// Starts the server on a free port.
    ///
    /// # Panics
    ///
    /// When no port can be bound.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let written = Shared::default();
        let app = router(written.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, app)
                .await
                .expect("the server runs until it is dropped");
        });
        Self {
            address,
            written,
            server,
        }
    }

    /// The base URL for the SDK.
    pub fn base_url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// Method and path of each call so far, without its query.
    ///
    /// # Panics
    ///
    /// When a handler has panicked.
    pub fn calls(&self) -> Vec<String> {
        self.written.lock().expect("no handler panicked").calls.clone()
    }
}

impl Drop for OtherProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn router(written: Shared) -> Router {
    let private = Router::new()
        .route("/token-price", get(market::price))
        .route("/available-assets", get(market::assets))
        .route("/payment-methods", get(market::payment_methods))
        .route("/quote", get(market::quote))
        .route("/rampoff-quote", get(market::offramp_quote))
        .route("/customers/list", get(users::list))
        .route("/customers/search", get(users::find))
        .route("/customers/{id}/documents", post(users::upload))
        .route("/registerUser", post(users::create))
        .route("/registerUser/kyc-delegated", post(users::create_verified))
        .route("/register/company", post(users::create_company))
        .route("/onboarding-form", post(users::link))
        .route("/kyc/check", get(users::kyc))
        .route("/payment/{id}", get(payments::get))
        .route("/payments", get(payments::list))
        .route("/createPayment", post(payments::create))
        .route("/createGuidedPayment", post(payments::create_guided))
        .route("/createRampoff", post(payments::create_offramp))
        .route("/getRampoff", get(payments::offramp))
        .route("/rampoffs", get(payments::offramps))
        .route("/banking/accounts", get(bank::accounts))
        .route("/banking/accounts/{iban}/transactions", get(bank::transactions))
        .route("/banking/reconciliations", post(bank::reconcile))
        .route("/subscribeToWebhook", post(webhooks::subscribe))
        .route("/updateWebhookSubscription", post(webhooks::update))
        .layer(middleware::from_fn(reply::require_token));
    let api = private
        .route("/authenticate", post(users::authenticate))
        .fallback(reply::no_route)
        .layer(middleware::from_fn_with_state(written.clone(), record));
    Router::new().nest("/api", api).with_state(written)
}

/// Notes the call for [`OtherProvider::calls`].
async fn record(State(written): State<Shared>, request: Request, next: Next) -> Response {
    let call = format!("{} {}", request.method(), request.uri().path());
    written.lock().expect("no handler panicked").calls.push(call);
    next.run(request).await
}
