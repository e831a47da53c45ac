//! The one error of the SDK.

pub(crate) mod advice;
mod build;
mod kind;
pub(crate) mod shown;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::sensitive::{Personal, Secret};
use cryptopocket_types::{ErrorCode, debug_fields};

pub use self::advice::Advice;
pub use self::kind::{Effect, ErrorKind, FieldError, Sent};
use crate::getters::getters;

/// The failure of a call.
///
/// Three questions matter most: [`kind`](Self::kind) (what happened), [`effect`](Self::effect) (may the call be
/// repeated), and [`advice`](Self::advice) (what to do).
///
/// `Display` and `Debug` never show secrets, personal data, bodies or URLs. What the provider wrote in prose is
/// available on request through [`provider_message`](Self::provider_message), and the raw answer through
/// [`raw_body`](Self::raw_body).
///
/// # Examples
///
/// ```
/// use cryptopocket_core::{Effect, Error, ErrorKind};
///
/// let error = Error::invalid_input("fiat_amount", "must be above zero", "Give an amount such as 25.00.");
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert_eq!(error.effect(), Effect::NotSent);
/// assert_eq!(error.to_string(), "fiat_amount must be above zero");
/// assert_eq!(error.advice().to_string(), "Give an amount such as 25.00.");
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    detail: Cow<'static, str>,
    advice: Advice,
    operation: Option<&'static str>,
    /// It is the login that failed, not the operation.
    during_login: bool,
    attempts: u32,
    sent: Sent,
    effect: Effect,
    /// When it was noted that the outcome is unknown, on the monotonic clock of the session.
    lost_at: Option<Duration>,
    answer: Answer,
    /// Number of polls and last state of a wait that gave up.
    wait: Option<(u32, Option<String>)>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What an answer says besides its kind; empty for an error without one.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    /// `None` too for an error that was found in a reply after it had passed for a success.
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<ErrorCode>,
    /// The code stands where codes stand, so it is one, even when it is new.
    pub(crate) is_code_in_place: bool,
    pub(crate) fields: Vec<FieldError>,
    pub(crate) verification_url: Option<Secret>,
    pub(crate) message: Option<Personal>,
    /// Empty, cut off or no JSON at all, as something between may make it.
    pub(crate) is_garbled: bool,
    /// It proves that nothing was done.
    pub(crate) is_proof: bool,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) raw_body: Bytes,
}

impl Error {
    getters! { |error|
        /// The coarse cause.
        pub kind: ErrorKind = error.0.kind;
        /// Whether the request reached the provider, over all attempts of the call.
        pub sent: Sent = error.0.sent;
        /// The provider's code, such as `limit_exceded`. Codes this SDK does not know keep their text,
        /// which the provider may have put there by mistake: `Display` and `Debug` show only what looks like a code.
        pub code: Option<&ErrorCode> = error.0.answer.code.as_ref();
        /// The HTTP status of the last answer. The provider sends most refusals with status 200.
        pub status: Option<u16> = error.0.answer.status;
        /// The operation's id, such as `create_payment`.
        pub operation: Option<&'static str> = error.0.operation;
        /// How many times the request was tried. For a success reply that did not fit its type, only the attempt
        /// that brought it is counted.
        pub attempts: u32 = error.0.attempts;
        /// How long the provider asks to wait before the next call.
        pub retry_after: Option<Duration> = error.0.answer.retry_after;
        /// The fields that the provider refused.
        pub field_errors: &[FieldError] = &error.0.answer.fields;
        /// Page on which the customer continues: the identity check that comes with `require_kyc`, or the declaration that
        /// comes with `kyc_reinforced_required`. It opens the customer's own page, so treat it as a secret.
        pub verification_url: Option<&Secret> = error.0.answer.verification_url.as_ref();
        /// What the provider wrote in prose. It may hold personal data: show it to the person concerned, do not log it.
        pub provider_message: Option<&str> = error.0.answer.message.as_ref().map(Personal::reveal);
        /// The answer as it came. It may hold secrets and personal data: do not log it.
        pub raw_body: Option<&[u8]> = Some(&*error.0.answer.raw_body).filter(|body| !body.is_empty());
        /// What to do about it.
        pub advice: &Advice = &error.0.advice;
        /// What effect the call had on the provider's side, over all its attempts.
        ///
        /// `Effect::Unknown` is wider than `sent() == Sent::Maybe`: a 5xx answer or a broken reply to a call that moves money was
        /// certainly sent, and still leaves open what it did. Look before you repeat such a call: find the payment by its
        /// external id, the customer by e-mail address. Of a call that only reads the effect is never unknown.
        pub effect: Effect = error.0.effect;
        /// How many times a wait asked before it gave up.
        pub polls: Option<u32> = error.0.wait.as_ref().map(|(polls, _)| *polls);
        /// The last state that a wait saw before it gave up.
        pub last_state: Option<&str> = error.0.wait.as_ref()?.1.as_deref();
        /// The failure concerns the login that the call needed, not the call itself.
        pub is_during_login: bool = error.0.during_login;
        /// The provider said no for a business reason. Read [`code`](Self::code); the same call will be refused
        /// again until its cause is gone.
        pub is_refused: bool = matches!(error.0.kind, ErrorKind::Refused | ErrorKind::Validation);
        /// The credentials or the token were not accepted. Check the credentials and whether this machine's address is on the
        /// provider's whitelist. A token is renewed, and the call repeated, before this is said, unless the call may act twice
        /// and the reply is no proof that it did nothing.
        pub is_authorization: bool = error.0.kind == ErrorKind::Authorization;
        /// A value was refused, by the SDK or by the provider. Correct it; see [`field_errors`](Self::field_errors).
        pub is_validation: bool = matches!(error.0.kind, ErrorKind::Validation | ErrorKind::InvalidInput);
        /// The time ran out, for an answer or for a wait. Look at [`sent`](Self::sent) before repeating.
        pub is_timeout: bool = matches!(error.0.kind, ErrorKind::Timeout | ErrorKind::WaitTimeout);
        pub(crate) lost_at: Option<Duration> = error.0.lost_at;
        /// The answer proves that nothing was done.
        pub(crate) is_proof: bool = error.0.answer.is_proof;
    }

