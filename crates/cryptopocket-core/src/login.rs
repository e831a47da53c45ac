use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{FutureExt, Shared, WeakShared};

use crate::error::{Answer, Error, ErrorKind, Sent, advice};
use crate::operation::AUTHENTICATE;
use crate::runtime::{BoxFuture, Runtime, within};
use crate::session::Session;
use crate::token::Token;
use crate::transport::{TransportError, TransportErrorKind};

/// How long a call waits for a new token while the old one is still good, and the pause before it is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// Holds the session's token and serializes its refresh (single-flight).
///
/// Each token has a generation. A task whose token was refused names that generation; if a newer token exists, it is
/// used without a login.
#[derive(Default)]
pub(crate) struct Login(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    generation: u64,
    token: Option<Token>,
    under_way: Option<(WeakShared<Work>, Patience)>,
}

/// A login under way, driven and owned by every task that waits for it: one that is not polled, such as the other branch
/// of a `select!`, holds nobody up. When the last one gives up, the login is cancelled.
type Work = BoxFuture<'static, Result<Token, Error>>;

/// The generation that was refused, of a caller that needs a newer token; any other takes one that has not expired.
pub(crate) type Refused = Option<u64>;

/// What a caller allows for a login.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) attempt: Duration,
    pub(crate) attempts: u32,
    /// When the caller gives up.
    pub(crate) due: Duration,
}

impl Login {
    /// Returns an acceptable token, logging in if there is none.
    ///
    /// At most one login runs at a time; `log_in` starts it with the time that is left to the caller.
    pub(crate) async fn renew(
        &self,
        refused: Refused,
        patience: Patience,
        runtime: &dyn Runtime,
        log_in: impl Fn(Duration) -> BoxFuture<'static, Result<Token, Error>> + Send,
    ) -> Result<Token, Error> {
        let now = || runtime.monotonic();
        loop {
            let left = patience.due.saturating_sub(now());
            let (work, starter) = match self.join(refused, now(), patience, || log_in(left)) {
                Ok(token) => return Ok(token),
                Err(under_way) => under_way,
            };
            // A login past its limit was not polled for long. Its failure says nothing about a login of this task.
            let was_overdue = now() >= starter.due;
            // A login that hangs must not use up the time of a call that has a good token.
            let old = self.state().find(refused, |token| !token.is_over(now()));
            let limit = if old.is_some() { left.min(PAUSE) } else { left };
            let outcome = within(runtime, limit, work).await;
            if let Some(Ok(token)) = outcome {
                return Ok(token);
            }
            if let Some(token) = self.keep(refused, now()) {
                return Ok(token);
            }
            // Waiting tasks share the failure instead of failing one after the other, unless it is transient and they
            // allow more attempts or time.
            let covers = starter.attempt >= patience.attempt && starter.attempts >= patience.attempts;
            let is_shared = match &outcome {
                Some(Err(failure)) => !failure.is_transient() || !was_overdue && covers,
                _ => false,
            };
            if is_shared || now() >= patience.due {
                return outcome.unwrap_or_else(|| Err(out_of_time("the provider")));
            }
        }
    }

    /// Discards the token of this generation, so that the next call logs in.
    pub(crate) fn forget(&self, generation: u64) {
        self.state().token.take_if(|token| token.generation == generation);
    }

    /// The token at hand, the login under way, or a new one: in one step, so that no two tasks start one.
    fn join(
        &self,
        refused: Refused,
        now: Duration,
        patience: Patience,
        start: impl FnOnce() -> BoxFuture<'static, Result<Token, Error>>,
    ) -> Result<Token, (Shared<Work>, Patience)> {
        let mut state = self.state();
        if let Some(token) = state.find(refused, |token| !token.is_due(now)) {
            return Ok(token);
        }
        if let Some((work, starter)) = &state.under_way
            && let Some(work) = work.upgrade()
        {
            return Err((work, *starter));
        }
        let (shared, login) = (Arc::clone(&self.0), start());
        let work: Work = Box::pin(async move {
            let outcome = login.await;
            lock(&shared).settle(outcome)
        });
        let work = work.shared();
        state.under_way = work.downgrade().map(|work| (work, patience));
        Err((work, patience))
    }

