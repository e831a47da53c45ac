use std::sync::Mutex as StdMutex;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;

use crate::error::{Error, Repeat};
use crate::runtime::{Runtime, within};
use crate::token::Token;
use crate::transport::{Stage, TransportError, TransportErrorKind};

/// Pause before another early renewal after one that failed; the old token is used meanwhile.
const PAUSE: Duration = Duration::from_secs(5);

/// Holds the session's token and serializes its refresh (single-flight).
///
/// Each token has a generation. A task whose token was refused names that generation; if a newer token exists, it is
/// used without a login. The task that logs in holds the lock: cancelling it frees the lock for the next task.
#[derive(Debug, Default)]
pub(crate) struct Login {
    current: StdMutex<State>,
    refreshing: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    generation: u64,
    token: Option<Token>,
    /// Number of logins that have ended, successful or not.
    ended: u64,
    /// Failure of the last login, with the patience of the task that made it.
    failure: Option<(Error, Patience)>,
}

/// Time and number of attempts that a caller allows for a login.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) attempt: Duration,
    pub(crate) attempts: u32,
}

impl Patience {
    fn covers(self, other: Self) -> bool {
        self.attempt >= other.attempt && self.attempts >= other.attempts
    }
}

/// A token's header value and its generation.
#[derive(Clone)]
pub(crate) struct Pass {
    pub(crate) header: HeaderValue,
    pub(crate) generation: u64,
}

/// Which token a caller accepts.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// Any token that has not expired.
    Valid,
    /// A newer token than this generation, which the provider refused.
    NewerThan(u64),
}

impl Login {
    /// Returns an acceptable token by `due`, logging in if there is none.
    ///
    /// At most one `log_in` runs at a time; it receives the time that is left.
    pub(crate) async fn pass<F, R>(
        &self,
        want: Want,
        patience: Patience,
        runtime: &dyn Runtime,
        due: Duration,
        log_in: F,
    ) -> Result<Pass, Error>
    where
        F: FnOnce(Duration) -> R,
        R: Future<Output = Result<Token, Error>>,
    {
        let now = || runtime.monotonic();
        if let Some(pass) = self.serving(want, now()) {
            return Ok(pass);
        }
        let ended_before = self.state().ended;
        let left = due.saturating_sub(now());
        let Some(_guard) = within(runtime, left, self.refreshing.lock()).await else {
            return self.unless_still_valid(want, now(), out_of_time());
        };
        if let Some(pass) = self.serving(want, now()) {
            return Ok(pass);
        }
        if let Some(failure) = self.failed_since(ended_before, patience) {
            return self.unless_still_valid(want, now(), failure);
        }
        let outcome = log_in(due.saturating_sub(now())).await;
        self.settle(outcome, patience)
            .or_else(|failure| self.unless_still_valid(want, now(), failure))
    }

    /// The current generation, to force a login with [`Want::NewerThan`].
    pub(crate) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// Discards the token of this generation, so that the next call logs in.
    pub(crate) fn forget(&self, generation: u64) {
        let mut state = self.state();
        if state.generation == generation {
            state.token = None;
        }
    }

    fn serving(&self, want: Want, now: Duration) -> Option<Pass> {
        let state = self.state();
        let token = state.token.as_ref()?;
        let serves = match want {
            Want::Valid => !token.is_due(now),
            Want::NewerThan(refused) => state.generation > refused && !token.is_due(now),
        };
        serves.then(|| Pass {
            header: token.header.clone(),
            generation: state.generation,
        })
    }

    /// The failure of a login that ended while this task waited for it.
    ///
    /// Waiting tasks share the failure instead of failing one after the other, unless it is transient and they allow
    /// more attempts or time.
    fn failed_since(&self, ended_before: u64, patience: Patience) -> Option<Error> {
        let state = self.state();
        let (failure, of) = state.failure.as_ref().filter(|_| state.ended > ended_before)?;
        (!failure.is_transient() || of.covers(patience)).then(|| failure.clone())
    }

    /// The old token if it has not expired, else `failure`: a failed early renewal does no harm.
    fn unless_still_valid(&self, want: Want, now: Duration, failure: Error) -> Result<Pass, Error> {
        let mut state = self.state();
        let generation = state.generation;
        let is_wanted = match want {
            Want::Valid => true,
            Want::NewerThan(refused) => generation > refused,
        };
        match &mut state.token {
            Some(token) if is_wanted && !token.is_over(now) => {
                token.renew_at = Some(now.saturating_add(PAUSE));
                Ok(Pass {
                    header: token.header.clone(),
                    generation,
                })
            }
            _ => Err(failure),
        }
    }

    fn settle(&self, outcome: Result<Token, Error>, patience: Patience) -> Result<Pass, Error> {
        let mut state = self.state();
        state.ended += 1;
        match outcome {
            Ok(token) => {
                state.generation += 1;
                state.failure = None;
                let header = token.header.clone();
                state.token = Some(token);
                Ok(Pass {
                    header,
                    generation: state.generation,
                })
            }
            Err(failure) => {
                state.failure = Some((failure.clone(), patience));
                Err(failure)
            }
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The call's total limit passed before the request was sent.
pub(crate) fn out_of_time() -> Error {
    Error::from_transport(TransportError::new(
        Stage::BeforeSend,
        TransportErrorKind::Timeout,
        "the call's total limit has passed",
    ))
    .with_repeat(Repeat::Never)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::testing::TestRuntime;

    const PATIENCE: Patience = Patience {
        attempt: Duration::from_secs(30),
        attempts: 3,
    };

    async fn pass(
        login: &Login,
        time: &TestRuntime,
        want: Want,
        outcome: Result<Token, Error>,
    ) -> Result<u64, ErrorKind> {
        let due = time.monotonic() + Duration::from_secs(120);
        let pass = login
            .pass(want, PATIENCE, time, due, |_| std::future::ready(outcome))
            .await;
        pass.map(|pass| pass.generation).map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn a_newer_token_that_is_due_serves_when_its_renewal_fails() {
        let (login, time) = (Login::default(), TestRuntime::new(1));
        let token = Token::find(br#"{"token":"T","expires_in":100}"#, time.monotonic()).unwrap();
        let failure = || Err(Error::new(ErrorKind::ServerError, "x"));
        assert_eq!(pass(&login, &time, Want::Valid, Ok(token)).await, Ok(1));
        time.advance(Duration::from_secs(95));
        assert_eq!(pass(&login, &time, Want::NewerThan(0), failure()).await, Ok(1));
        let refused = pass(&login, &time, Want::NewerThan(1), failure()).await;
        assert_eq!(refused, Err(ErrorKind::ServerError));
        time.advance(Duration::from_secs(10));
        let over = pass(&login, &time, Want::NewerThan(0), failure()).await;
        assert_eq!(over, Err(ErrorKind::ServerError));
    }
}
