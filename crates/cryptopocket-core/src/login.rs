mod flight;

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use http::HeaderValue;

pub(crate) use self::flight::Patience;
use self::flight::{Flight, Outcome};
use crate::error::Error;
use crate::runtime::{BoxFuture, Runtime, within};
use crate::token::Token;
use crate::transport::{Stage, TransportError, TransportErrorKind};

/// Pause before another early renewal after one that failed; the old token is used meanwhile.
const PAUSE: Duration = Duration::from_secs(5);

/// Holds the session's token and serializes its refresh (single-flight).
///
/// Each token has a generation. A task whose token was refused names that generation; if a newer token exists, it is
/// used without a login. All tasks that wait for a login drive it, so it goes on whichever of them is polled.
#[derive(Debug, Default)]
pub(crate) struct Login {
    current: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    generation: u64,
    token: Option<Token>,
    /// The login under way. The tasks that wait for it own it.
    flight: Weak<Flight>,
}

/// A token's header value and its generation.
#[derive(Clone)]
pub(crate) struct Pass {
    pub(crate) header: HeaderValue,
    pub(crate) generation: u64,
}

/// The tokens that a caller accepts.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// Any token that has not expired.
    Valid,
    /// A newer token than this generation, which the provider refused.
    NewerThan(u64),
}

enum Joined {
    Served(Pass),
    Flight(Arc<Flight>),
}

impl State {
    fn serving(&self, want: Want, now: Duration) -> Option<Pass> {
        let token = self.token.as_ref().filter(|token| !token.is_due(now))?;
        let serves = match want {
            Want::Valid => true,
            Want::NewerThan(refused) => self.generation > refused,
        };
        serves.then(|| Pass {
            header: token.header.clone(),
            generation: self.generation,
        })
    }
}

impl Login {
    /// Returns an acceptable token by `due`, logging in if there is none.
    ///
    /// At most one login runs at a time; `log_in` starts it with the time that is left to the caller.
    pub(crate) async fn pass(
        &self,
        want: Want,
        patience: Patience,
        runtime: &dyn Runtime,
        due: Duration,
        log_in: impl Fn(Duration) -> BoxFuture<'static, Outcome> + Send,
    ) -> Result<Pass, Error> {
        let now = || runtime.monotonic();
        loop {
            let left = due.saturating_sub(now());
            let flight = match self.join(want, now(), || Flight::new(log_in(left), patience, due)) {
                Joined::Served(pass) => return Ok(pass),
                Joined::Flight(flight) => flight,
            };
            // A login past its limit was not polled for long. Its failure says nothing about a login of this task.
            let was_overdue = now() >= flight.due;
            let Some(outcome) = within(runtime, left, flight.end()).await else {
                return self.unless_still_valid(want, now(), out_of_time("the provider"));
            };
            self.settle(&flight, &outcome);
            if let Some(pass) = self.serving(want, now()) {
                return Ok(pass);
            }
            let failure = match outcome {
                Err(failure) => failure,
                // The token is so short-lived that it is due already: better than none.
                Ok(token) => return Ok(self.pass_of(&token)),
            };
            // Waiting tasks share the failure instead of failing one after the other, unless it is transient and they
            // allow more attempts or time.
            let is_shared = !failure.is_transient() || !was_overdue && flight.patience.covers(patience);
            if is_shared || now() >= due {
                return self.unless_still_valid(want, now(), failure);
            }
        }
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

    /// The token at hand, if it is an acceptable one.
    pub(crate) fn serving(&self, want: Want, now: Duration) -> Option<Pass> {
        self.state().serving(want, now)
    }

    /// The token at hand, the login under way, or a new one: in one step, so that no two tasks start one.
    fn join(&self, want: Want, now: Duration, start: impl FnOnce() -> Flight) -> Joined {
        let mut state = self.state();
        if let Some(pass) = state.serving(want, now) {
            return Joined::Served(pass);
        }
        Joined::Flight(state.flight.upgrade().unwrap_or_else(|| {
            let flight = Arc::new(start());
            state.flight = Arc::downgrade(&flight);
            flight
        }))
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

    /// Stores the token of a login that ended, once, whichever task sees the end first.
    fn settle(&self, flight: &Arc<Flight>, outcome: &Outcome) {
        let mut state = self.state();
        if !flight.settles() {
            return;
        }
        if std::ptr::eq(state.flight.as_ptr(), Arc::as_ptr(flight)) {
            state.flight = Weak::new();
        }
        if let Ok(token) = outcome {
            state.generation += 1;
            state.token = Some(token.clone());
        }
    }

    fn pass_of(&self, token: &Token) -> Pass {
        Pass {
            header: token.header.clone(),
            generation: self.state().generation,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.current
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The call's total limit passed before the request was sent.
pub(crate) fn out_of_time(host: &str) -> Error {
    let failure = TransportError::new(
        Stage::BeforeSend,
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
        let start = |_| -> BoxFuture<'static, Outcome> { Box::pin(std::future::ready(outcome.clone())) };
        let pass = login.pass(want, PATIENCE, time, due, start).await;
        pass.map(|pass| pass.generation).map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn a_newer_token_that_is_due_serves_when_its_renewal_fails() {
        let (login, time) = (Login::default(), TestRuntime::new(1));
        let token = Token::find(br#"{"token":"T","expires_in":100}"#, None, None, time.monotonic()).unwrap();
        let failure = || Err(Error::new(ErrorKind::ServerError, "x", ""));
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
