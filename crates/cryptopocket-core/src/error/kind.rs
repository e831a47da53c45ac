use crate::getters::getters;
use cryptopocket_types::shown::is_name;
use cryptopocket_types::{debug_fields, words};

words! {
    /// Coarse cause of an [`Error`](crate::Error).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ErrorKind {
        /// The SDK is set up wrongly: base URL, credentials, TLS. Nothing was sent.
        Configuration = "configuration",
        /// A value given to the SDK breaks a rule. Nothing was sent.
        InvalidInput = "invalid_input",
        /// The provider does not accept the credentials or the token.
        Authorization = "authorization",
        /// No connection: unknown host, refused, TLS failure. Nothing was sent.
        NotSent = "not_sent",
        /// No answer in time. [`Error::sent`](crate::Error::sent) says whether the request may have arrived.
        Timeout = "timeout",
        /// The connection broke before the answer was complete.
        Interrupted = "interrupted",
        /// The provider asks to slow down (HTTP 429).
        RateLimited = "rate_limited",
        /// The provider failed (HTTP 5xx).
        ServerError = "server_error",
        /// The provider answered no, usually with a [code](crate::Error::code).
        Refused = "refused",
        /// The provider named fields that break its rules (HTTP 422).
        Validation = "validation",
        /// The answer is not one of this API: HTML, empty, broken off, or not of the operation's shape.
        UnexpectedReply = "unexpected_reply",
        /// The answer is larger than the session accepts.
        BodyTooLarge = "body_too_large",
        /// The wait's own limit passed before a final state was seen.
        WaitTimeout = "wait_timeout",
        /// A condition that the caller set does not hold, such as a quote that moved or a list over its limit.
        Conflict = "conflict",
    }

    /// Whether the request reached the provider.
    ///
    /// The order is that of certainty: `No < Maybe < Yes`. Over several attempts the highest counts, except that
    /// attempts whose token was certainly refused do not count, since those had no effect.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Sent {
        /// No byte of the request was sent. Calling again is safe.
        No = "no",
        /// The request may have arrived: it left, wholly or in part, and no answer came.
        Maybe = "maybe",
        /// The provider answered. Whether the call took effect stands in the answer, if it could be understood; see
        /// [`Error::effect`](crate::Error::effect).
        Yes = "yes",
    }

    /// What effect a failed call had on the provider's side.
    ///
    /// A call that only reads has none: its effect is never [`Unknown`](Self::Unknown) or [`Done`](Self::Done).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::{Answer, ScriptedSession};
    /// # ScriptedSession::new().then("raw", [Answer::lost()]).run(async |session| {
    /// use cryptopocket_core::{Effect, Method};
    ///
    /// let error = session.raw(Method::POST, "/payment").send().await.unwrap_err();
    /// let next = match error.effect() {
    ///     Effect::NotSent => "call again",
    ///     Effect::NotDone => "correct the cause, then call again",
    ///     Effect::Unknown => "look for the payment by its external id, then decide",
    ///     Effect::Done => "do not call again: the payment exists",
    /// };
    /// assert_eq!(next, "look for the payment by its external id, then decide");
    /// # Ok(())
    /// # });
    /// ```
    // Not `non_exhaustive`: these four are all there can be, and a caller that moves money must handle each.
    pub enum Effect {
        /// The call was not sent; a login, a guard's quote or polls may have been. Calling again is safe.
        NotSent = "not_sent",
        /// The request was sent, and it is proven that nothing was done: the token was refused, or the reply has a code that
        /// the spec lists as a refusal of the call, or field errors with HTTP 422. Correct the cause, then call again.
        NotDone = "not_done",
        /// The call may have taken effect. Look before you repeat it.
        Unknown = "unknown",
        /// The provider reported success, and the rest of the reply could not be read. Do not repeat the call.
        Done = "done",
    }
}

impl Effect {
    /// Whether repeating the call could act twice.
    pub const fn may_be_done(self) -> bool {
        matches!(self, Self::Unknown | Self::Done)
    }
}

/// One field that the provider refused, with its sentences about it.
///
/// The sentences may repeat what was sent, so neither `Debug` nor the error's `Display` shows them.
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::testing::{Answer, ScriptedSession};
/// # let refusal = r#"{"errors":{"email":["jane@example.com is taken"]}}"#;
/// # ScriptedSession::new().then("raw", [Answer::reply(422, refusal)]).run(async |session| {
/// use cryptopocket_core::Method;
///
/// let error = session.raw(Method::POST, "/customers").send().await.unwrap_err();
/// assert!(error.is_validation());
/// let refused = &error.field_errors()[0];
/// assert_eq!((refused.field(), refused.messages().len()), ("email", 1));
/// assert!(!format!("{error} {refused:?}").contains("jane"));
/// # Ok(())
/// # });
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FieldError {
    field: String,
    messages: Vec<String>,
}

impl FieldError {
    /// A refusal of `field`, as a mock or a test would build it.
    pub fn new(field: impl Into<String>, messages: Vec<String>) -> Self {
        Self {
            field: field.into(),
            messages,
        }
    }

    getters! { |error|
        /// The field's name as the provider writes it.
        pub field: &str = &error.field;
        /// The provider's sentences. They may repeat personal data of the request.
        pub messages: &[String] = &error.messages;
    }

    /// Names come from the answer, so only what looks like one is shown without being asked for.
    pub(crate) fn shown_name(&self) -> &str {
        let name = self.field.as_str();
        let is_index = |part: &str| part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        if is_name(first) && parts.all(|part| is_index(part) || is_name(part)) {
            name
        } else {
            "a field"
        }
    }
}

debug_fields! { FieldError => |error| field: error.shown_name(), messages: error.messages.len() }
