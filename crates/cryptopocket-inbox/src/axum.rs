//! A router and an extractor for axum.

use std::sync::Arc;

use ::axum::Router;
use ::axum::body::{Bytes, to_bytes};
use ::axum::extract::{FromRef, FromRequest, Request};
use ::axum::http::{HeaderMap, StatusCode};
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::post;
use cryptopocket_types::debug_fields;
use cryptopocket_webhooks::Sighting;

use crate::handler::BoxFuture;
use crate::intake::{Answer, Intake};
use crate::transaction::Store;

/// A router with one endpoint, `POST /`, that verifies, stores and answers. Nest it where the provider posts.
///
/// # Examples
/// ```
/// # use cryptopocket_inbox::{Inbox, Intake, testing::MemoryStore};
/// # use cryptopocket_webhooks::Verifier;
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let inbox = Inbox::new(MemoryStore::new());
/// let intake = Intake::new(inbox, Verifier::new("api-secret")?);
/// let app: axum::Router = axum::Router::new().nest("/webhooks", cryptopocket_inbox::axum::router(intake));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
pub fn router<S: Store>(intake: Intake<S>) -> Router {
    Router::new()
        .route("/", post(|stored: Stored| async move { stored }))
        .with_state(Endpoint::new(intake))
}

type Accept = dyn Fn(HeaderMap, Bytes) -> BoxFuture<'static, Answer> + Send + Sync;

/// An [`Intake`] as state of a router, whatever its store.
#[derive(Clone)]
pub struct Endpoint {
    accept: Arc<Accept>,
    limit: usize,
}

impl Endpoint {
    /// The intake as state.
    pub fn new<S: Store>(intake: Intake<S>) -> Self {
        let limit = intake.limit();
        let accept = move |headers: HeaderMap, body: Bytes| -> BoxFuture<'static, Answer> {
            let intake = intake.clone();
            Box::pin(async move { intake.accept(&headers, &body).await })
        };
        Self {
            accept: Arc::new(accept),
            limit,
        }
    }
}

debug_fields! { Endpoint => |endpoint| limit: endpoint.limit }

/// A delivery that is stored: an extractor for endpoints of your own.
///
/// The state of the router is an [`Endpoint`] or gives one by [`FromRef`]. The body is read as raw bytes, up to the limit
/// of the intake. A delivery that is not stored is answered by the extractor, and the endpoint is not called. Return the
/// value itself, or any other answer of 2xx.
///
/// # Examples
/// ```
/// use axum::{Router, routing::post};
/// use cryptopocket_inbox::axum::{Endpoint, Stored};
///
/// async fn hook(stored: Stored) -> Stored {
///     println!("{} bytes, {}", stored.body.len(), stored.sighting.as_str());
///     stored
/// }
///
/// let router: Router<Endpoint> = Router::new().route("/hook", post(hook));
/// # let _ = router;
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Stored {
    /// Whether the event is new.
    pub sighting: Sighting,
    /// The body as received. May contain personal data.
    pub body: Bytes,
}

debug_fields! {
    Stored => |stored| sighting: stored.sighting, body: format_args!("[{} bytes]", stored.body.len())
}

impl<T: Send + Sync> FromRequest<T> for Stored
where
    Endpoint: FromRef<T>,
{
    type Rejection = Answer;

    async fn from_request(request: Request, state: &T) -> Result<Self, Answer> {
        let endpoint = Endpoint::from_ref(state);
        let (parts, body) = request.into_parts();
        // A body that broke off is refused too, but that answer has no reader.
        let body = to_bytes(body, endpoint.limit)
            .await
            .map_err(|_| Answer::TooLarge)?;
        match (endpoint.accept)(parts.headers, body.clone()).await {
            Answer::Stored(sighting) => Ok(Self { sighting, body }),
            refused => Err(refused),
        }
    }
}

impl IntoResponse for Stored {
    fn into_response(self) -> Response {
        Answer::Stored(self.sighting).into_response()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, self.as_str()).into_response()
    }
}
