use std::sync::Mutex as StdMutex;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::token::Token;

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
    /// The failure of the last login, if it failed.
    failure: Option<Error>,
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
    /// Gives a token, logging in when there is none that serves. `log_in` runs at most once at a time.
    pub(crate) async fn pass<F, R>(
        &self,
        want: Want,
        now: impl Fn() -> Duration,
        log_in: F,
    ) -> Result<Pass, Error>
    where
        F: FnOnce() -> R,
        R: Future<Output = Result<Token, Error>>,
    {
        if let Some(pass) = self.serving(want, now()) {
            return Ok(pass);
        }
        let ended_before = self.state().ended;
        let _door = self.door.lock().await;
        if let Some(pass) = self.serving(want, now()) {
            return Ok(pass);
        }
        if let Some(failure) = self.failed_since(ended_before) {
            return self.unless_still_valid(want, now(), failure);
        }
        let outcome = log_in().await;
        self.settle(outcome)
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

    /// Those who queued while a login ran share its failure, instead of failing one after the other.
    fn failed_since(&self, ended_before: u64) -> Option<Error> {
        let state = self.state();
        if state.ended > ended_before {
            state.failure.clone()
        } else {
            None
        }
    }

    /// An early renewal that fails does no harm while the old token lasts.
    fn unless_still_valid(&self, want: Want, now: Duration, failure: Error) -> Result<Pass, Error> {
        let mut state = self.state();
        let generation = state.generation;
        match (&mut state.token, want) {
            (Some(token), Want::Valid) if !token.is_over(now) => {
                token.renew_at = Some(now.saturating_add(PAUSE));
                Ok(Pass {
                    header: token.header.clone(),
                    generation,
                })
            }
            _ => Err(failure),
        }
    }

    fn settle(&self, outcome: Result<Token, Error>) -> Result<Pass, Error> {
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
                state.failure = Some(failure.clone());
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
