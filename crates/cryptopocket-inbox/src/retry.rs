//! When a failed event is handled again.

use std::time::Duration;

use cryptopocket_types::setters;

/// When a failed event is handled again, and when it is given up.
///
/// The delay doubles from [`first`](Self::first) to [`longest`](Self::longest); between half of it and all of it is
/// waited. Only failures that a handler reports count as attempts. A crash, a lost lease or a database that cannot be
/// reached does not, so that an outage buries no good event.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cryptopocket_inbox::RetryPolicy;
///
/// let policy = RetryPolicy::default().attempts(5).longest(Duration::from_secs(60));
/// assert_eq!(policy.delay(1), Duration::from_secs(1));
/// assert_eq!(policy.delay(4), Duration::from_secs(8));
/// assert_eq!(policy.delay(40), Duration::from_secs(60));
/// assert!(!policy.is_last(4));
/// assert!(policy.is_last(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    first: Duration,
    longest: Duration,
    attempts: u32,
}

impl Default for RetryPolicy {
    /// 20 attempts, from one second to one hour apart: about ten hours in all.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_hours(1),
            attempts: 20,
        }
    }
}

impl RetryPolicy {
    setters! {
        /// Sets the delay after the first failure. Default: one second.
        first = |delay: Duration| delay;
        /// Sets the longest delay. Default: one hour.
        longest = |delay: Duration| delay;
        /// Sets how many failed attempts make a dead letter, at least one. Default: 20.
        attempts = |attempts: u32| attempts.max(1);
    }

    /// The full delay after this many failed attempts, before jitter.
    pub fn delay(&self, failed: u32) -> Duration {
        let doublings = failed.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }

    /// Whether no further attempt follows this many failed ones.
    pub fn is_last(&self, failed: u32) -> bool {
        failed >= self.attempts
    }
}
