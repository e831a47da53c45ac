//! Clocks: the operating system's, and one that tests set.

use core::fmt::Debug;
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use super::Timestamp;

/// A source of the current time.
pub trait Clock: Send + Sync + Debug {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the only place that reads the real clock"
    )]
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}

/// A clock that stands still until it is set or advanced. Clones share their time.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use cryptopocket_types::time::{Clock, ManualClock};
///
/// let clock = ManualClock::new("2026-04-08T10:00:00Z".parse()?);
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().to_string(), "2026-04-08T10:01:30Z");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that starts at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.unix_micros())))
    }

    /// Sets the time, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.unix_micros(), Ordering::SeqCst);
    }

    /// Advances the time by `by`, at most to the end of the year 9999.
    pub fn advance(&self, by: Duration) {
        let later = |micros| {
            let now = Timestamp::saturating_from_unix_micros(micros);
            Some(now.saturating_add(by).unix_micros())
        };
        let _previous = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, later);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::saturating_from_unix_micros(self.0.load(Ordering::SeqCst))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}
