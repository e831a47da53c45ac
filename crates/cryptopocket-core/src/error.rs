//! The one error of the SDK.

pub(crate) mod advice;
mod build;
mod effect;
mod field;
mod kind;
pub(crate) mod shown;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::ErrorCode;
use cryptopocket_types::sensitive::{Personal, Secret};

pub use self::advice::Advice;
pub use self::effect::Effect;
pub use self::field::FieldError;
pub use self::kind::{ErrorKind, Sent};

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
    sent: Sent,
    outcome: Outcome,
    repeat: Repeat,
    /// It is of a kind that passes, even where this attempt may not be repeated.
    may_pass: bool,
    during_login: bool,
    operation: Option<&'static str>,
    status: Option<u16>,
    code: Option<ErrorCode>,
    shown_code: Option<String>,
    attempts: u32,
    retry_after: Option<Duration>,
    fields: Vec<FieldError>,
    verification_url: Option<Secret>,
    provider_message: Option<Personal>,
    raw_body: Option<Bytes>,
    polls: Option<u32>,
    last_state: Option<String>,
    /// When it was noted that the outcome is unknown, on the monotonic clock of the session.
    lost_at: Option<Duration>,
    detail: Cow<'static, str>,
    advice: Advice,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What is known of the effect that the call had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing has been said about it yet.
    Open,
    /// The answer proves that the call was not carried out.
    NotCarriedOut,
    /// The call may have taken effect.
    Unknown,
    /// The provider said that the call took effect.
    Done,
}

/// What the attempt loop may do with a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Another attempt would end the same way.
    Never,
    /// The token was refused, so the call did nothing; a new token may help.
    AfterLogin,
    /// The token seems to be refused. A new one may help, and the call may have done something.
    AfterLoginIfHarmless,
    /// It may pass, and the request may have arrived.
    IfHarmless,
    /// Nothing was sent.
    Always,
}

/// Possible effects of earlier attempts. An attempt whose token was refused had none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Earlier {
    sent: Sent,
    outcome_unknown: bool,
}

impl Default for Earlier {
    fn default() -> Self {
        Self {
            sent: Sent::No,
            outcome_unknown: false,
        }
    }
}

impl Earlier {
    pub(crate) fn add(&mut self, failed: &Error) {
        self.sent = self.sent.max(failed.sent());
        self.outcome_unknown |= failed.effect().may_be_done();
    }
}

impl Error {
    /// The coarse cause.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request reached the provider, over all attempts of the call.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// The provider's code, such as `limit_exceded`. Codes this SDK does not know keep their text,
    /// which the provider may have put there by mistake: `Display` and `Debug` show only what looks like a code.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.0.code.as_ref()
    }

    /// The HTTP status of the last answer. The provider sends most refusals with status 200.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The operation's id, such as `create_payment`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// How many times the request was tried. For a success reply that did not fit its type, only the attempt
    /// that brought it is counted.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the provider asks to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The fields that the provider refused.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Page on which the customer continues: the identity check that comes with `require_kyc`, or the declaration that
    /// comes with `kyc_reinforced_required`. It opens the customer's own page, so treat it as a secret.
    pub fn verification_url(&self) -> Option<&Secret> {
        self.0.verification_url.as_ref()
    }

    /// What the provider wrote in prose. It may hold personal data: show it to the person concerned, do not log it.
    pub fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_ref().map(Personal::reveal)
    }

    /// The answer as it came. It may hold secrets and personal data: do not log it.
    pub fn raw_body(&self) -> Option<&[u8]> {
        self.0.raw_body.as_deref()
    }

    /// What to do about it.
    pub fn advice(&self) -> &Advice {
        &self.0.advice
    }

    /// What effect the call had on the provider's side, over all its attempts.
    pub fn effect(&self) -> Effect {
        match (self.0.sent, self.0.outcome) {
            (_, Outcome::Unknown) => Effect::Unknown,
            (_, Outcome::Done) => Effect::Done,
            (Sent::No, _) => Effect::NotSent,
            (_, Outcome::Open | Outcome::NotCarriedOut) => Effect::NotDone,
        }
    }

    /// How many times a wait asked before it gave up.
    pub fn polls(&self) -> Option<u32> {
        self.0.polls
    }

    /// The last state that a wait saw before it gave up.
    pub fn last_state(&self) -> Option<&str> {
        self.0.last_state.as_deref()
    }

    /// The failure concerns the login that the call needed, not the call itself.
    pub fn is_during_login(&self) -> bool {
        self.0.during_login
    }

    /// The provider said no for a business reason. Read [`code`](Self::code); the same call will be refused
    /// again until its cause is gone.
    pub fn is_refused(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Refused | ErrorKind::Validation)
    }

    /// The credentials or the token were not accepted, even after a new login. Check the credentials and
    /// whether this machine's address is on the provider's whitelist.
    pub fn is_authorization(&self) -> bool {
        self.0.kind == ErrorKind::Authorization
    }

    /// A value was refused, by the SDK or by the provider. Correct it; see [`field_errors`](Self::field_errors).
    pub fn is_validation(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Validation | ErrorKind::InvalidInput)
    }

    /// The time ran out, for an answer or for a wait. Look at [`sent`](Self::sent) before repeating.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout | ErrorKind::WaitTimeout)
    }

    /// The call may have taken effect, and nothing here says whether it did. Look before you repeat: find the
    /// payment by its external id, the customer by e-mail address. Never true for calls that only read.
    ///
    /// This is wider than `sent() == Sent::Maybe`: a 5xx answer or a broken reply to a call that moves money
    /// was certainly sent, and still leaves open what it did.
    pub fn is_outcome_unknown(&self) -> bool {
        self.effect() == Effect::Unknown
    }

    /// The same call may succeed a little later without any change: no connection, time-out, broken
    /// connection, 429, 5xx or an answer cut short. Whether it may be *repeated* is the question of
    /// [`is_outcome_unknown`](Self::is_outcome_unknown).
    pub fn is_transient(&self) -> bool {
        self.0.may_pass
            || matches!(
                self.0.kind,
                ErrorKind::NotSent
                    | ErrorKind::Timeout
                    | ErrorKind::Interrupted
                    | ErrorKind::RateLimited
                    | ErrorKind::ServerError
            )
    }

    /// Whether the provider's code is `code`, such as `"require_kyc"`.
    pub fn has_code(&self, code: &str) -> bool {
        self.0.code.as_ref().is_some_and(|known| known.as_str() == code)
    }

    pub(crate) fn lost_at(&self) -> Option<Duration> {
        self.0.lost_at
    }

    pub(crate) fn repeat(&self) -> Repeat {
        self.0.repeat
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
        if let Some(status) = inner.status {
            write!(f, " (HTTP {status})")?;
        }
        if inner.attempts > 1 {
            write!(f, ", after {} attempts", inner.attempts)?;
        }
        match self.effect() {
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

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("sent", &inner.sent)
            .field("effect", &self.effect())
            .field("operation", &inner.operation)
            .field("during_login", &inner.during_login)
            .field("status", &inner.status)
            .field("code", &inner.shown_code)
            .field("attempts", &inner.attempts)
            .field("fields", &inner.fields)
            .field("detail", &inner.detail)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
