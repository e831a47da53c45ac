use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Advice, Answer, Effect, Error, ErrorKind, Inner, Sent, advice, shown};
use crate::operation::{Idempotency, Operation};
use crate::transport::{TransportError, TransportErrorKind as Cause};

type Text = Cow<'static, str>;

/// For the crates built on `core`. Texts go into `Display`: name fields and rules, never values.
impl Error {
    /// `field` was given a value that breaks `rule`; `cure` says what to give instead.
    pub fn invalid_input(field: &str, rule: &str, cure: impl Into<Advice>) -> Self {
        Self::new(ErrorKind::InvalidInput, format!("{field} {rule}"), cure)
    }

    /// Refuses `text`, given for `field`, when it holds nothing but white space.
    pub fn require(field: &str, text: &str, cure: impl Into<Advice>) -> Result<(), Self> {
        if text.trim().is_empty() {
            return Err(Self::invalid_input(field, "is empty", cure));
        }
        Ok(())
    }

    /// The SDK is set up wrongly.
    pub fn configuration(detail: impl Into<Text>, cure: impl Into<Advice>) -> Self {
        Self::new(ErrorKind::Configuration, detail, cure)
    }

    /// The SDK stops because something changed meanwhile.
    pub fn conflict(detail: impl Into<Text>, cure: impl Into<Advice>) -> Self {
        Self::new(ErrorKind::Conflict, detail, cure)
    }

    /// A reply was understood as far as its type goes, and still is not what the operation must give.
    pub fn unexpected_reply(operation: &'static Operation, detail: impl Into<Text>) -> Self {
        Self::misfit(operation, detail, advice::SHAPE)
    }

    /// The reply is about another `object` than the one asked for, such as another payment.
    ///
    /// Its id differs from the one in the request, so nothing in it says anything about the object asked for. For a call
    /// that moves money the outcome is unknown.
    pub fn another_object(operation: &'static Operation, object: &str) -> Self {
        let detail = format!("the reply is about another {object} than the one asked for");
        Self::misfit(operation, detail, advice::ANOTHER_OBJECT)
    }

