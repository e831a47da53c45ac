use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::ErrorCode;
use cryptopocket_types::sensitive::{Personal, Secret};

use super::{Advice, Earlier, Error, ErrorKind, FieldError, Inner, Outcome, Repeat, Sent, advice, shown};
use crate::operation::{Idempotency, Operation};
use crate::transport::{Stage, TransportError, TransportErrorKind};

type Text = Cow<'static, str>;

/// For the crates built on `core`. Texts go into `Display`: name fields and rules, never values.
impl Error {
    /// `field` was given a value that breaks `rule`; `cure` says what to give instead.
    pub fn invalid_input(field: &str, rule: &str, cure: impl Into<Advice>) -> Self {
        Self::new(ErrorKind::InvalidInput, format!("{field} {rule}")).with_advice(cure)
    }

    /// Refuses `text`, given for `field`, when it holds nothing but white space.
    ///
    /// # Errors
    ///
    /// [`invalid_input`](Self::invalid_input), with `cure`.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_core::Error;
    ///
    /// let cure = "Give the id that creating the customer returned.";
    /// assert!(Error::require("user_id", "100067", cure).is_ok());
    /// assert_eq!(Error::require("user_id", " ", cure).unwrap_err().to_string(), "user_id is empty");
    /// ```
    pub fn require(field: &str, text: &str, cure: impl Into<Advice>) -> Result<(), Self> {
        if text.trim().is_empty() {
            return Err(Self::invalid_input(field, "is empty", cure));
        }
        Ok(())
    }

    /// The SDK is set up wrongly.
    pub fn configuration(detail: impl Into<Text>, cure: impl Into<Advice>) -> Self {
        Self::new(ErrorKind::Configuration, detail).with_advice(cure)
    }

    /// The SDK stops because something changed meanwhile.
    pub fn conflict(detail: impl Into<Text>, cure: impl Into<Advice>) -> Self {
        Self::new(ErrorKind::Conflict, detail).with_advice(cure)
    }

    /// A reply was understood as far as its type goes, and still is not what the operation must give.
    pub fn unexpected_reply(operation: &'static Operation, detail: impl Into<Text>) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedReply, detail).with_advice(advice::SHAPE);
        error.0.sent = Sent::Yes;
        error.0.attempts = 1;
        error.conclude(operation)
    }

    /// The reply is about another `object` than the one asked for, such as another payment.
    ///
    /// Its id differs from the one in the request, so nothing in it says anything about the object asked for. For a call
    /// that moves money the outcome is unknown.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::{Envelope, Idempotency, Operation};
    /// # use cryptopocket_types::evidence::Evidence;
    /// use cryptopocket_core::{Error, ErrorKind};
    ///
    /// # static GET_REFUND: Operation = Operation { id: "get_refund", page: "", method: "GET", path: "/refund", tag: "x",
    /// #     idempotency: Idempotency::Safe, envelope: Envelope::Data, evidence: Evidence::Assumed, source: "",
    /// #     auth: true, refusals: &[] };
    /// let error = Error::another_object(&GET_REFUND, "refund");
    /// assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    /// assert_eq!(error.to_string(), "get_refund: the reply is about another refund than the one asked for");
    /// ```
    pub fn another_object(operation: &'static Operation, object: &str) -> Self {
        let detail = format!("the reply is about another {object} than the one asked for");
        Self::unexpected_reply(operation, detail)
            .with_advice(advice::ANOTHER_OBJECT)
            .conclude(operation)
    }

    /// Attaches the cause. Its texts must hold no secret and no personal data.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// Replaces the advice.
    #[must_use]
    pub fn with_advice(mut self, advice: impl Into<Advice>) -> Self {
        self.0.advice = advice.into();
        self
    }

