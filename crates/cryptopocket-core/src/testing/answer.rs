use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Sent;
use crate::transport::{TransportError, TransportErrorKind, WireRequest, WireResponse};

type Reaction = dyn Fn(&WireRequest) -> Result<WireResponse, TransportError> + Send + Sync;

/// What a [`ScriptedTransport`](super::ScriptedTransport) does with a request.
#[derive(Clone)]
pub struct Answer(Arc<Reaction>);

impl Answer {
    /// Status 200 with a JSON body.
    pub fn json(body: impl Into<String>) -> Self {
        Self::reply(200, body)
    }

    /// Any status with any body.
    pub fn reply(status: u16, body: impl Into<String>) -> Self {
        let body = Bytes::from(body.into());
        Self::with(move |_| {
            Ok(WireResponse {
                status,
                headers: HeaderMap::new(),
                body: body.clone(),
            })
        })
    }

    /// The same answer with one more header. A name or value that cannot be one is left out.
    #[must_use]
    pub fn header(self, name: &'static str, value: &'static str) -> Self {
        Self::with(move |request| {
            let mut response = (self.0)(request)?;
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers.insert(name, value);
            }
            Ok(response)
        })
    }

    /// The token is refused, as the provider does it: with status 200.
    pub fn refused_token() -> Self {
        Self::json(r#"{"status":"error","error":"authorization_incorrect"}"#)
    }

    /// A business error with this code, as the provider does it: with status 200.
    pub fn error_code(code: &str) -> Self {
        Self::json(format!(r#"{{"status":"error","error":"{code}"}}"#))
    }

    /// Nobody listens.
    pub fn refused_connection() -> Self {
        Self::failure(Sent::No, TransportErrorKind::Connect, "connection refused")
    }

    /// No connection in time.
    pub fn timeout_before_sending() -> Self {
        Self::failure(Sent::No, TransportErrorKind::Timeout, "connecting timed out")
    }

    /// The request went out and no answer came in time.
    pub fn timeout_after_sending() -> Self {
        Self::failure(
            Sent::Maybe,
            TransportErrorKind::Timeout,
            "the operation timed out",
        )
    }

    /// The request went out and the connection broke.
    pub fn lost() -> Self {
        Self::failure(Sent::Maybe, TransportErrorKind::Interrupted, "connection reset")
    }

    /// The answer began with status 200 and broke off.
    pub fn broken_body() -> Self {
        Self::with(|_| {
            let kind = TransportErrorKind::Interrupted;
            Err(
                TransportError::new(Sent::Yes, kind, "end of file before message length reached")
                    .with_status(200),
            )
        })
    }

    /// Any failure of the transport.
    pub fn failure(sent: Sent, kind: TransportErrorKind, detail: &'static str) -> Self {
        Self::with(move |_| Err(TransportError::new(sent, kind, detail)))
    }

    /// Whatever `reaction` makes of the request.
    pub fn with(
        reaction: impl Fn(&WireRequest) -> Result<WireResponse, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(reaction))
    }

    pub(super) fn react(&self, request: &WireRequest) -> Result<WireResponse, TransportError> {
        (self.0)(request)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}
