use std::sync::Mutex as StdMutex;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;

use crate::error::{Error, Repeat};
use crate::runtime::{Runtime, within};
use crate::token::Token;
use crate::transport::{Stage, TransportError, TransportErrorKind};

/// After an early renewal failed, the old token serves this long before the next try.
const PAUSE: Duration = Duration::from_secs(5);

/// The session's token, and the one door through which it is renewed.
///
/// Each token has a generation. Whoever meets a refused token says which generation it was; when a newer one is
/// there already, that is used and nobody logs in. The door is a lock held by the task that logs in: when that
/// task is cancelled the lock is freed and the next one takes over, so a cancelled caller harms nobody.
#[derive(Debug, Default)]
pub(crate) struct Login {
    current: StdMutex<State>,
    door: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    generation: u64,
    token: Option<Token>,
    /// How many logins have ended, well or badly.
    ended: u64,
    /// The failure of the last login, if it failed, and the patience of the one who made it.
    failure: Option<(Error, Patience)>,
}

/// How hard a caller tries.
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

/// A token with the number that says whether it is still the newest.
#[derive(Clone)]
pub(crate) struct Pass {
    pub(crate) header: HeaderValue,
    pub(crate) generation: u64,
}

/// What the caller holds against the current token.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// Any token that has not run out.
    Valid,
    /// A newer one than this generation, which the provider refused.
    NewerThan(u64),
}

impl Login {
    /// Gives a token before `due`, logging in when there is none that serves. `log_in` runs at most once at a time,
    /// and is told what is left of the time.
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
        let Some(_door) = within(runtime, left, self.door.lock()).await else {
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

    /// The token of this generation serves nobody any more.
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

    /// Those who queued while a login ran share its failure, instead of failing one after the other, unless they would
    /// have tried harder and it may pass.
    fn failed_since(&self, ended_before: u64, patience: Patience) -> Option<Error> {
        let state = self.state();
        let (failure, of) = state.failure.as_ref().filter(|_| state.ended > ended_before)?;
        (!failure.is_transient() || of.covers(patience)).then(|| failure.clone())
    }

    /// An early renewal that fails does no harm while the old token lasts.
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

/// The login, the door before it, or the delays took all the time that the call had.
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