    /// The old token if it has not expired: an early renewal that fails does no harm. Another one is tried after a pause.
    fn keep(&self, refused: Refused, now: Duration) -> Option<Token> {
        let mut state = self.state();
        let kept = state.find(refused, |token| !token.is_over(now))?;
        if let Some(token) = &mut state.token {
            token.renew_at = Some(now.saturating_add(PAUSE));
        }
        Some(kept)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl State {
    /// The token at hand, if it is newer than a refused one and good.
    fn find(&self, refused: Refused, is_good: impl FnOnce(&Token) -> bool) -> Option<Token> {
        let is_newer = |token: &&Token| refused.is_none_or(|refused| token.generation > refused);
        let token = self.token.as_ref().filter(is_newer);
        token.filter(|token| is_good(token)).cloned()
    }

    /// Stores the token of the login that ended.
    fn settle(&mut self, outcome: Result<Token, Error>) -> Result<Token, Error> {
        self.under_way = None;
        let mut token = outcome?;
        self.generation += 1;
        token.generation = self.generation;
        self.token = Some(token.clone());
        Ok(token)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// Logs in now, even when there is a token. It shows that the credentials are good before work begins.
    ///
    /// # Errors
    ///
    /// [`Authorization`](crate::ErrorKind::Authorization) when they are not; otherwise as any call.
    pub async fn login(&self) -> Result<(), Error> {
        let current = self.shared.login.state().generation;
        self.token(Some(current), self.retry.total_limit).await.map(drop)
    }

    /// An acceptable token, with a login of at most `left` if there is none.
    pub(crate) async fn token(&self, refused: Refused, left: Duration) -> Result<Token, Error> {
        let (login, now) = (&self.shared.login, self.runtime().monotonic());
        if let Some(token) = login.state().find(refused, |token| !token.is_due(now)) {
            return Ok(token);
        }
        let patience = Patience {
            attempt: self.timeout().min(left),
            attempts: self.retry.attempts,
            due: now.saturating_add(left),
        };
        let start = |left| self.authenticate(left);
        login.renew(refused, patience, &*self.shared.runtime, start).await
    }

    /// Boxed, because a call may need a login, which is a call.
    fn authenticate(&self, left: Duration) -> Work {
        // Owned, since the login goes on when this task is no longer polled.
        let session = self.clone();
        Box::pin(async move { session.log_in(left).await })
    }

    async fn log_in(&self, left: Duration) -> Result<Token, Error> {
        let (key, secret) = (self.credentials().key(), self.credentials().secret());
        let body = BTreeMap::from([("api_key", key.expose()), ("api_secret", secret.expose())]);
        let call = self.request(&AUTHENTICATE).json(&body).into_call()?;
        let reply = self.call(call, left).await?;
        let chosen = self.choices().of(AUTHENTICATE.id);
        let name = |own| chosen?.reply.get(own).map(String::as_str);
        let now = self.runtime().monotonic();
        Token::find(&reply.answer, name("token"), name("expires_in"), now).ok_or_else(|| {
            let answer = Answer {
                status: Some(reply.status()),
                raw_body: reply.body().clone(),
                ..Answer::default()
            };
            let detail = "the answer to the login holds no usable token";
            Error::new(ErrorKind::UnexpectedReply, detail, advice::NO_TOKEN)
                .answered(answer)
                .with_operation(AUTHENTICATE.id)
        })
    }
}

/// The call's total limit passed before the request was sent.
pub(crate) fn out_of_time(host: &str) -> Error {
    let failure = TransportError::new(
        Sent::No,
        TransportErrorKind::Timeout,
        "the call's total limit has passed",
    );
    Error::unreached(failure, host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::testing::TestRuntime;

    async fn pass(
        login: &Login,
        time: &TestRuntime,
        refused: Refused,
        outcome: Result<Token, Error>,
    ) -> Result<u64, ErrorKind> {
        let patience = Patience {
            attempt: Duration::from_secs(30),
            attempts: 3,
            due: time.monotonic() + Duration::from_secs(120),
        };
        let start =
            |_| -> BoxFuture<'static, Result<Token, Error>> { Box::pin(std::future::ready(outcome.clone())) };
        let pass = login.renew(refused, patience, time, start).await;
        pass.map(|pass| pass.generation).map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn a_newer_token_that_is_due_serves_when_its_renewal_fails() {
        let (login, time) = (Login::default(), TestRuntime::new(1));
        let token = Token::find(br#"{"token":"T","expires_in":100}"#, None, None, time.monotonic()).unwrap();
        let failure = || Err(Error::new(ErrorKind::ServerError, "x", ""));
        assert_eq!(pass(&login, &time, None, Ok(token)).await, Ok(1));
        time.advance(Duration::from_secs(95));
        assert_eq!(pass(&login, &time, Some(0), failure()).await, Ok(1));
        let refused = pass(&login, &time, Some(1), failure()).await;
        assert_eq!(refused, Err(ErrorKind::ServerError));
        time.advance(Duration::from_secs(10));
        let over = pass(&login, &time, Some(0), failure()).await;
        assert_eq!(over, Err(ErrorKind::ServerError));
    }
}
