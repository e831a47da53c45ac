use std::fmt;

/// Coarse cause of an [`Error`](crate::Error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The SDK is set up wrongly: base URL, credentials, TLS. Nothing was sent.
    Configuration,
    /// A value given to the SDK breaks a rule. Nothing was sent.
    InvalidInput,
    /// The provider does not accept the credentials or the token.
    Authorization,
    /// No connection: unknown host, refused, TLS failure. Nothing was sent.
    NotSent,
    /// No answer in time. [`Error::sent`](crate::Error::sent) says whether the request may have arrived.
    Timeout,
    /// The connection broke before the answer was complete.
    Interrupted,
    /// The provider asks to slow down (HTTP 429).
    RateLimited,
    /// The provider failed (HTTP 5xx).
    ServerError,
    /// The provider answered no, usually with a [code](crate::Error::code).
    Refused,
    /// The provider named fields that break its rules (HTTP 422).
    Validation,
    /// The answer is not one of this API: HTML, empty, broken off, or not of the operation's shape.
    UnexpectedReply,
    /// The answer is larger than the session accepts.
    BodyTooLarge,
    /// The wait's own limit passed before a final state was seen.
    WaitTimeout,
    /// A condition that the caller set does not hold, such as a quote that moved or a list over its limit.
    Conflict,
}

impl ErrorKind {
    /// The kind as a stable word in snake case, for logs and machine-readable output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidInput => "invalid_input",
            Self::Authorization => "authorization",
            Self::NotSent => "not_sent",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Refused => "refused",
            Self::Validation => "validation",
            Self::UnexpectedReply => "unexpected_reply",
            Self::BodyTooLarge => "body_too_large",
            Self::WaitTimeout => "wait_timeout",
            Self::Conflict => "conflict",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the request reached the provider.
///
/// The order is that of certainty: `No < Maybe < Yes`. Over several attempts the highest counts, except that
/// attempts whose token was certainly refused do not count, since those had no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// No byte of the request was sent. Calling again is safe.
    No,
    /// The request may have arrived: it left, wholly or in part, and no answer came.
    Maybe,
    /// The provider answered. Whether the call took effect stands in the answer, if it could be understood; see
    /// [`Error::effect`](crate::Error::effect).
    Yes,
}

impl Sent {
    /// `no`, `maybe` or `yes`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Maybe => "maybe",
            Self::Yes => "yes",
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
