use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::debug_fields;

use super::polling::states;
use super::progress::has_reached;
use super::{Progress, Schedule, Wait, WakeHandle};
use crate::error::Error;
use crate::runtime::{BoxFuture, Runtime};

pub(super) type PollFn<T> = Box<dyn FnMut() -> BoxFuture<'static, Result<T, Error>> + Send>;
pub(super) type EndFn<T> = Box<dyn Fn(&T) -> bool + Send>;

/// A wait for an object, before its limit is chosen.
///
/// It polls until the object is in a final state, or in the one given to [`until`](Self::until). Only the object's id
/// is needed, so a wait can be started again after a crash. Errors that retrying may cure are retried until the limit;
/// any other error ends the wait.
///
/// Choose the limit with [`max_wait`](Self::max_wait) or [`without_limit`](Self::without_limit).
///
/// # Examples
///
/// ```
/// use cryptopocket_core::testing::TestRuntime;
/// use cryptopocket_core::{Progress, Schedule, Waiter};
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// struct Refund { status: String }
///
/// impl Progress for Refund {
///     type State = String;
///     fn state(&self) -> &String { &self.status }
///     fn is_final(&self) -> bool { self.status == "refunded" }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_core::Result<()> {
/// let mut states = ["requested", "approved", "refunded"].into_iter();
/// let refund = Waiter::new(Arc::new(TestRuntime::new(1)), move || {
///     let status = states.next().unwrap_or("refunded").to_owned();
///     async move { Ok(Refund { status }) }
/// })
/// .schedule(Schedule::every(Duration::from_secs(5)))
/// .max_wait(Duration::from_secs(600))
/// .await?;
/// assert_eq!(refund.status, "refunded");
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing until a limit is chosen and it is awaited"]
pub struct Waiter<T> {
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) poll: PollFn<T>,
    pub(super) is_end: EndFn<T>,
    pub(super) schedule: Schedule,
    pub(super) wake: WakeHandle,
}

impl<T: Progress + Send + 'static> Waiter<T> {
    /// A wait that reads the object with `poll`, until its final state.
    pub fn new<F>(runtime: Arc<dyn Runtime>, mut poll: impl FnMut() -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        Self {
            runtime,
            poll: Box::new(move || Box::pin(poll())),
            is_end: Box::new(T::is_final),
            schedule: Schedule::default(),
            wake: WakeHandle(Arc::default()),
        }
    }

    /// Sets the pauses between two polls. A `Retry-After` of the provider lengthens one, to five minutes at most.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Ends the wait at `state` or at a later one, instead of at the final one.
    ///
    /// For a state without a [rank](Progress::rank), such as one that this SDK does not know, the wait ends at exactly
    /// that state or at a final one.
    pub fn until(mut self, state: T::State) -> Self {
        self.is_end = Box::new(move |object| has_reached(object, &state));
        self
    }

    /// A handle that makes the wait poll at once, for instance from a webhook handler.
    pub fn wake_handle(&self) -> WakeHandle {
        self.wake.clone()
    }

    /// Sets the longest time to wait, counted from the first poll.
    ///
    /// The last poll starts at the limit at the latest and is given up after five seconds. Then the wait fails with
    /// [`WaitTimeout`](crate::ErrorKind::WaitTimeout), which holds the number of polls and the last state.
    pub fn max_wait(self, limit: Duration) -> Wait<T> {
        self.start(Some(limit))
    }

    /// Waits without a limit.
    ///
    /// No state of failure is documented for payments and off-ramps, so one that failed may never end this.
    pub fn without_limit(self) -> Wait<T> {
        self.start(None)
    }

    fn start(self, limit: Option<Duration>) -> Wait<T> {
        Wait {
            wake: self.wake_handle(),
            states: states(self, limit),
        }
    }
}

debug_fields! { Waiter<T> => |waiter| schedule: waiter.schedule }
