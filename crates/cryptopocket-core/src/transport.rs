//! Sending one request and reading its answer.

mod answer;
mod connect;
#[cfg(feature = "custom-reqwest")]
mod custom;
mod departure;
mod failure;
mod http;
mod tls;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::debug_fields;
use zeroize::Zeroizing;

#[cfg(feature = "custom-reqwest")]
pub use self::custom::ReqwestTransport;
pub use self::failure::{TransportError, TransportErrorKind};
pub use self::http::{HttpTransport, HttpTransportBuilder};
pub(crate) use self::tls::AVAILABLE as TLS_AVAILABLE;
use crate::runtime::BoxFuture;

/// Largest answer in bytes, unless set otherwise.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Sends one request once.
///
/// The real one is [`HttpTransport`]; `testing::ScriptedTransport` (feature `testing`) answers from a script.
/// An implementation neither retries nor follows redirects. It gives up after [`WireRequest::timeout`], it limits
/// the size of an answer, and reports exactly how far a failed request came: it decides whether a payment may be sent a
/// second time. When in doubt, report [`Sent::Maybe`](crate::Sent::Maybe); a connection that writes on a task of its own may write
/// after its caller gave up.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends `request` and reads the whole answer. Any HTTP status is an answer, not an error.
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>>;
}

/// One HTTP request, complete.
#[derive(Clone)]
pub struct WireRequest {
    /// Id of the operation, such as `create_payment`.
    pub operation: &'static str,
    /// HTTP method.
    pub method: ::http::Method,
    /// The full URL. Path and query can hold personal data.
    pub url: String,
    /// All headers, the token among them.
    pub headers: ::http::HeaderMap,
    /// The body, empty when there is none. The memory is zeroed when the last handle is dropped.
    pub body: Bytes,
    /// How long to wait for the whole answer.
    pub timeout: Duration,
}

debug_fields! {
    WireRequest => |request|
        operation: request.operation,
        method: request.method,
        body_length: request.body.len(),
        timeout: request.timeout,
}

/// One HTTP answer, read to its end.
#[derive(Clone)]
pub struct WireResponse {
    /// HTTP status.
    pub status: u16,
    /// All headers.
    pub headers: ::http::HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

debug_fields! { WireResponse => |response| status: response.status, body_length: response.body.len() }

/// Bytes that are zeroed when their last handle is dropped.
pub(crate) fn wiped(content: impl Into<Vec<u8>>) -> Bytes {
    Bytes::from_owner(Wiped(Zeroizing::new(content.into())))
}

struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