    /// The same call may succeed a little later without any change: no connection, time-out, broken
    /// connection, 429, 5xx or an answer cut short. Whether it may be *repeated* is the question of
    /// [`effect`](Self::effect).
    pub fn is_transient(&self) -> bool {
        use ErrorKind::{Interrupted, NotSent, RateLimited, ServerError, Timeout};
        let kinds = [NotSent, Timeout, Interrupted, RateLimited, ServerError];
        self.0.answer.is_garbled || kinds.contains(&self.0.kind)
    }

    /// Whether the provider's code is `code`, such as `"require_kyc"`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::{Answer, ScriptedSession};
    /// # ScriptedSession::new().then("raw", [Answer::error_code("limit_exceded")]).run(async |session| {
    /// use cryptopocket_core::Method;
    ///
    /// let error = session.raw(Method::POST, "/payment").send().await.unwrap_err();
    /// assert!(error.is_refused() && !error.is_transient());
    /// assert!(error.has_code("limit_exceded"), "offer another way to pay");
    /// # Ok(())
    /// # });
    /// ```
    pub fn has_code(&self, code: &str) -> bool {
        self.code().is_some_and(|known| known.as_str() == code)
    }
}

impl fmt::Display for Error {
    /// One sentence of what happened. The alternate form `{:#}` adds the advice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        if inner.during_login {
            f.write_str("login: ")?;
        }
        f.write_str(&inner.detail)?;
        if let Some(status) = self.status() {
            write!(f, " (HTTP {status})")?;
        }
        if inner.attempts > 1 {
            write!(f, ", after {} attempts", inner.attempts)?;
        }
        match inner.effect {
            Effect::Unknown => f.write_str("; the outcome is unknown")?,
            Effect::Done => f.write_str("; the call was carried out")?,
            Effect::NotSent | Effect::NotDone => {}
        }
        if f.alternate() && !inner.advice.is_empty() {
            write!(f, ". {}", inner.advice)?;
        }
        Ok(())
    }
}

debug_fields! {
    Error => |error|
        kind: error.0.kind,
        sent: error.0.sent,
        effect: error.0.effect,
        operation: error.0.operation,
        during_login: error.0.during_login,
        status: error.status(),
        code: error.code().map(|code| shown::code(code, error.0.answer.is_code_in_place)),
        attempts: error.0.attempts,
        fields: error.field_errors(),
        detail: error.0.detail,
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
