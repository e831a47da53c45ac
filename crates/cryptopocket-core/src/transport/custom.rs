use std::fmt;

use super::answer::{self, unsendable};
use super::departure::{Departure, Watched};
use super::{MAX_BODY, Transport, TransportError, WireRequest, WireResponse};
use crate::error::Error;
use crate::runtime::BoxFuture;

/// Sends over a `reqwest` client with your own settings, for instance a proxy or a client certificate.
///
/// Your program depends on `reqwest` itself and chooses its TLS; this crate turns none of its features on.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use cryptopocket_core::ReqwestTransport;
///
/// # fn main() -> cryptopocket_core::Result<()> {
/// let settings = reqwest::Client::builder().connect_timeout(Duration::from_secs(3));
/// let transport = ReqwestTransport::new(settings)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReqwestTransport {
    client: reqwest::Client,
}

impl ReqwestTransport {
    /// Builds the client, without redirects, retries and `referer`, for HTTP/1.1.
    ///
    /// A redirect would send the token to another address, and a redirect or a retry could send a payment twice. The
    /// session sets the time limit of each call; you set `connect_timeout`.
    pub fn new(settings: reqwest::ClientBuilder) -> Result<Self, Error> {
        let client = harmless(settings).build();
        client.map(|client| Self { client }).map_err(|error| {
            Error::configuration(
                "reqwest rejects the settings of the HTTP client",
                "Build a client from the same settings without the SDK to see the reason.",
            )
            .with_source(unsendable(answer::text(&error)))
        })
    }
}

/// The settings without those that could send a request twice or elsewhere.
fn harmless(settings: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    settings
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .referer(false)
}

impl Transport for ReqwestTransport {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            let departure = (!request.body.is_empty()).then(Departure::default);
            let url = reqwest::Url::parse(&request.url).map_err(|error| unsendable(error.to_string()))?;
            let mut outgoing = reqwest::Request::new(request.method, url);
            *outgoing.headers_mut() = request.headers;
            if let Some(departure) = &departure {
                let body = Watched::new(request.body, departure.clone());
                *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
            }
            let sending = async { self.client.execute(outgoing).await.map(::http::Response::from) };
            answer::receive(sending, departure, request.timeout, MAX_BODY).await
        })
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    /// `reqwest` speaks HTTP/2 only with a feature that these tests do without, so its settings are read instead.
    #[test]
    fn client_of_the_user_speaks_http_1_only() {
        let settings = reqwest::Client::builder();
        assert!(!format!("{settings:?}").contains("http1_only: true"));
        let settings = format!("{:?}", super::harmless(settings));
        assert!(settings.contains("http1_only: true"), "{settings}");
    }
}
