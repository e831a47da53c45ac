//! The tracker and its settings.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_types::{Timestamp, setters};

use super::rate::RateLimit;
use super::schedule::Schedule;
use crate::inbox::Inbox;
use crate::transaction::Store;

/// Keeps the state of payments and off-ramps in the store of an inbox, from webhooks, polls and the bank.
///
/// It is the handler of the inbox: [`Inbox::run`] gives it the events. Beside that, [`run`](Self::run) polls objects whose
/// webhook did not come. Each [`Change`](super::Change) is told once: to a [`ChangeHandler`](super::ChangeHandler), in the
/// transaction that records it, and through the durable [`feed`](Self::feed). Clones share one tracker.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::Inbox;
/// use cryptopocket_inbox::testing::MemoryStore;
/// use cryptopocket_inbox::tracker::{NewObject, Object, Poll, Polled, Tracker};
///
/// # /// Stands for the provider.
/// # struct Provider;
/// # impl Poll for Provider {
/// #     async fn poll(&self, _: &Object) -> Polled {
/// #         Polled::State(cryptopocket_types::PaymentStatus::CoinsSent.into())
/// #     }
/// # }
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let (created_at, client) = ("2026-04-08T10:00:00Z".parse()?, Provider);
/// let tracker = Tracker::new(Inbox::new(MemoryStore::new()));
/// let payment = Object::payment("p1");
/// tracker.track(NewObject::new(payment.clone(), created_at)).await?;
/// // In a program: `inbox.run(tracker.clone(), shutdown)`, and beside it `tracker.run(client, shutdown)`.
/// tracker.run_until_idle(&client).await?;
///
/// let entries = tracker.changes(0, 10).await?;
/// let changes: Vec<_> = entries.iter().map(|entry| entry.changed.change.as_str()).collect();
/// assert_eq!(changes, ["moved", "confirmed"]);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
/// ```
pub struct Tracker<S, C = ()> {
    pub(super) inbox: Inbox<S>,
    pub(super) on_change: Arc<C>,
    pub(super) schedule: Arc<Schedule>,
    pub(super) rate_limit: RateLimit,
    pub(super) concurrency: u32,
    pub(super) poll_limit: Duration,
    pub(super) look_interval: Duration,
    pub(super) stale_after: Duration,
    state: Arc<Mutex<State>>,
}

/// What the clones of a tracker share.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The heart beat that this process stored last.
    pub(super) beat_at: Option<Timestamp>,
    /// The heart beat that was found last, if it did not fit the clock.
    pub(super) other_beat: Option<Timestamp>,
}

impl<S, C> Clone for Tracker<S, C> {
    fn clone(&self) -> Self {
        self.with(Arc::clone(&self.on_change))
    }
}

impl<S, C> fmt::Debug for Tracker<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker")
            .field("schedule", &self.schedule)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}

impl<S: Store> Tracker<S> {
    /// A tracker with the default settings, in the store of `inbox`, with its clock.
    pub fn new(inbox: Inbox<S>) -> Self {
        Self {
            inbox,
            on_change: Arc::new(()),
            schedule: Arc::default(),
            rate_limit: RateLimit::default(),
            concurrency: 4,
            poll_limit: Duration::from_mins(1),
            look_interval: Duration::from_secs(1),
            stale_after: Duration::from_mins(15),
            state: Arc::default(),
        }
    }

    /// Sets what is done about each change, in the transaction that records it.
    pub fn on_change<C>(self, handler: C) -> Tracker<S, C> {
        self.with(Arc::new(handler))
    }
}

impl<S, C> Tracker<S, C> {
    setters! {
        /// Sets when objects are polled.
        schedule = |schedule: Schedule| Arc::new(schedule);
        /// Sets how many polls may leave all machines that share the store, which should all have this setting. Default: five
        /// a second, ten at once.
        rate_limit = |limit: RateLimit| limit;
        /// Sets how many polls run at once, at least one. Default: four.
        concurrency = |polls: u32| polls.max(1);
        /// Sets how long a poll may take; then it counts as failed. Default: one minute. The object belongs to its sweeper for
        /// twice as long; after a crash it waits that long.
        poll_limit = |limit: Duration| limit;
        /// Sets how often an idle sweeper looks for objects that are due. Default: one second, jittered.
        look_interval = |interval: Duration| interval;
        /// Sets for how long no tracker may have been at work before everything that is not final is polled at once: the store
        /// may have been restored from a backup. Default: 15 minutes. See [`restored`](Self::restored).
        stale_after = |time: Duration| time;
    }

    /// The same tracker with another handler.
    fn with<D>(&self, on_change: Arc<D>) -> Tracker<S, D> {
        Tracker {
            inbox: self.inbox.clone(),
            on_change,
            schedule: Arc::clone(&self.schedule),
            rate_limit: self.rate_limit,
            concurrency: self.concurrency,
            poll_limit: self.poll_limit,
            look_interval: self.look_interval,
            stale_after: self.stale_after,
            state: Arc::clone(&self.state),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
