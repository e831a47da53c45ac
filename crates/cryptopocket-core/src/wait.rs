//! Waiting for an object to reach a state: polling at growing intervals, up to a limit.

mod polling;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::debug_fields;
use tokio::sync::Notify;

pub use self::polling::Wait;
use crate::error::Error;
use crate::runtime::{BoxFuture, Runtime, up_to};

/// An object, such as a payment, that the provider moves through states to a final one.
///
/// A [`Waiter`] needs nothing else of the object that it polls. States that this SDK does not know are
/// not final: the provider may add one at any time, and a wait must not end at a state whose meaning is not known.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::Progress;
///
/// struct Refund { status: String }
///
/// impl Progress for Refund {
///     type State = String;
///     fn state(&self) -> &String { &self.status }
///     fn is_final(&self) -> bool { self.status == "refunded" }
///     fn rank(state: &String) -> Option<u8> {
///         (0..).zip(["requested", "approved", "refunded"]).find(|(_, known)| known == state).map(|(rank, _)| rank)
///     }
/// }
///
/// assert!(Refund::rank(&"approved".to_owned()) < Refund::rank(&"refunded".to_owned()));
/// let disputed = Refund { status: "disputed".to_owned() };
/// assert!(!disputed.is_final() && Refund::rank(disputed.state()).is_none());
/// ```
pub trait Progress {
    /// The state, such as `PaymentStatus`.
    type State: AsRef<str> + PartialEq + Send + 'static;

    /// The current state.
    fn state(&self) -> &Self::State;

    /// Whether no other state follows.
    fn is_final(&self) -> bool;

    /// The position of `state` on the way to the final one; `None` when it is not known.
    ///
    /// States may be skipped between two polls. With ranks, a wait [until](Waiter::until) a state also ends at a
    /// later one.
    fn rank(state: &Self::State) -> Option<u8> {
        let _ = state;
        None
    }
}

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
/// let refund = || {
///     let mut states = ["requested", "approved", "refunded"].into_iter();
///     Waiter::new(Arc::new(TestRuntime::new(1)), move || {
///         let status = states.next().unwrap_or("refunded").to_owned();
///         async move { Ok(Refund { status }) }
///     })
/// };
/// let schedule = Schedule::every(Duration::from_secs(5));
/// let refunded = refund().schedule(schedule).max_wait(Duration::from_secs(600)).await?;
/// assert_eq!(refunded.status, "refunded");
///
/// // Without a limit, and state by state: stop when the program does, and wait again later.
/// let mut wait = refund().without_limit();
/// let mut seen = Vec::new();
/// while let Some(refund) = wait.next().await {
///     seen.push(refund?.status);
/// }
/// assert_eq!(seen, ["requested", "approved", "refunded"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing until a limit is chosen and it is awaited"]
pub struct Waiter<T> {
    runtime: Arc<dyn Runtime>,
    poll: Box<dyn FnMut() -> BoxFuture<'static, Result<T, Error>> + Send>,
    is_end: Box<dyn Fn(&T) -> bool + Send>,
    schedule: Schedule,
    wake: WakeHandle,
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
        self.is_end = Box::new(move |object| {
            let (seen, least) = (T::rank(object.state()), T::rank(&state));
            let is_later = seen.zip(least).is_some_and(|(seen, least)| seen >= least);
            // A final state ends every wait: the awaited state cannot come any more.
            *object.state() == state || is_later || object.is_final()
        });
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
        Wait::new(self, Some(limit))
    }

    /// Waits without a limit.
    ///
    /// No state of failure is documented for payments and off-ramps, so one that failed may never end this.
    pub fn without_limit(self) -> Wait<T> {
        Wait::new(self, None)
    }
}

debug_fields! { Waiter<T> => |waiter| schedule: waiter.schedule }

