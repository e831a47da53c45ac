use std::borrow::Cow;
use std::fmt;

use crate::error::Sent;

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

    /// Whether the request reached the other side.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// The cause.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// The status, when the answer had begun.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for TransportError {}
