//! The tracker and its settings.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::rate::RateLimit;
use super::schedule::Schedule;
use crate::inbox::Inbox;
use crate::store::Store;

/// Keeps the state of payments and off-ramps in the store of an inbox, from webhooks, polls and the bank.
///
/// It is the handler of the inbox: [`Inbox::run`] gives it the events. Beside that, [`run`](Self::run) polls objects whose
/// webhook did not come. Each [`Change`](super::Change) is told once: to a [`ChangeHandler`](super::ChangeHandler), in the
/// transaction that records it, and through the durable [`feed`](Self::feed). Clones share one tracker.
pub struct Tracker<S, C = ()> {
    pub(super) inbox: Inbox<S>,
    pub(super) on_change: Arc<C>,
    pub(super) settings: Arc<Settings>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) schedule: Schedule,
    pub(super) rate: RateLimit,
    pub(super) concurrency: u32,
    pub(super) poll_limit: Duration,
    pub(super) look: Duration,
    pub(super) stale_after: Duration,
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
        Self {
            inbox: self.inbox.clone(),
            on_change: Arc::clone(&self.on_change),
            settings: Arc::clone(&self.settings),
            state: Arc::clone(&self.state),
        }
    }
}

impl<S, C> fmt::Debug for Tracker<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<S: Store> Tracker<S> {
    /// A tracker with the default settings, in the store of `inbox`, with its clock.
    pub fn new(inbox: Inbox<S>) -> Self {
        let settings = Settings {
            schedule: Schedule::default(),
            rate: RateLimit::default(),
            concurrency: 4,
            poll_limit: Duration::from_mins(1),
            look: Duration::from_secs(1),
            stale_after: Duration::from_mins(15),
        };
        Self {
            inbox,
            on_change: Arc::new(()),
            state: Arc::default(),
            settings: Arc::new(settings),
        }
    }

    /// Sets what is done about each change, in the transaction that records it.
    pub fn on_change<C>(self, handler: C) -> Tracker<S, C> {
        Tracker {
            inbox: self.inbox,
            on_change: Arc::new(handler),
            settings: self.settings,
            state: self.state,
        }
    }
}

impl<S, C> Tracker<S, C> {
    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// Sets when objects are polled.
    #[must_use]
    pub fn schedule(self, schedule: Schedule) -> Self {
        self.set(|settings| settings.schedule = schedule)
    }

    /// Sets how many polls may leave all machines that share the store, which should all have this setting. Default: five a
    /// second, ten at once.
    #[must_use]
    pub fn rate_limit(self, limit: RateLimit) -> Self {
        self.set(|settings| settings.rate = limit)
    }

    /// Sets how many polls run at once, at least one. Default: four.
    #[must_use]
    pub fn concurrency(self, polls: u32) -> Self {
        self.set(|settings| settings.concurrency = polls.max(1))
    }

    /// Sets how long a poll may take; then it counts as failed. Default: one minute. The object belongs to its sweeper for
    /// twice as long; after a crash it waits that long.
    #[must_use]
    pub fn poll_limit(self, limit: Duration) -> Self {
        self.set(|settings| settings.poll_limit = limit)
    }

    /// Sets how often an idle sweeper looks for objects that are due. Default: one second, jittered.
    #[must_use]
    pub fn look_interval(self, interval: Duration) -> Self {
        self.set(|settings| settings.look = interval)
    }

    /// Sets for how long no tracker may have been at work before everything that is not final is polled at once: the store
    /// may have been restored from a backup. Default: 15 minutes. See [`restored`](Self::restored).
    #[must_use]
    pub fn stale_after(self, time: Duration) -> Self {
        self.set(|settings| settings.stale_after = time)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
