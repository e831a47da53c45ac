use std::time::Duration;

use crate::runtime::{Runtime, up_to};

/// How often and for how long a failed call is repeated.
///
/// *Whether* a failure may be repeated at all is decided by the operation's class, never by this policy: a call
/// that moves money is repeated only when nothing was sent. The one repeat after a refused token is not counted
/// here either.
///
/// Delays grow exponentially with full jitter: each is drawn between zero and `base * 2^n`, at most `max_delay`. A
/// `Retry-After` of the provider is respected; when it exceeds what is left of `total_limit`, the call ends at once
/// and [`Error::retry_after`](crate::Error::retry_after) tells.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use cryptopocket_core::RetryPolicy;
///
/// let patient = RetryPolicy::default().attempts(6).total_limit(Duration::from_secs(180));
/// let never = RetryPolicy::none();
/// assert_ne!(patient, never);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    max_delay: Duration,
    total_limit: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, delays from 200 ms up to 5 s, two minutes in all.
    fn default() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(200),
            max_delay: Duration::from_secs(5),
            total_limit: Duration::from_secs(120),
        }
    }
}

impl RetryPolicy {
    /// One attempt only.
    pub fn none() -> Self {
        Self::default().attempts(1)
    }

    /// How many attempts in all; zero counts as one.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The limit of the first delay; it doubles with each further one.
    #[must_use]
    pub fn base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// The limit of every delay that the provider did not ask for.
    #[must_use]
    pub fn max_delay(mut self, limit: Duration) -> Self {
        self.max_delay = limit;
        self
    }

    /// How long one call may take with all its attempts and delays.
    #[must_use]
    pub fn total_limit(mut self, limit: Duration) -> Self {
        self.total_limit = limit;
        self
    }

    pub(crate) fn total(&self) -> Duration {
        self.total_limit
    }

    /// How long to wait after `made` attempts, or `None` when that was the last.
    pub(crate) fn delay(
        &self,
        made: u32,
        elapsed: Duration,
        asked: Option<Duration>,
        runtime: &dyn Runtime,
    ) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let ceiling = self
            .base
            .saturating_mul(1_u32.checked_shl(made - 1).unwrap_or(u32::MAX))
            .min(self.max_delay);
        let delay = match asked {
            // Spread the callers that were all told the same moment.
            Some(wait) => wait.saturating_add(up_to(runtime, self.base)),
            None => up_to(runtime, ceiling),
        };
        (elapsed.saturating_add(delay) < self.total_limit).then_some(delay)
    }
}
