use std::time::Duration;

use tracing::{Instrument, Span, debug, field, info_span};

use crate::call::{Call, RawReply};
use crate::error::{Effect, Error, Sent};
use crate::login::out_of_time;
use crate::reply;
use crate::retry::asked_pause;
use crate::session::Session;
use crate::token::Token;

impl Session {
    /// Makes a call: token, attempts, classification. It takes `limit` at most, and no more than the retry policy gives it.
    pub(crate) async fn call(&self, call: Call, limit: Duration) -> Result<RawReply, Error> {
        let span = info_span!(
            "cryptopocket.call",
            operation = call.operation.id,
            attempts = field::Empty,
            status = field::Empty,
            outcome = field::Empty,
            duration_ms = field::Empty,
        );
        let started = self.runtime().monotonic();
        let mut attempts = Attempts {
            session: self,
            call,
            started,
            limit: limit.min(self.retry.total_limit),
            made: 0,
            sent: Sent::No,
            may_be_done: false,
            refused: None,
            span: span.clone(),
        };
        let outcome = attempts.run().instrument(span.clone()).await;
        let now = self.runtime().monotonic();
        span.record("duration_ms", millis(now.saturating_sub(started)));
        let outcome = outcome.map_err(|error| {
            let (made, sent) = (attempts.made, attempts.sent);
            error
                .after_attempts(made, sent, attempts.may_be_done)
                .lost_now(now)
        });
        let (status, word) = match &outcome {
            Ok(reply) => (Some(reply.status()), "ok"),
            Err(error) => (error.status(), error.kind().as_str()),
        };
        status.map(|status| span.record("status", status));
        span.record("outcome", word);
        outcome
    }
}

/// The attempt loop of one call.
struct Attempts<'a> {
    session: &'a Session,
    call: Call,
    started: Duration,
    limit: Duration,
    made: u32,
    /// How far earlier attempts came. An attempt whose token was certainly refused had no effect and is not counted.
    sent: Sent,
    /// Whether an earlier attempt may have had an effect.
    may_be_done: bool,
    /// The generation of the token that was refused.
    refused: Option<u64>,
    span: Span,
}

impl Attempts<'_> {
    async fn run(&mut self) -> Result<RawReply, Error> {
        let (session, operation) = (self.session, self.call.operation);
        let is_repeatable = operation.idempotency.is_repeatable();
        loop {
            let token = if operation.auth {
                let token = session.token(self.refused, self.left()).await;
                Some(token.map_err(|error| error.in_login_of(operation))?)
            } else {
                None
            };
            let Some(timeout) = self.time(self.left()) else {
                return Err(out_of_time(session.shared.base_url.authority()).conclude(operation));
            };
            // Last of all: a condition, such as the age of a quote, may fail during a login or a pause.
            if operation.auth
                && let Some(condition) = &session.condition
            {
                condition().map_err(|error| {
                    // Its error may be the answer to another call, whose proof says nothing about this one.
                    let error = error.with_answer(|answer| answer.is_proof = false);
                    error.conclude(operation)
                })?;
            }
            self.made += 1;
            self.span.record("attempts", self.made);
            let error = match self.once(token.as_ref(), timeout).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error.conclude(operation),
            };
            if let Some(token) = token
                && error.is_authorization()
                && self.refused.is_none()
            {
                // The token is checked before anything is done, so even a payment may be sent again, once.
                if !error.is_proof() {
                    // A 401 without the provider's code proves nothing: a payment is not sent again. The token is dropped
                    // all the same, so that the next call logs in.
                    session.shared.login.forget(token.generation);
                    if !is_repeatable {
                        return Err(error);
                    }
                    if error.effect() == Effect::Unknown {
                        self.count(&error);
                    }
                }
                debug!(proven = error.is_proof(), "token refused, logging in again");
                self.refused = Some(token.generation);
                continue;
            }
            // What may have arrived is repeated only if that does no harm.
            let may_repeat = error.is_transient() && (error.sent() == Sent::No || is_repeatable);
            let Some(delay) = may_repeat.then(|| self.delay(&error)).flatten() else {
                if error.is_authorization() && self.refused.is_some() {
                    debug!("token refused again");
                }
                return Err(error);
            };
            self.count(&error);
            debug!(delay_ms = millis(delay), "repeating");
            session.runtime().sleep(delay).await;
        }
    }

    async fn once(&self, token: Option<&Token>, timeout: Duration) -> Result<RawReply, Error> {
        let (shared, runtime, operation) =
            (&self.session.shared, self.session.runtime(), self.call.operation);
        let mut request = self.call.request.clone();
        request.timeout = timeout;
        if let Some(token) = token {
            request.headers.insert("auth", token.header.clone());
        }
        let begun = runtime.monotonic();
        let outcome = shared.transport.send(request).await;
        let duration_ms = millis(runtime.monotonic().saturating_sub(begun));
        let attempt = self.made;
        let response = outcome.map_err(|failure| {
            debug!(attempt, sent = %failure.sent(), failure = ?failure.kind(), duration_ms, "failed");
            Error::unreached(failure, shared.base_url.authority())
        })?;
        debug!(attempt, status = response.status, duration_ms, "answered");
        // The login's answer is a token, and is not shown.
        if operation.auth
            && let Some(listener) = &self.session.answers
        {
            listener(operation.id, &response.body);
        }
        let outcome = reply::classify(operation, &self.call.created, &response);
        if let Some(recorder) = &shared.recorder {
            recorder.record(&self.call, response.status, &response.body, outcome.is_ok());
        }
        outcome.map_err(|error| {
            let asked = asked_pause(&response.headers, runtime.now().unix_seconds());
            error.with_answer(|answer| answer.retry_after = asked)
        })
    }

    fn delay(&self, error: &Error) -> Option<Duration> {
        // The repeat after a refused token does not count as a retry.
        let made = self.made - u32::from(self.refused.is_some());
        let (left, runtime) = (self.left(), &**self.session.runtime());
        let delay = self
            .session
            .retry
            .delay(made, left, error.retry_after(), runtime)?;
        self.time(left.saturating_sub(delay)).map(|_| delay)
    }

    /// The time limit of an attempt when this is left of the call; `None` if it is too little.
    ///
    /// A call that may act twice does not leave with less than a quarter of the time that an attempt usually gets: the
    /// answer would come too late, and the outcome would be unknown.
    fn time(&self, left: Duration) -> Option<Duration> {
        let usual = self.session.timeout().min(self.limit);
        let time = usual.min(left);
        let is_repeatable = self.call.operation.idempotency.is_repeatable();
        (!time.is_zero() && (is_repeatable || time >= usual / 4)).then_some(time)
    }

    fn left(&self) -> Duration {
        let passed = self.session.runtime().monotonic().saturating_sub(self.started);
        self.limit.saturating_sub(passed)
    }

    fn count(&mut self, failed: &Error) {
        self.sent = self.sent.max(failed.sent());
        self.may_be_done |= failed.effect().may_be_done();
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
