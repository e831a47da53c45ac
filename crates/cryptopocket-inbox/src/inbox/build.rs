//! Settings of an inbox.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{debug_fields, setters};

use super::Inbox;
use crate::alarm::Alarm;
use crate::body::Bodies;
use crate::redact::Redaction;
use crate::retry::RetryPolicy;
use crate::runtime::{Runtime, TokioRuntime};
use crate::transaction::Store;

/// Settings of an [`Inbox`]; made by [`Inbox::builder`].
#[must_use]
pub struct Builder<S> {
    pub(super) store: S,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) retry: RetryPolicy,
    pub(super) lease: Duration,
    pub(super) handler_limit: Duration,
    pub(super) concurrency: u32,
    pub(super) poll_interval: Duration,
    pub(super) redaction: Option<Redaction>,
    pub(super) bodies: Bodies,
    pub(super) alarm: Option<Arc<Listener>>,
}

type Listener = dyn Fn(&Alarm) + Send + Sync;

debug_fields! { Builder<S> => |settings| retry: settings.retry, lease: settings.lease }

impl<S: Store> Inbox<S> {
    /// Settings, to be changed from their defaults.
    ///
    /// # Examples
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # async fn example(store: cryptopocket_inbox::sqlite::SqliteStore) {
    /// use cryptopocket_inbox::{Inbox, Redaction, RetryPolicy};
    ///
    /// let inbox = Inbox::builder(store)
    ///     .retry(RetryPolicy::default().attempts(5))
    ///     .redaction(Redaction::personal())
    ///     .alarm(|alarm| eprintln!("{alarm}"))
    ///     .build();
    /// # let _ = inbox;
    /// # }
    /// ```
    pub fn builder(store: S) -> Builder<S> {
        Builder {
            store,
            runtime: Arc::new(TokioRuntime),
            retry: RetryPolicy::default(),
            lease: Duration::from_mins(1),
            handler_limit: Duration::from_secs(10),
            concurrency: 16,
            poll_interval: Duration::from_secs(1),
            redaction: None,
            bodies: Bodies::default(),
            alarm: None,
        }
    }
}

impl<S: Store> Builder<S> {
    setters! {
        /// Sets when failed events are handled again.
        retry = |policy: RetryPolicy| policy;
        /// Sets how long a claimed event belongs to its worker. Default: one minute.
        ///
        /// After a crash its events wait that long. A lease that is too short costs repeated work, never a doubled effect.
        lease = |lease: Duration| lease;
        /// Sets how long a handler may take, also that of the changes of a tracker; then its writes are rolled back. Default: ten
        /// seconds.
        handler_limit = |limit: Duration| limit;
        /// Sets how many events [`Inbox::run`] handles at once, at least one. Default: 16.
        concurrency = |events: u32| events.max(1);
        /// Sets how often an idle worker looks for events that came through another process. Default: one second, jittered.
        poll_interval = |interval: Duration| interval;
        /// Blanks fields of stored bodies once their event is done. By default bodies are kept as received.
        redaction = |policy: Redaction| Some(policy);
        /// Calls `listener` with what a person should see. Each alarm is also a `tracing` event of level WARN.
        alarm = |listener: impl Fn(&Alarm) + Send + Sync + 'static| Some(Arc::new(listener));
        /// Replaces clock, timer and randomness, for tests.
        runtime = |runtime: Arc<dyn Runtime>| runtime;
    }

    /// Seals bodies at rest. By default they are stored plain.
    #[cfg(feature = "encryption")]
    pub fn keyring(mut self, keyring: crate::body::Keyring) -> Self {
        self.bodies.keyring = Some(keyring);
        self
    }

    /// The inbox.
    pub fn build(self) -> Inbox<S> {
        Inbox {
            inner: Arc::new(self),
        }
    }
}
