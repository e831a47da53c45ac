//! Waiting for a final state.

mod schedule;
mod watch;

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::Notify;

pub use self::schedule::Schedule;
use self::watch::Watch;
use crate::error::Error;
use crate::runtime::{BoxFuture, Runtime};

/// What a look at an object says about its way to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    state: String,
    is_final: bool,
}

impl Progress {
    /// The object will move on by itself. A state that is not known counts as this.
    pub fn waiting(state: impl Into<String>) -> Self {
        Self {
            state: state.into(),
            is_final: false,
        }
    }

    /// The object has arrived, well or badly.
    pub fn arrived(state: impl Into<String>) -> Self {
        Self {
            state: state.into(),
            is_final: true,
        }
    }

    /// [`arrived`](Self::arrived) when `is_final`, otherwise [`waiting`](Self::waiting).
    pub fn of(state: impl Into<String>, is_final: bool) -> Self {
        Self {
            state: state.into(),
            is_final,
        }
    }
}

type PollFn<T> = Box<dyn FnMut() -> BoxFuture<'static, Result<T, Error>> + Send>;
type ClassifyFn<T> = Box<dyn Fn(&T) -> Progress + Send>;

/// A wait whose limit is still to be chosen.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::TestRuntime;
/// use cryptopocket_core::{Progress, Waiter};
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let mut states = ["started", "payment_received", "coins_sent"].into_iter();
/// let last = Waiter::new(
///     Arc::new(TestRuntime::new(1)),
///     move || {
///         let state = states.next().unwrap_or("coins_sent");
///         Box::pin(async move { Ok(state) })
///     },
///     |state| Progress::of(*state, *state == "coins_sent"),
/// )
/// .max_wait(Duration::from_secs(600))
/// .await?;
/// assert_eq!(last, "coins_sent");
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing until a limit is chosen and it is awaited"]
pub struct Waiter<T> {
    runtime: Arc<dyn Runtime>,
    poll: PollFn<T>,
    classify: ClassifyFn<T>,
    schedule: Schedule,
    wake: Arc<Notify>,
}

impl<T: Send + 'static> Waiter<T> {
    /// A wait that looks with `poll` and judges with `classify`.
    ///
    /// Passing failures of `poll` are borne until the limit; any other ends the wait.
    pub fn new(
        runtime: Arc<dyn Runtime>,
        poll: impl FnMut() -> BoxFuture<'static, Result<T, Error>> + Send + 'static,
        classify: impl Fn(&T) -> Progress + Send + 'static,
    ) -> Self {
        Self {
            runtime,
            poll: Box::new(poll),
            classify: Box::new(classify),
            schedule: Schedule::default(),
            wake: Arc::new(Notify::new()),
        }
    }

    /// Other pauses than the default.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Ends the wait with another condition, such as an earlier state than the final one.
    pub fn until(mut self, classify: impl Fn(&T) -> Progress + Send + 'static) -> Self {
        self.classify = Box::new(classify);
        self
    }

    /// Looks again at once when it is used, for instance by the handler of a webhook.
    pub fn wake_handle(&self) -> WakeHandle {
        WakeHandle(Arc::clone(&self.wake))
    }

    /// Chooses how long to wait at most, counted from the first look. The last look begins at the limit at the latest,
    /// and is given up after five seconds.
    pub fn max_wait(self, limit: Duration) -> Wait<T> {
        self.ready(Some(limit))
    }

    /// Chooses to wait for ever. For a task that does nothing else, and whose end someone watches.
    pub fn without_limit(self) -> Wait<T> {
        self.ready(None)
    }

    fn ready(self, limit: Option<Duration>) -> Wait<T> {
        let wake = Arc::clone(&self.wake);
        Wait {
            step: Step::Idle(Box::new(Watch::new(self, limit))),
            wake,
        }
    }
}

impl<T> fmt::Debug for Waiter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

/// A wait that is ready to go: a future of the final state, and a stream of the states on the way.
///
/// As a future (`wait.await`) it gives the object in its final state. As a stream (`wait.next().await`) it gives
/// the object each time its state changed, the final one last. Dropping it ends the wait; nothing runs in the
/// background.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<T> {
    step: Step<T>,
    wake: Arc<Notify>,
}

type Looked<T> = (Box<Watch<T>>, Option<Result<T, Error>>);

enum Step<T> {
    Idle(Box<Watch<T>>),
    Looking(BoxFuture<'static, Looked<T>>),
    Ended,
}

impl<T: Send + 'static> Wait<T> {
    /// The object in its next state, or `None` after the final one or after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Looks again at once when it is used.
    pub fn wake_handle(&self) -> WakeHandle {
        WakeHandle(Arc::clone(&self.wake))
    }
}

// Nothing is pinned in place: the one future inside is boxed.
impl<T> Unpin for Wait<T> {}

impl<T: Send + 'static> Stream for Wait<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.step, Step::Ended) {
                Step::Idle(mut watch) => {
                    self.step = Step::Looking(Box::pin(async move {
                        let seen = watch.next().await;
                        (watch, seen)
                    }));
                }
                Step::Looking(mut looking) => {
                    let Poll::Ready((watch, seen)) = looking.as_mut().poll(context) else {
                        self.step = Step::Looking(looking);
                        return Poll::Pending;
                    };
                    if seen.is_some() {
                        self.step = Step::Idle(watch);
                    }
                    return Poll::Ready(seen);
                }
                Step::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl<T: Send + 'static> IntoFuture for Wait<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut last = None;
            while let Some(seen) = self.next().await {
                last = Some(seen?);
            }
            last.ok_or_else(watch::ended_before)
        })
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("ended", &matches!(self.step, Step::Ended))
            .finish_non_exhaustive()
    }
}

/// Wakes a wait from elsewhere. Waking while the wait is looking makes it look once more.
#[derive(Debug, Clone)]
pub struct WakeHandle(Arc<Notify>);

impl WakeHandle {
    /// Ends the current pause of the wait.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests;
