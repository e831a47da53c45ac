use std::pin::pin;
use std::time::Duration;

use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use futures_util::future::select;
use futures_util::stream::unfold;
use tracing::debug;

use super::{Progress, Waiter};
use crate::error::{Error, shown};
use crate::runtime::within;

/// The least time that a poll gets when the limit passes during it.
///
/// With less, a slow answer would always be lost.
const LAST_POLL: Duration = Duration::from_secs(5);

/// The longest pause that the provider may ask a wait for.
///
/// One answer that asks for a day would blind the wait for a day.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// The states of the object that the waiter polls.
pub(super) fn states<T: Progress + Send + 'static>(
    waiter: Waiter<T>,
    limit: Option<Duration>,
) -> BoxStream<'static, Result<T, Error>> {
    let polling = Polling {
        waiter,
        limit,
        began: None,
        polls: 0,
        unchanged: 0,
        state: None,
        transient: None,
        ended: false,
    };
    let states = unfold(polling, |mut polling| async {
        let seen = polling.next().await?;
        Some((seen, polling))
    });
    states.fuse().boxed()
}

/// The polling loop of a wait.
struct Polling<T> {
    waiter: Waiter<T>,
    limit: Option<Duration>,
    began: Option<Duration>,
    polls: u32,
    /// Polls in a row without a new state.
    unchanged: u32,
    state: Option<String>,
    /// The last error, if it was one that retrying may cure.
    transient: Option<Error>,
    ended: bool,
}

impl<T: Progress> Polling<T> {
    /// The object in the next state that differs from the last one returned.
    async fn next(&mut self) -> Option<Result<T, Error>> {
        if self.ended {
            return None;
        }
        loop {
            if self.polls > 0 && !self.pause().await {
                return Some(Err(self.time_out()));
            }
            self.began.get_or_insert_with(|| self.waiter.runtime.monotonic());
            self.polls = self.polls.saturating_add(1);
            let poll = (self.waiter.poll)();
            let polled = match self.remaining() {
                Some(remaining) => within(&*self.waiter.runtime, remaining.max(LAST_POLL), poll).await,
                None => Some(poll.await),
            };
            match polled {
                None => return Some(Err(self.time_out())),
                Some(Ok(object)) => {
                    self.transient = None;
                    let state = object.state().as_ref();
                    debug!(polls = self.polls, state = shown::state(state), "polled");
                    self.ended = (self.waiter.is_end)(&object);
                    if self.state.as_deref() != Some(state) || self.ended {
                        self.state = Some(state.to_owned());
                        self.unchanged = 0;
                        return Some(Ok(object));
                    }
                }
                Some(Err(error)) if error.is_transient() => {
                    let kind = error.kind().as_str();
                    debug!(polls = self.polls, kind, "poll failed, still waiting");
                    self.transient = Some(error);
                }
                Some(Err(error)) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
            self.unchanged = self.unchanged.saturating_add(1);
        }
    }

    /// The rest of the limit, if there is one.
    fn remaining(&self) -> Option<Duration> {
        let began = self.began?;
        let passed = self.waiter.runtime.monotonic().saturating_sub(began);
        Some(self.limit?.saturating_sub(passed))
    }

    fn time_out(&mut self) -> Error {
        self.ended = true;
        Error::wait_timeout(self.polls, self.state.clone(), self.transient.take())
    }

    /// Pauses until the next poll is due; `false` once the limit has passed.
    ///
    /// The last poll is made at the limit.
    async fn pause(&mut self) -> bool {
        let runtime = &*self.waiter.runtime;
        let retry_after = self.transient.as_ref().and_then(Error::retry_after);
        let scheduled = self.waiter.schedule.pause(self.unchanged.max(1), runtime);
        let pause = scheduled.max(retry_after.unwrap_or_default().min(LONGEST_ASKED));
        let pause = match self.remaining() {
            Some(Duration::ZERO) => return false,
            Some(remaining) => pause.min(remaining),
            None => pause,
        };
        select(pin!(self.waiter.wake.0.notified()), runtime.sleep(pause)).await;
        true
    }
}