    /// Reads an answer to `operation` again that was kept as it came, and returns the refusal in it; `None` if it is another
    /// answer, such as a success, a refused token or an error page, or if it names neither a code nor fields.
    ///
    /// For an answer that is known to be a refusal: its HTTP status is not asked, so nothing here proves that nothing was done.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::{Envelope, Idempotency, Operation};
    /// # use cryptopocket_types::evidence::Evidence;
    /// use cryptopocket_core::Error;
    ///
    /// # static CREATE_REFUND: Operation = Operation { id: "create_refund", page: "", method: "POST", path: "/refund", tag: "x",
    /// #     idempotency: Idempotency::Unsafe, envelope: Envelope::Data, evidence: Evidence::Assumed, source: "",
    /// #     auth: true, refusals: &["require_kyc"] };
    /// let kept = br#"{"status":"error","error":"require_kyc","data":{"kyc_form_url":"https://kyc.example.net/f/1"}}"#;
    /// let refusal = Error::kept_refusal(&CREATE_REFUND, kept).unwrap();
    /// assert!(refusal.has_code("require_kyc") && refusal.verification_url().is_some());
    /// assert!(Error::kept_refusal(&CREATE_REFUND, br#"{"status":"ok","data":{"id":"r-1"}}"#).is_none());
    /// assert!(Error::kept_refusal(&CREATE_REFUND, b"<html>Bad Gateway</html>").is_none());
    /// ```
    pub fn kept_refusal(operation: &'static Operation, body: &[u8]) -> Option<Self> {
        crate::reply::kept_refusal(operation, body)
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
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<Text>, advice: impl Into<Advice>) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: detail.into(),
            advice: advice.into(),
            operation: None,
            during_login: false,
            attempts: 0,
            sent: Sent::No,
            effect: Effect::NotSent,
            lost_at: None,
            answer: Answer::default(),
            wait: None,
            source: None,
        }))
    }

    /// The failure came with an HTTP answer, which says this besides.
    pub(crate) fn answered(mut self, answer: Answer) -> Self {
        self.0.answer = answer;
        self.sent_so_far(Sent::Yes)
    }

    /// A failure of the transport; one to connect names the `host`.
    pub(crate) fn unreached(failure: TransportError, host: &str) -> Self {
        let sent = failure.sent();
        let (kind, detail, advice): (_, Text, _) = match (failure.kind(), sent) {
            (Cause::TooLarge, _) => {
                let detail = "the answer is larger than this session accepts";
                (ErrorKind::BodyTooLarge, detail.into(), advice::LESS)
            }
            (Cause::Configuration, _) => {
                let detail = "the request cannot be sent";
                (ErrorKind::Configuration, detail.into(), advice::BASE_URL)
            }
            (Cause::Timeout, Sent::No) => {
                let detail = format!("no connection to {host} in time");
                (ErrorKind::Timeout, detail.into(), advice::CONNECT)
            }
            (cause, Sent::No) => {
                let is_certificate = cause == Cause::Certificate;
                let advice = if is_certificate {
                    advice::CERTIFICATE
                } else {
                    advice::CONNECT
                };
                let detail = format!("no connection to {host}: {failure}");
                (ErrorKind::NotSent, detail.into(), advice)
            }
            (Cause::Timeout, Sent::Maybe) => {
                (ErrorKind::Timeout, "no answer in time".into(), advice::MORE_TIME)
            }
            (Cause::Timeout, Sent::Yes) => {
                let detail = "the answer did not end in time";
                (ErrorKind::Timeout, detail.into(), advice::MORE_TIME)
            }
            (_, Sent::Maybe) => {
                let detail = "the connection broke before an answer came";
                (ErrorKind::Interrupted, detail.into(), advice::BROKEN)
            }
            (_, Sent::Yes) => (
                ErrorKind::Interrupted,
                "the answer broke off".into(),
                advice::BROKEN,
            ),
        };
        let mut error = Self::new(kind, detail, advice).sent_so_far(sent);
        error.0.answer.status = failure.status();
        error.with_source(failure)
    }

    /// A call was stopped before it returned.
    pub(crate) fn stopped(by_panic: bool) -> Self {
        let detail = if by_panic {
            "a panic stopped the call before it returned"
        } else {
            "the call was stopped before it returned"
        };
        let mut error =
            Self::new(ErrorKind::Interrupted, detail, advice::OUTCOME_UNKNOWN).sent_so_far(Sent::Maybe);
        error.0.effect = Effect::Unknown;
        error
    }

    pub(crate) fn wait_timeout(polls: u32, last_state: Option<String>, last_error: Option<Self>) -> Self {
        let seen = match &last_state {
            Some(state) => format!("still {}", shown::state(state)),
            None => "no state seen".to_owned(),
        };
        let plural = if polls == 1 { "" } else { "s" };
        let detail = format!("waited too long: {seen} after {polls} poll{plural}");
        let mut error = Self::new(ErrorKind::WaitTimeout, detail, advice::WAIT);
        error.0.wait = Some((polls, last_state));
        match last_error {
            Some(last) => error.with_source(last),
            None => error,
        }
    }

    fn misfit(operation: &'static Operation, detail: impl Into<Text>, advice: Advice) -> Self {
        let mut error = Self::new(ErrorKind::UnexpectedReply, detail, advice);
        error.0.attempts = 1;
        error.sent_so_far(Sent::Yes).conclude(operation)
    }

    fn sent_so_far(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        if sent != Sent::No && self.0.effect == Effect::NotSent {
            self.0.effect = Effect::NotDone;
        }
        self
    }

    /// Settles what only the operation's class can decide.
    pub(crate) fn conclude(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation.id);
        // A read has no effect. Any other call that was sent has an unknown one, unless the answer settles it.
        if self.0.sent != Sent::No && !self.is_proof() && operation.idempotency != Idempotency::Safe {
            self.0.lose();
        }
        self
    }

    /// The reply says that `operation` succeeded, and the rest of it cannot be read.
    pub(crate) fn done(mut self, operation: &Operation) -> Self {
        // The word of success is the proof. A keyed or reading call may be repeated, so nothing needs saying there.
        if operation.idempotency == Idempotency::Unsafe {
            self.0.effect = Effect::Done;
            self.0.advice = advice::DONE;
        }
        self
    }

    /// Takes into account how far earlier attempts of the same call came, and whether they may have had an effect.
    pub(crate) fn after_attempts(mut self, attempts: u32, sent: Sent, may_be_done: bool) -> Self {
        self.0.attempts = attempts;
        if may_be_done {
            self.0.lose();
        }
        let sent = sent.max(self.0.sent);
        self.sent_so_far(sent)
    }

    /// Turns a failed login into the failure of the call that needed it, which was not sent.
    pub(crate) fn in_login_of(mut self, operation: &'static Operation) -> Self {
        self.0.during_login = true;
        self.0.operation = Some(operation.id);
        self.0.sent = Sent::No;
        self.0.effect = Effect::NotSent;
        self
    }

    /// Notes when the outcome became unknown, so that a lookup knows how long the request may still be at work.
    pub(crate) fn lost_now(mut self, now: Duration) -> Self {
        if self.effect() == Effect::Unknown {
            self.0.lost_at = Some(now);
        }
        self
    }

    /// Changes what the answer says.
    pub(crate) fn with_answer(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        change(&mut self.0.answer);
        self
    }

    /// Keeps the body that the failure was found in.
    pub(crate) fn found_in(self, body: &Bytes) -> Self {
        self.with_answer(|answer| answer.raw_body = body.clone())
    }
}

impl Inner {
    /// The outcome is unknown. Puts the warning before all other advice, once, and drops advice that only says to try
    /// again.
    fn lose(&mut self) {
        self.effect = Effect::Unknown;
        if self.advice.id() == advice::OUTCOME_UNKNOWN.id() {
            return;
        }
        let only_repeats = [advice::BROKEN, advice::MORE_TIME, advice::SERVER].contains(&self.advice);
        self.advice = if only_repeats {
            advice::OUTCOME_UNKNOWN
        } else {
            advice::OUTCOME_UNKNOWN.then(&self.advice)
        };
    }
}
