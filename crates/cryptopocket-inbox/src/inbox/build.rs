//! Settings of an inbox.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Inbox, Inner};
use crate::alarm::Alarm;
use crate::body::Bodies;
use crate::redact::Redaction;
use crate::retry::RetryPolicy;
use crate::runtime::{Runtime, TokioRuntime};
use crate::store::Store;

/// Settings of an [`Inbox`]; made by [`Inbox::builder`].
#[must_use]
pub struct Builder<S>(Inner<S>);

impl<S> fmt::Debug for Builder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

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
        Builder(Inner {
            store,
            runtime: Arc::new(TokioRuntime),
            retry: RetryPolicy::default(),
            lease: Duration::from_mins(1),
            handler_limit: Duration::from_secs(10),
            concurrency: 16,
            poll: Duration::from_secs(1),
            redaction: None,
            bodies: Bodies::default(),
            alarm: None,
        })
    }
}

impl<S: Store> Builder<S> {
    /// Sets when failed events are handled again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.0.retry = policy;
        self
    }

    /// Sets how long a claimed event belongs to its worker. Default: one minute.
    ///
    /// After a crash its events wait that long. A lease that is too short costs repeated work, never a doubled effect.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.0.lease = lease;
        self
    }

    /// Sets how long a handler may take, also that of the changes of a tracker; then its writes are rolled back. Default: ten
    /// seconds.
    pub fn handler_limit(mut self, limit: Duration) -> Self {
        self.0.handler_limit = limit;
        self
    }

    /// Sets how many events [`Inbox::run`] handles at once, at least one. Default: 16.
    pub fn concurrency(mut self, events: u32) -> Self {
        self.0.concurrency = events.max(1);
        self
    }

    /// Sets how often an idle worker looks for events that came through another process. Default: one second, jittered.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.0.poll = interval;
        self
    }

    /// Blanks fields of stored bodies once their event is done. By default bodies are kept as received.
    pub fn redaction(mut self, policy: Redaction) -> Self {
        self.0.redaction = Some(policy);
        self
    }

    /// Seals bodies at rest. By default they are stored plain.
    #[cfg(feature = "encryption")]
    pub fn keyring(mut self, keyring: crate::body::Keyring) -> Self {
        self.0.bodies.keyring = Some(keyring);
        self
    }

    /// Calls `listener` with what a person should see. Each alarm is also a `tracing` event of level WARN.
    pub fn alarm(mut self, listener: impl Fn(&Alarm) + Send + Sync + 'static) -> Self {
        self.0.alarm = Some(Arc::new(listener));
        self
    }

    /// Replaces clock, timer and randomness, for tests.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.0.runtime = runtime;
        self
    }

    /// The inbox.
    pub fn build(self) -> Inbox<S> {
        Inbox {
            inner: Arc::new(self.0),
        }
    }
}
