//! Refusals of deliveries.

use std::borrow::Cow;
use std::fmt;

/// Reason of a refusal.
///
/// [`as_str`](Self::as_str) is a stable word for logs, metrics and scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VerifyErrorKind {
    /// `X-Timestamp` or `X-Signature` (or a required `X-API-Key`) is missing.
    MissingHeader,
    /// A header is repeated with different values.
    ConflictingHeader,
    /// `X-Timestamp` is not a plain number of seconds in ASCII digits.
    BadTimestamp,
    /// The timestamp is further in the past than the tolerance.
    TooOld,
    /// The timestamp is further in the future than the tolerance.
    TooNew,
    /// `X-Signature` is neither hex nor base64 of 32 bytes.
    BadSignatureEncoding,
    /// The signature belongs to other bytes, another timestamp or another secret.
    SignatureMismatch,
    /// `X-API-Key` differs from the required key.
    ApiKeyMismatch,
    /// The signature matches, but the body is not exactly one JSON value with one reading.
    MalformedBody,
    /// The verifier or signer was given an empty secret.
    EmptySecret,
}

impl VerifyErrorKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::MissingHeader,
        Self::ConflictingHeader,
        Self::BadTimestamp,
        Self::TooOld,
        Self::TooNew,
        Self::BadSignatureEncoding,
        Self::SignatureMismatch,
        Self::ApiKeyMismatch,
        Self::MalformedBody,
        Self::EmptySecret,
    ];

    /// The stable word of this kind.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::VerifyErrorKind;
    /// assert_eq!(VerifyErrorKind::TooOld.as_str(), "too_old");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::ConflictingHeader => "conflicting_header",
            Self::BadTimestamp => "bad_timestamp",
            Self::TooOld => "too_old",
            Self::TooNew => "too_new",
            Self::BadSignatureEncoding => "bad_signature_encoding",
            Self::SignatureMismatch => "signature_mismatch",
            Self::ApiKeyMismatch => "api_key_mismatch",
            Self::MalformedBody => "malformed_body",
            Self::EmptySecret => "empty_secret",
        }
    }
}

impl fmt::Display for VerifyErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refused delivery: the reason and a hint.
///
/// The error contains no part of the body, of the signature or of a secret, so it may be logged. Answer the sender with
/// a bare 4xx: the [`hint`](Self::hint) is for the operator of the receiver.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{SignatureHeaders, Verifier, VerifyErrorKind};
///
/// let verifier = Verifier::new("api-secret")?;
/// let error = verifier.verify(&SignatureHeaders::new("yesterday", "00"), b"{}").unwrap_err();
/// assert_eq!(error.kind(), VerifyErrorKind::BadTimestamp);
/// assert!(error.hint().contains("digits"));
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    kind: VerifyErrorKind,
    message: Cow<'static, str>,
    hint: Cow<'static, str>,
    skew_seconds: Option<i64>,
}

impl VerifyError {
    pub(crate) fn new(
        kind: VerifyErrorKind,
        message: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: hint.into(),
            skew_seconds: None,
        }
    }

    pub(crate) fn with_skew(mut self, seconds: i64) -> Self {
        self.skew_seconds = Some(seconds);
        self
    }

    /// The reason.
    pub fn kind(&self) -> VerifyErrorKind {
        self.kind
    }

    /// What to check or change, found by trying the usual mistakes where possible.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// For [`TooOld`](VerifyErrorKind::TooOld) and [`TooNew`](VerifyErrorKind::TooNew): this machine's clock minus
    /// the timestamp of the delivery, in seconds. Positive: the delivery is in the past, or this machine's clock is
    /// fast.
    pub fn skew_seconds(&self) -> Option<i64> {
        self.skew_seconds
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "webhook refused ({}): {}", self.kind, self.message)
    }
}

impl std::error::Error for VerifyError {}
