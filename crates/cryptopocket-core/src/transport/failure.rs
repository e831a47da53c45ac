use std::borrow::Cow;
use std::fmt;

/// How far a request had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Not one byte of the request had left, and none will leave later.
    BeforeSend,
    /// Bytes of the request may have left, and no answer had begun.
    AfterSend,
    /// The answer had begun.
    InAnswer,
}

/// What made a request fail.
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

/// Why a transport has no answer.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Stage, TransportError, TransportErrorKind};
///
/// let error = TransportError::new(Stage::AfterSend, TransportErrorKind::Timeout, "no answer in 30 s");
/// assert_eq!(error.to_string(), "no answer in 30 s");
/// ```
#[derive(Debug, Clone)]
pub struct TransportError {
    stage: Stage,
    kind: TransportErrorKind,
    status: Option<u16>,
    detail: Cow<'static, str>,
}

impl TransportError {
    /// A failure. `detail` is shown and logged: it must hold no URL, header or body.
    pub fn new(stage: Stage, kind: TransportErrorKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            stage,
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

    /// How far the request had come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What made it fail.
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
