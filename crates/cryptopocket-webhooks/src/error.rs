//! Refusals of deliveries.

use std::borrow::Cow;

use cryptopocket_types::{formats, words};

words! {
    /// Reason of a refusal.
    ///
    /// [`as_str`](Self::as_str) is a stable word for logs, metrics and scripts, such as `too_old`.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::VerifyErrorKind;
    ///
    /// // A clock or a replay is another alarm than a wrong secret.
    /// let is_about_time = |kind| matches!(kind, VerifyErrorKind::TooOld | VerifyErrorKind::TooNew);
    /// assert!(is_about_time(VerifyErrorKind::TooOld));
    /// assert!(!is_about_time(VerifyErrorKind::SignatureMismatch));
    /// assert_eq!(VerifyErrorKind::TooOld.as_str(), "too_old");
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum VerifyErrorKind {
        /// `X-Timestamp` or `X-Signature` (or a required `X-API-Key`) is missing.
        MissingHeader = "missing_header",
        /// A header is repeated with different values.
        ConflictingHeader = "conflicting_header",
        /// `X-Timestamp` is not a plain number of seconds in ASCII digits.
        BadTimestamp = "bad_timestamp",
        /// The timestamp is further in the past than the tolerance.
        TooOld = "too_old",
        /// The timestamp is further in the future than the tolerance.
        TooNew = "too_new",
        /// `X-Signature` is neither hex nor base64 of 32 bytes.
        BadSignatureEncoding = "bad_signature_encoding",
        /// The signature belongs to other bytes, another timestamp or another secret.
        SignatureMismatch = "signature_mismatch",
        /// `X-API-Key` differs from the required key.
        ApiKeyMismatch = "api_key_mismatch",
        /// The signature matches, but the body is not exactly one JSON value with one reading.
        MalformedBody = "malformed_body",
        /// The verifier or signer was given an empty secret.
        EmptySecret = "empty_secret",
    }
}

/// A refused delivery: the reason and a hint.
///
/// The error contains no part of the body, of the signature or of a secret, so it may be logged. Answer the sender with
/// a bare 4xx: the [`hint`](Self::hint) is for the operator of the receiver.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{Signer, Verifier, VerifyErrorKind};
///
/// let headers = Signer::new("api-secret")?.sign(b"{}");
/// // The secret was copied with the line break at its end.
/// let error = Verifier::new("api-secret\n")?.verify(&headers, b"{}").unwrap_err();
/// assert_eq!(error.kind(), VerifyErrorKind::SignatureMismatch);
/// assert!(error.hint().contains("white space"), "{}", error.hint());
/// assert!(!format!("{error} {error:?}").contains("api-secret"));
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    kind: VerifyErrorKind,
    message: Cow<'static, str>,
    hint: Cow<'static, str>,
    pub(crate) skew_seconds: Option<i64>,
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

formats! {
    Display of VerifyError, |error, f| write!(f, "webhook refused ({}): {}", error.kind, error.message);
}

impl std::error::Error for VerifyError {}