/// The pauses of a wait between two polls.
///
/// Each pause is half as long again as the one before, up to the longest. A tenth of it is random, so that many waits
/// that start at the same time do not poll at the same time.
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::{Progress, Waiter, testing::ScriptedSession};
/// # #[derive(Debug)]
/// # struct Requested;
/// # impl Progress for Requested {
/// #     type State = &'static str;
/// #     fn state(&self) -> &&'static str { &"requested" }
/// #     fn is_final(&self) -> bool { false }
/// # }
/// # ScriptedSession::new().run(async |session| {
/// # let refund = || Waiter::new(session.runtime().clone(), || async { Ok(Requested) });
/// use std::time::Duration;
/// use cryptopocket_core::Schedule;
///
/// const SECOND: Duration = Duration::from_secs(1);
/// let ten_minutes = |schedule| refund().schedule(schedule).max_wait(600 * SECOND);
///
/// // A card payment ends soon: many polls at first, then one every ten seconds.
/// let card = ten_minutes(Schedule::new(SECOND, 10 * SECOND)).await.unwrap_err();
/// let transfer = ten_minutes(Schedule::every(120 * SECOND)).await.unwrap_err();
/// assert!(card.polls() > Some(60));
/// assert!(transfer.polls() < Some(9));
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Schedule {
    first: Duration,
    longest: Duration,
}

impl Default for Schedule {
    /// Pauses from 2 s to 30 s.
    fn default() -> Self {
        Self::new(Duration::from_secs(2), Duration::from_secs(30))
    }
}

impl Schedule {
    /// Pauses that grow from `first` to `longest`.
    ///
    /// The first pause is at least 100 ms, or `longest` if that is shorter: a pause of zero would never grow.
    pub fn new(first: Duration, longest: Duration) -> Self {
        const SHORTEST: Duration = Duration::from_millis(100);
        let longest = longest.max(first);
        let longest = if longest.is_zero() { SHORTEST } else { longest };
        Self {
            first: first.max(SHORTEST).min(longest),
            longest,
        }
    }

    /// Pauses of the same length; zero means 100 ms.
    pub fn every(pause: Duration) -> Self {
        Self::new(pause, pause)
    }

    /// The pause after `polls` polls in a row without a new state.
    fn pause(&self, polls: u32, runtime: &dyn Runtime) -> Duration {
        let mut pause = self.first;
        for _ in 1..polls {
            pause = pause.saturating_add(pause / 2);
            if pause >= self.longest {
                pause = self.longest;
                break;
            }
        }
        let spread = pause / 10;
        pause
            .saturating_sub(spread / 2)
            .saturating_add(up_to(runtime, spread))
    }
}

/// Makes a wait poll at once. Used during a poll, it causes one more.
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::{Progress, Schedule, Waiter, testing::{ScriptedSession, TestRuntime}};
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// # struct Payment(&'static str);
/// # impl Progress for Payment {
/// #     type State = &'static str;
/// #     fn state(&self) -> &&'static str { &self.0 }
/// #     fn is_final(&self) -> bool { self.0 == "coins_sent" }
/// # }
/// # let mut states = ["started", "coins_sent"].into_iter();
/// # let day = Duration::from_secs(86_400);
/// # let runtime = Arc::new(TestRuntime::new(1));
/// # let payment = Waiter::new(runtime.clone(), move || {
/// #     let state = states.next().unwrap_or("coins_sent");
/// #     async move { Ok(Payment(state)) }
/// # });
/// # ScriptedSession::new().run(async |_| {
/// # use cryptopocket_core::Runtime as _;
/// let mut wait = payment.schedule(Schedule::every(day)).without_limit();
/// let wake = wait.wake_handle(); // for the handler of the webhooks
/// assert_eq!(*wait.next().await.unwrap()?.state(), "started");
///
/// wake.wake(); // a webhook came: poll now, not in a day
/// assert_eq!(*wait.next().await.unwrap()?.state(), "coins_sent");
/// # assert_eq!(runtime.monotonic(), Duration::ZERO);
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct WakeHandle(Arc<Notify>);

impl WakeHandle {
    /// Ends the current pause of the wait.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}
