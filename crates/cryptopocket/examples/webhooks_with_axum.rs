//! Receives webhooks with axum: keep the raw bytes, verify, answer.
//!
//! `cargo run -p cryptopocket --example webhooks_with_axum`

use std::error::Error;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use cryptopocket::onramp::NewPayment;
use cryptopocket::users::NewCustomer;
use cryptopocket::webhooks::Verifier;
use cryptopocket::{Asset, Client, Credentials, EventType};
use cryptopocket_sandbox::Sandbox;
use tokio::sync::mpsc;

struct Receiver {
    verifier: Verifier,
    events: mpsc::UnboundedSender<(String, String)>,
}

/// Verification needs the bytes as they came: an extractor that parses JSON first would lose them.
async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match receiver.verifier.event(&headers, &body) {
        Ok(event) => {
            // Store the event before you answer: the provider is not known to send it again.
            let payment = event.object_id().unwrap_or_default().into_owned();
            let is_stored = receiver.events.send((event.name().to_owned(), payment)).is_ok();
            if is_stored {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
        Err(error) => {
            eprintln!("refused: {error}");
            StatusCode::BAD_REQUEST
        }
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().seed(1).start().await?;
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
        .build()?;

    let (events, mut received) = mpsc::unbounded_channel();
    let verifier = Verifier::new(sandbox.api_secret())?.require_api_key(sandbox.api_key());
    let app = axum::Router::new()
        .route("/hooks", post(receive))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(Arc::new(Receiver { verifier, events }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hooks", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });

    for kind in [EventType::PayIn, EventType::CoinsSent] {
        client.webhooks().create_subscription(kind, url.as_str()).await?;
    }
    let ada = client
        .users()
        .create_customer(NewCustomer::new("Ada", "ada@example.com"))
        .await?;
    sandbox.approve_kyc(ada.id.as_str().parse()?)?;
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let order = NewPayment::card(ada.id, "100 EUR".parse()?, Asset::new("USDC", "polygon"), wallet);
    let created = client.onramp().create_payment(order).await?;
    sandbox.pay(created.payment_id.as_str())?;

    for _ in 0..2 {
        let (name, payment) = received.recv().await.ok_or("the receiver is running")?;
        println!("{name} for {payment}");
        assert_eq!(payment, created.payment_id.as_str());
    }
    Ok(())
}
