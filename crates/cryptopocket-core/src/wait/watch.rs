use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tracing::debug;

use super::{ClassifyFn, PollFn, Schedule, Waiter};
use crate::error::{Error, ErrorKind, shown};
use crate::runtime::{Runtime, within};

/// A look that is under way when the limit passes gets this long in all, so that the last one is of use.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// The loop behind a wait.
pub(super) struct Watch<T> {
    runtime: Arc<dyn Runtime>,
    poll: PollFn<T>,
    classify: ClassifyFn<T>,
    schedule: Schedule,
    wake: Arc<tokio::sync::Notify>,
    limit: Option<Duration>,
    began: Option<Duration>,
    polls: u32,
    /// Looks in a row that brought nothing new.
    quiet: u32,
    state: Option<String>,
    trouble: Option<Error>,
    ended: bool,
}

impl<T> Watch<T> {
    pub(super) fn new(waiter: Waiter<T>, limit: Option<Duration>) -> Self {
        Self {
            runtime: waiter.runtime,
            poll: waiter.poll,
            classify: waiter.classify,
            schedule: waiter.schedule,
            wake: waiter.wake,
            limit,
            began: None,
            polls: 0,
            quiet: 0,
            state: None,
            trouble: None,
            ended: false,
        }
    }

    /// The next state that differs from the last one given.
    pub(super) async fn next(&mut self) -> Option<Result<T, Error>> {
        if self.ended {
            return None;
        }
        loop {
            if self.polls > 0 && !self.pause().await {
                return Some(Err(self.time_out()));
            }
            self.began.get_or_insert_with(|| self.runtime.monotonic());
            self.polls = self.polls.saturating_add(1);
            let look = (self.poll)();
            let looked = match self.left() {
                Some(left) => within(&*self.runtime, left.max(LAST_LOOK), look).await,
                None => Some(look.await),
            };
            let Some(looked) = looked else {
                return Some(Err(self.time_out()));
            };
            match looked {
                Ok(seen) => {
                    self.trouble = None;
                    let progress = (self.classify)(&seen);
                    debug!(
                        polls = self.polls,
                        state = shown::state(&progress.state),
                        "looked"
                    );
                    self.ended = progress.is_final;
                    if self.state.as_ref() != Some(&progress.state) || self.ended {
                        self.state = Some(progress.state);
                        self.quiet = 0;
                        return Some(Ok(seen));
                    }
                }
                Err(error) if error.is_transient() => {
                    debug!(
                        polls = self.polls,
                        kind = error.kind().as_str(),
                        "looking failed, still waiting"
                    );
                    self.trouble = Some(error);
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
            self.quiet = self.quiet.saturating_add(1);
        }
    }

    /// What is left of the limit, if there is one.
    fn left(&self) -> Option<Duration> {
        let began = self.began?;
        let passed = self.runtime.monotonic().saturating_sub(began);
        Some(self.limit?.saturating_sub(passed))
    }

    fn time_out(&mut self) -> Error {
        self.ended = true;
        Error::wait_timeout(self.polls, self.state.clone(), self.trouble.take())
    }

    /// Pauses until the next look is due, or says that the limit has passed. The last look is made at the limit.
    async fn pause(&mut self) -> bool {
        let asked = self
            .trouble
            .as_ref()
            .and_then(Error::retry_after)
            .unwrap_or_default();
        let pause = self.schedule.pause(self.quiet.max(1), &*self.runtime).max(asked);
        let pause = match self.left() {
            Some(Duration::ZERO) => return false,
            Some(left) => pause.min(left),
            None => pause,
        };
        let mut sleep = self.runtime.sleep(pause);
        let mut woken = pin!(self.wake.notified());
        poll_fn(|context| {
            if woken.as_mut().poll(context).is_ready() || sleep.as_mut().poll(context).is_ready() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        true
    }
}

/// The stream was drained by `next` before the wait was awaited.
pub(super) fn ended_before() -> Error {
    Error::new(ErrorKind::InvalidInput, "this wait has already ended")
        .with_hint("Keep the last state that next() gave, or begin a new wait with the same id.")
}
