use std::time::Duration;

use http::HeaderValue;
use tracing::{Instrument, Span, debug, field, info_span};

use crate::call::{Call, Failure, Reply};
use crate::error::{Effect, Error, ErrorKind, Sent};
use crate::login::{Pass, out_of_time};
use crate::reply;
use crate::retry_after;
use crate::session::Session;
use crate::transport::{WireRequest, WireResponse};

impl Session {
    /// Makes a call: token, attempts, classification. It takes `limit` at most, and no more than the retry policy gives it.
    pub(crate) async fn call(&self, call: Call, limit: Duration) -> Result<Reply, Error> {
        let span = info_span!(
            "cryptopocket.call",
            operation = call.operation.id,
            attempts = field::Empty,
            status = field::Empty,
            outcome = field::Empty,
            duration_ms = field::Empty,
        );
        let started = self.runtime().monotonic();
        let attempts = Attempts {
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
        let outcome = outcome.map_err(|error| error.lost_now(now));
        let duration = now.saturating_sub(started);
        span.record("duration_ms", millis(duration));
        match &outcome {
            Ok(reply) => {
                span.record("status", reply.status);
                span.record("outcome", "ok");
            }
            Err(error) => {
                error.status().map(|status| span.record("status", status));
                span.record("outcome", error.kind().as_str());
            }
        }
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
    async fn run(mut self) -> Result<Reply, Error> {
        let operation = self.call.operation;
        loop {
            let pass = match self.token().await {
                Ok(pass) => pass,
                Err(error) => return Err(self.after_all(error.in_login_of(operation))),
            };
            let Some(timeout) = self.time(self.left()) else {
                let error = out_of_time(self.session.shared.base_url.authority());
                return Err(self.give_up(error.conclude(operation, false)));
            };
            // Last of all: a condition, such as the age of a quote, may fail during a login or a pause.
            if operation.auth
                && let Some(condition) = &self.session.condition
                && let Err(error) = condition()
            {
                return Err(self.give_up(error.conclude(operation, false)));
            }
            self.made += 1;
            self.span.record("attempts", self.made);
            let Failure { error, is_refused } =
                match self.once(pass.as_ref().map(|pass| &pass.header), timeout).await {
                    Ok(reply) => return Ok(reply),
                    Err(failure) => failure,
                };
            let error = error.conclude(operation, is_refused);
            let is_repeatable = operation.idempotency.is_repeatable();
            if let Some(pass) = pass
                && error.is_authorization()
                && self.refused.is_none()
            {
                // The token is checked before anything is done, so even a payment may be sent again, once.
                if !is_refused {
                    // A 401 without the provider's code proves nothing: a payment is not sent again. The token is dropped
                    // all the same, so that the next call logs in.
                    self.session.shared.login.forget(pass.generation);
                    if !is_repeatable {
                        return Err(self.give_up(error));
                    }
                    if error.effect() == Effect::Unknown {
                        self.count(&error);
                    }
                }
                debug!(proven = is_refused, "token refused, logging in again");
                self.refused = Some(pass.generation);
                continue;
            }
            // What may have arrived is repeated only if that does no harm.
            let may_repeat = error.is_transient() && (error.sent() == Sent::No || is_repeatable);
            let Some(delay) = may_repeat.then(|| self.delay(&error)).flatten() else {
                return Err(self.give_up(error));
            };
            self.count(&error);
            debug!(delay_ms = millis(delay), "repeating");
            self.session.runtime().sleep(delay).await;
        }
    }

    async fn token(&self) -> Result<Option<Pass>, Error> {
        if !self.call.operation.auth {
            return Ok(None);
        }
        self.session.pass(self.refused, self.left()).await.map(Some)
    }

    async fn once(&self, token: Option<&HeaderValue>, timeout: Duration) -> Result<Reply, Failure> {
        let runtime = self.session.runtime();
        let begun = runtime.monotonic();
        let request = self.request(token, timeout);
        let outcome = self.session.shared.transport.send(request).await;
        let duration_ms = millis(runtime.monotonic().saturating_sub(begun));
        let attempt = self.made;
        match outcome {
            Ok(response) => {
                debug!(attempt, status = response.status, duration_ms, "answered");
                // The login's answer is a token, and is not shown.
                if let Some(listener) = self.session.answers.as_ref().filter(|_| self.call.operation.auth) {
                    listener(self.call.operation.id, &response.body);
                }
                let outcome = self.classify(&response);
                if let Some(recorder) = &self.session.shared.recorder {
                    recorder.record(&self.call, response.status, &response.body, outcome.is_ok());
                }
                outcome
            }
            Err(failure) => {
                debug!(attempt, sent = %failure.sent(), failure = ?failure.kind(), duration_ms, "failed");
                Err(Error::unreached(failure, self.session.shared.base_url.authority()).into())
            }
        }
    }

    fn request(&self, token: Option<&HeaderValue>, timeout: Duration) -> WireRequest {
        let mut headers = self.call.headers.clone();
        if let Some(token) = token {
            headers.insert("auth", token.clone());
        }
        WireRequest {
            operation: self.call.operation.id,
            method: self.call.method.clone(),
            url: self.call.url.clone(),
            headers,
            body: self.call.body.clone(),
            timeout,
        }
    }

    fn classify(&self, response: &WireResponse) -> Result<Reply, Failure> {
        let outcome = reply::classify(self.call.operation, &self.call.created, response);
        outcome.map_err(|failure| {
            let now = self.session.runtime().now().unix_seconds();
            let asked = retry_after::parse(&response.headers, now);
            let error = failure.error.found_in(&response.body, asked);
            Failure { error, ..failure }
        })
    }

    fn delay(&self, error: &Error) -> Option<Duration> {
        let runtime = self.session.runtime();
        // The repeat after a refused token does not count as a retry.
        let made = self.made - u32::from(self.refused.is_some());
        let left = self.left();
        let delay = self
            .session
            .retry
            .delay(made, left, error.retry_after(), &**runtime)?;
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

    fn give_up(&self, error: Error) -> Error {
        let error = self.after_all(error);
        if error.kind() == ErrorKind::Authorization && self.call.operation.auth {
            debug!("token refused again");
        }
        error
    }

    fn count(&mut self, failed: &Error) {
        self.sent = self.sent.max(failed.sent());
        self.may_be_done |= failed.effect().may_be_done();
    }

    /// The error with what is known from the attempts before.
    fn after_all(&self, error: Error) -> Error {
        error.after_attempts(self.made, self.sent, self.may_be_done)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
