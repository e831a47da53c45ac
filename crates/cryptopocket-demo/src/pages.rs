use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method};
use cryptopocket::{HttpTransport, Transport, WireRequest};

use crate::error::{Error, Result};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Requests that are no API calls: the customer's browser, and senders of webhooks.
pub(crate) struct Browser(HttpTransport);

/// An answer to such a request.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(HttpTransport::builder().build()?))
    }

    /// Opens a hosted page and sends its form with `fields`. Returns the page before and after.
    pub(crate) async fn complete(&self, url: &str, fields: &[(&str, &str)]) -> Result<(Page, Page)> {
        let shown = self
            .send(Method::GET, url, HeaderMap::new(), Bytes::new())
            .await?;
        let asks_for = |name: &str| shown.html.contains(&format!(" name=\"{name}\""));
        if let Some((missing, _)) = fields.iter().find(|(name, _)| !asks_for(name)) {
            return Err(Error::stuck(format!("the page does not ask for {missing}")));
        }
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, form)]);
        let sent = self.send(Method::POST, url, headers, body.into()).await?;
        Ok((shown, sent))
    }

    /// Posts a webhook to `url`.
    pub(crate) async fn post(&self, url: &str, headers: HeaderMap, body: Bytes) -> Result<u16> {
        Ok(self.send(Method::POST, url, headers, body).await?.status)
    }

    async fn send(&self, method: Method, url: &str, headers: HeaderMap, body: Bytes) -> Result<Page> {
        let request = WireRequest {
            operation: "hosted_page",
            method,
            url: url.to_owned(),
            headers,
            body,
            timeout: TIMEOUT,
        };
        match self.0.send(request).await {
            Ok(answer) => Ok(Page {
                status: answer.status,
                html: String::from_utf8_lossy(&answer.body).into_owned(),
            }),
            Err(error) => Err(Error::stuck(format!(
                "a page of the emulator cannot be reached: {error}"
            ))),
        }
    }
}

impl Page {
    /// The sentence that states the result.
    pub(crate) fn state(&self) -> Option<&str> {
        Some(self.html.split_once("id=\"state\">")?.1.split_once('<')?.0)
    }
}
