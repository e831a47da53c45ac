use std::future::IntoFuture;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use cryptopocket_types::debug_fields;
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use futures_util::future::select;
use futures_util::stream::unfold;
use tracing::debug;

use super::{Progress, Waiter, WakeHandle};
use crate::error::{Error, ErrorKind, shown};
use crate::runtime::{BoxFuture, within};

/// The least time that a poll gets when the limit passes during it.
///
/// With less, a slow answer would always be lost.
const LAST_POLL: Duration = Duration::from_secs(5);

/// The longest pause that the provider may ask a wait for.
///
/// One answer that asks for a day would blind the wait for a day.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// A wait with its limit: a future of the last state, and a stream of all states.
///
/// As a future (`wait.await`) it gives the object in the state that ends the wait. As a stream (`wait.next().await`) it
/// gives the object each time its state has changed, the last one included. Dropping it ends the wait; nothing runs in
/// the background.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<T> {
    states: BoxStream<'static, Result<T, Error>>,
    wake: WakeHandle,
}

impl<T: Progress + Send + 'static> Wait<T> {
    pub(super) fn new(waiter: Waiter<T>, limit: Option<Duration>) -> Self {
        let wake = waiter.wake_handle();
        let polling = Polling {
            waiter,
            limit,
            began: None,
            polls: 0,
            unchanged: 0,
            state: None,
            transient: None,
        };
        let states = unfold(Some(polling), |polling| async {
            let mut polling = polling?;
            let (seen, is_last) = polling.next().await;
            Some((seen, (!is_last).then_some(polling)))
        });
        Self {
            states: states.fuse().boxed(),
            wake,
        }
    }

    /// The object in its next state; `None` after the last one or after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        self.states.next().await
    }

    /// A handle that makes the wait poll at once, for instance from a webhook handler.
    pub fn wake_handle(&self) -> WakeHandle {
        self.wake.clone()
    }
}

impl<T: Progress + Send + 'static> Stream for Wait<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.states.poll_next_unpin(context)
    }
}

impl<T: Progress + Send + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut last = Err(Error::new(
                ErrorKind::InvalidInput,
                "this wait has already ended",
                "Keep the last state that next() gave, or begin a new wait with the same id.",
            ));
            while let Some(seen) = self.next().await {
                last = Ok(seen?);
            }
            last
        })
    }
}

debug_fields! { Wait<T> => |wait| wake: wait.wake }

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
}

impl<T: Progress> Polling<T> {
    /// The object in the next state that differs from the last one returned, and whether it is the last one.
    async fn next(&mut self) -> (Result<T, Error>, bool) {
        loop {
            if self.polls > 0 && !self.pause().await {
                return (Err(self.time_out()), true);
            }
            self.began.get_or_insert_with(|| self.waiter.runtime.monotonic());
            self.polls = self.polls.saturating_add(1);
            let poll = (self.waiter.poll)();
            let polled = match self.remaining() {
                Some(remaining) => within(&*self.waiter.runtime, remaining.max(LAST_POLL), poll).await,
                None => Some(poll.await),
            };
            match polled {
                None => return (Err(self.time_out()), true),
                Some(Ok(object)) => {
                    self.transient = None;
                    let state = object.state().as_ref();
                    debug!(polls = self.polls, state = shown::state(state), "polled");
                    let is_last = (self.waiter.is_end)(&object);
                    if self.state.as_deref() != Some(state) || is_last {
                        self.state = Some(state.to_owned());
                        self.unchanged = 0;
                        return (Ok(object), is_last);
                    }
                }
                Some(Err(error)) if error.is_transient() => {
                    let kind = error.kind().as_str();
                    debug!(polls = self.polls, kind, "poll failed, still waiting");
                    self.transient = Some(error);
                }
                Some(Err(error)) => return (Err(error), true),
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
