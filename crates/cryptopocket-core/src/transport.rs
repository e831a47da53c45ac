//! Sending one request and reading its answer.

mod answer;
mod connect;
#[cfg(feature = "custom-reqwest")]
mod custom;
mod departure;
mod http;
mod tls;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::debug_fields;
use zeroize::Zeroizing;

#[cfg(feature = "custom-reqwest")]
pub use self::custom::ReqwestTransport;
pub use self::http::{HttpTransport, HttpTransportBuilder};
pub(crate) use self::tls::AVAILABLE as TLS_AVAILABLE;
use crate::error::Sent;
use crate::getters::getters;
use crate::runtime::BoxFuture;

/// Largest answer in bytes, unless set otherwise.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Sends one request once.
///
/// The real one is [`HttpTransport`]; `testing::ScriptedTransport` (feature `testing`) answers from a script.
/// An implementation neither retries nor follows redirects. It gives up after [`WireRequest::timeout`], it limits
/// the size of an answer, and reports exactly how far a failed request came: it decides whether a payment may be sent a
/// second time. When in doubt, report [`Sent::Maybe`]; a connection that writes on a task of its own may write
/// after its caller gave up.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{BoxFuture, Sent, Transport, TransportError, TransportErrorKind, WireRequest, WireResponse};
///
/// #[derive(Debug)]
/// struct Offline;
///
/// impl Transport for Offline {
///     fn send(&self, _: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
///         // Only where it is certain that no byte was written: a payment is sent again after it.
///         let error = TransportError::new(Sent::No, TransportErrorKind::Connect, "no network");
///         Box::pin(async { Err(error) })
///     }
/// }
/// ```
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

/// The cause of a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: unknown host, refused, TLS.
    Connect,
    /// No connection, because the server's certificate is not trusted.
    Certificate,
    /// Out of time.
    Timeout,
    /// The connection broke.
    Interrupted,
    /// The answer is larger than allowed.
    TooLarge,
    /// The request itself cannot be sent, for instance because TLS is not built in.
    Configuration,
}

/// A request that got no complete answer.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Sent, TransportError, TransportErrorKind};
///
/// let lost = TransportError::new(Sent::Maybe, TransportErrorKind::Timeout, "no answer in 30 s");
/// assert_eq!(lost.to_string(), "no answer in 30 s");
/// assert_eq!((lost.sent(), lost.status()), (Sent::Maybe, None));
///
/// let cut_off = TransportError::new(Sent::Yes, TransportErrorKind::Interrupted, "cut off").with_status(200);
/// assert_eq!((cut_off.sent(), cut_off.status()), (Sent::Yes, Some(200)));
/// ```
#[derive(Debug, Clone)]
pub struct TransportError {
    sent: Sent,
    kind: TransportErrorKind,
    status: Option<u16>,
    detail: Cow<'static, str>,
}

impl TransportError {
    /// A failure. [`Sent::No`] says that no byte of the request was written, and none will be; [`Sent::Yes`], that the
    /// answer had begun. `detail` is shown and logged: it must hold no URL, header or body.
    pub fn new(sent: Sent, kind: TransportErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            sent,
            kind,
            status: None,
            detail: detail.into(),
        }
    }

    /// Adds the status of an answer whose body failed.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    getters! { |error|
        /// Whether the request reached the other side.
        pub sent: Sent = error.sent;
        /// The cause.
        pub kind: TransportErrorKind = error.kind;
        /// The status, when the answer had begun.
        pub status: Option<u16> = error.status;
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for TransportError {}

/// Bytes that are zeroed when their last handle is dropped.
pub(crate) fn wiped(content: impl Into<Vec<u8>>) -> Bytes {
    Bytes::from_owner(Zeroizing::new(content.into()))
}
