//! A limit on how often the provider is asked.

use std::time::Duration;

use cryptopocket_types::Timestamp;

/// Parts of a permit, so that a slow rate is exact in microseconds.
const WHOLE: u64 = 1_000_000;

/// How many polls may leave a process.
///
/// The provider documents no limit. Machines that share a store count each for itself: divide the rate by their number.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::tracker::RateLimit;
///
/// let limit = RateLimit::per_second(2).burst(20);
/// # let _ = limit;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct RateLimit {
    per_second: u32,
    burst: u32,
}

impl Default for RateLimit {
    /// Five polls a second, ten at once.
    fn default() -> Self {
        Self::per_second(5).burst(10)
    }
}

impl RateLimit {
    /// This many polls a second, at least one, and as many at once.
    pub fn per_second(polls: u32) -> Self {
        let per_second = polls.max(1);
        Self {
            per_second,
            burst: per_second,
        }
    }

    /// Sets how many may leave at once after a pause, at least one.
    pub fn burst(mut self, polls: u32) -> Self {
        self.burst = polls.max(1);
        self
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    limit: RateLimit,
    /// In parts of a permit.
    permits: u64,
    filled_at: Option<Timestamp>,
    paused_until: Option<Timestamp>,
}

impl Bucket {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            permits: u64::from(limit.burst) * WHOLE,
            filled_at: None,
            paused_until: None,
        }
    }

    /// Takes up to `wanted` permits and returns their number.
    pub(super) fn take(&mut self, now: Timestamp, wanted: u32) -> u32 {
        self.fill(now);
        if self.paused_until.is_some_and(|until| now < until) {
            return 0;
        }
        let taken = (self.permits / WHOLE).min(wanted.into());
        self.permits -= taken * WHOLE;
        u32::try_from(taken).unwrap_or(wanted)
    }

    /// Returns permits that were not used.
    pub(super) fn put_back(&mut self, unused: u32) {
        let full = u64::from(self.limit.burst) * WHOLE;
        self.permits = (self.permits + u64::from(unused) * WHOLE).min(full);
    }

    /// Gives no permits before `until`.
    pub(super) fn pause_until(&mut self, until: Timestamp) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// How long it takes until there is a permit.
    pub(super) fn wait(&self, now: Timestamp) -> Duration {
        let missing = WHOLE.saturating_sub(self.permits);
        let filling = Duration::from_micros(missing.div_ceil(self.limit.per_second.into()));
        let pause = self.paused_until.and_then(|until| until.duration_since(now));
        filling.max(pause.unwrap_or_default())
    }

    fn fill(&mut self, now: Timestamp) {
        // A clock that jumps back gives nothing, and does not stop the bucket from filling afterwards.
        let passed = self.filled_at.and_then(|at| now.duration_since(at));
        self.filled_at = Some(now);
        let micros = u64::try_from(passed.unwrap_or_default().as_micros()).unwrap_or(u64::MAX);
        let full = u64::from(self.limit.burst) * WHOLE;
        let gained = micros.saturating_mul(self.limit.per_second.into());
        self.permits = self.permits.saturating_add(gained).min(full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_micros(1_764_000_000_000_000 + millis * 1000)
    }

    #[test]
    fn burst_is_followed_by_the_rate() {
        let mut bucket = Bucket::new(RateLimit::per_second(2).burst(3));
        assert_eq!(bucket.take(at(0), 10), 3);
        assert_eq!(bucket.take(at(0), 10), 0);
        assert_eq!(bucket.wait(at(0)), Duration::from_millis(500));
        assert_eq!(bucket.take(at(499), 10), 0);
        assert_eq!(bucket.take(at(1000), 10), 2);
        assert_eq!(bucket.take(at(60_000), 10), 3);
        bucket.put_back(2);
        assert_eq!(bucket.take(at(60_000), 1), 1);
    }

    #[test]
    fn pause_holds_back_full_bucket() {
        let mut bucket = Bucket::new(RateLimit::default());
        bucket.pause_until(at(5000));
        bucket.pause_until(at(4000));
        assert_eq!(bucket.take(at(4999), 1), 0);
        assert_eq!(bucket.wait(at(4999)), Duration::from_millis(1));
        assert_eq!(bucket.take(at(5000), 1), 1);
    }

    #[test]
    fn clock_that_jumps_back_does_not_stop_the_rate() {
        let mut bucket = Bucket::new(RateLimit::per_second(1));
        assert_eq!(bucket.take(at(10_000_000), 1), 1);
        assert_eq!(bucket.take(at(0), 1), 0);
        assert_eq!(bucket.take(at(1000), 1), 1);
    }
}