    /// Names the operation that the failure concerns.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<Text>) -> Self {
        Self(Box::new(Inner {
            kind,
            sent: Sent::No,
            outcome: Outcome::Open,
            repeat: Repeat::Never,
            may_pass: false,
            during_login: false,
            operation: None,
            status: None,
            code: None,
            shown_code: None,
            attempts: 0,
            retry_after: None,
            fields: Vec::new(),
            verification_url: None,
            provider_message: None,
            raw_body: None,
            polls: None,
            last_state: None,
            lost_at: None,
            detail: detail.into(),
            advice: Advice::new(""),
            source: None,
        }))
    }

    /// A failure that came with an HTTP answer.
    pub(crate) fn answered(kind: ErrorKind, status: u16, detail: impl Into<Text>) -> Self {
        let mut error = Self::new(kind, detail);
        error.0.sent = Sent::Yes;
        error.0.status = Some(status);
        error
    }

    pub(crate) fn from_transport(failure: TransportError) -> Self {
        let kind = match (failure.kind(), failure.stage()) {
            (TransportErrorKind::Timeout, _) => ErrorKind::Timeout,
            (TransportErrorKind::TooLarge, _) => ErrorKind::BodyTooLarge,
            (TransportErrorKind::Configuration, _) => ErrorKind::Configuration,
            (_, Stage::BeforeSend) => ErrorKind::NotSent,
            (_, Stage::AfterSend | Stage::InAnswer) => ErrorKind::Interrupted,
        };
        let detail = match (kind, failure.stage()) {
            (ErrorKind::Timeout, Stage::BeforeSend) => "no connection in time",
            (ErrorKind::Timeout, Stage::AfterSend) => "no answer in time",
            (ErrorKind::Timeout, Stage::InAnswer) => "the answer did not end in time",
            (ErrorKind::BodyTooLarge, _) => "the answer is larger than this session accepts",
            (ErrorKind::Configuration, _) => "the request cannot be sent",
            (_, Stage::InAnswer) => "the answer broke off",
            _ => "the connection broke before an answer came",
        };
        let detail = match kind {
            ErrorKind::NotSent => Text::from(format!("no connection to the provider: {failure}")),
            _ => detail.into(),
        };
        let mut error =
            Self::new(kind, detail).with_advice(advice::transport(kind, failure.stage(), failure.kind()));
        error.0.sent = match failure.stage() {
            Stage::BeforeSend => Sent::No,
            Stage::AfterSend => Sent::Maybe,
            Stage::InAnswer => Sent::Yes,
        };
        let repeat = match (kind, failure.stage()) {
            (ErrorKind::BodyTooLarge | ErrorKind::Configuration, _) => Repeat::Never,
            (_, Stage::BeforeSend) => Repeat::Always,
            _ => Repeat::IfHarmless,
        };
        error.0.status = failure.status();
        error.with_repeat(repeat).with_source(failure)
    }

    /// A failure of the transport; one to connect names the `host`.
    pub(crate) fn unreached(failure: TransportError, host: &str) -> Self {
        let mut error = Self::from_transport(failure);
        let detail = match (error.0.kind, error.0.sent, &error.0.source) {
            (ErrorKind::NotSent, _, Some(failure)) => format!("no connection to {host}: {failure}"),
            (ErrorKind::Timeout, Sent::No, _) => format!("no connection to {host} in time"),
            _ => return error,
        };
        error.0.detail = detail.into();
        error
    }

    /// A call was stopped before it returned.
    pub(crate) fn stopped() -> Self {
        let mut error = Self::new(ErrorKind::Interrupted, "the call was stopped before it returned")
            .with_advice(advice::OUTCOME_UNKNOWN);
        error.0.sent = Sent::Maybe;
        error.0.outcome = Outcome::Unknown;
        error
    }

    pub(crate) fn wait_timeout(polls: u32, last_state: Option<String>, last_error: Option<Self>) -> Self {
        let seen = match &last_state {
            Some(state) => format!("still {}", shown::state(state)),
            None => "no state seen".to_owned(),
        };
        let count = if polls == 1 {
            "1 poll".to_owned()
        } else {
            format!("{polls} polls")
        };
        let mut error = Self::new(
            ErrorKind::WaitTimeout,
            format!("waited too long: {seen} after {count}"),
        )
        .with_advice(advice::WAIT);
        error.0.polls = Some(polls);
        error.0.last_state = last_state;
        match last_error {
            Some(last) => error.with_source(last),
            None => error,
        }
    }

    /// Settles what only the operation's class can decide.
    pub(crate) fn conclude(mut self, operation: &'static Operation) -> Self {
        let inner = &mut self.0;
        inner.operation = Some(operation.id);
        let is_open = match inner.sent {
            Sent::No => false,
            Sent::Maybe => true,
            Sent::Yes => inner.outcome != Outcome::NotCarriedOut,
        };
        // A read has no effect. Any other call that was sent has an unknown one, unless the answer settles it.
        if is_open && operation.idempotency != Idempotency::Safe {
            inner.outcome = Outcome::Unknown;
            inner.warn();
        }
        self
    }

    /// The reply says that `operation` succeeded, and the rest of it cannot be read.
    pub(crate) fn done(mut self, operation: &Operation) -> Self {
        // The word of success is the proof. A keyed or reading call may be repeated, so nothing needs saying there.
        if operation.idempotency == Idempotency::Unsafe {
            self.0.outcome = Outcome::Done;
            self.0.advice = advice::DONE;
        }
        self
    }

    /// Takes into account what earlier attempts of the same call may have done.
    pub(crate) fn after_attempts(mut self, attempts: u32, earlier: Earlier) -> Self {
        let inner = &mut self.0;
        inner.attempts = attempts;
        inner.sent = inner.sent.max(earlier.sent);
        if earlier.outcome_unknown {
            inner.outcome = Outcome::Unknown;
            inner.warn();
        }
        self
    }

    /// Turns a failed login into the failure of the call that needed it.
    pub(crate) fn in_login_of(
        mut self,
        operation: &'static Operation,
        attempts: u32,
        earlier: Earlier,
    ) -> Self {
        self.0.during_login = true;
        self.0.operation = Some(operation.id);
        self.0.sent = Sent::No;
        self.0.repeat = Repeat::Never;
        self.0.outcome = Outcome::Open;
        self.after_attempts(attempts, earlier)
    }

    /// Notes when the outcome became unknown, so that a lookup knows how long the request may still be at work.
    pub(crate) fn lost_now(mut self, now: Duration) -> Self {
        if self.is_outcome_unknown() {
            self.0.lost_at = Some(now);
        }
        self
    }

    pub(crate) fn with_repeat(mut self, repeat: Repeat) -> Self {
        self.0.repeat = repeat;
        self.0.may_pass |= matches!(repeat, Repeat::Always | Repeat::IfHarmless);
        self
    }

    pub(crate) fn with_code(mut self, code: Option<ErrorCode>, is_in_place: bool) -> Self {
        self.0.shown_code = code
            .as_ref()
            .map(|code| shown::code(code, is_in_place).to_owned());
        self.0.code = code;
        self
    }

    /// Whether the answer proves that the call was not carried out.
    pub(crate) fn with_definite(mut self, is_definite: bool) -> Self {
        self.0.outcome = if is_definite {
            Outcome::NotCarriedOut
        } else {
            Outcome::Open
        };
        self
    }

    /// Takes back what the answer seemed to prove, and the repeat that it allowed.
    pub(crate) fn unproven(mut self) -> Self {
        self.0.outcome = Outcome::Open;
        if self.0.repeat == Repeat::AfterLogin {
            self.0.repeat = Repeat::AfterLoginIfHarmless;
        }
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    pub(crate) fn with_verification_url(mut self, url: Option<Secret>) -> Self {
        self.0.verification_url = url;
        self
    }

    pub(crate) fn with_provider_message(mut self, message: Option<String>) -> Self {
        self.0.provider_message = message.map(Personal::from);
        self
    }

    pub(crate) fn with_raw_body(mut self, body: &Bytes) -> Self {
        if !body.is_empty() {
            self.0.raw_body = Some(body.clone());
        }
        self
    }
}

impl Inner {
    /// Puts the warning before all other advice, once, and drops advice that only says to try again.
    fn warn(&mut self) {
        if self.advice.id() == advice::OUTCOME_UNKNOWN.id() {
            return;
        }
        let is_only_repeat = self.repeat == Repeat::IfHarmless && self.advice != advice::BASE_URL;
        self.advice = if is_only_repeat {
            advice::OUTCOME_UNKNOWN
        } else {
            advice::OUTCOME_UNKNOWN.then(&self.advice)
        };
    }
}
