//! A limit on how often the provider is asked.

use std::time::Duration;

use cryptopocket_types::Timestamp;

/// Parts of a permit, so that a slow rate is exact in microseconds.
const WHOLE: i64 = 1_000_000;
/// By how much clocks of machines that share a bucket may differ unnoticed. A greater step back is a clock that was set.
const MOST_SKEW: Duration = Duration::from_mins(1);
/// Longest pause that is believed: a clock that was wrong must not stop the polls of all machines for days.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How many polls may be sent.
///
/// The provider documents no limit. Machines that share a store share the rate: its state is a row of the store.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::Inbox;
/// use cryptopocket_inbox::testing::MemoryStore;
/// use cryptopocket_inbox::tracker::{RateLimit, Tracker};
///
/// // Two polls a second, and twenty at once after a pause.
/// let limit = RateLimit::per_second(2).burst(20);
/// let tracker = Tracker::new(Inbox::new(MemoryStore::new())).rate_limit(limit);
/// # let _ = tracker;
/// assert_eq!(RateLimit::per_second(2), RateLimit::per_second(2).burst(2));
/// assert_eq!(RateLimit::per_second(0), RateLimit::per_second(1), "at least one");
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

/// The state of a rate limit, as a store keeps it: a token bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Permits, in millionths. Below zero (`-1 - permits`) after the clock stepped back by a minute or more.
    pub permits: i64,
    /// When they were counted; `None` before the first time.
    pub filled_at: Option<Timestamp>,
    /// Until when the provider asked not to be called.
    pub paused_until: Option<Timestamp>,
}

impl Bucket {
    /// Holds the polls back until a time. It shortens no pause, except one of more than an hour from `now`, which a wrong
    /// clock left.
    pub fn hold_back(&mut self, now: Timestamp, until: Timestamp) {
        let believed = now.saturating_add(LONGEST_PAUSE);
        let longer = self
            .paused_until
            .filter(|paused| until < *paused && *paused <= believed);
        self.paused_until = Some(longer.unwrap_or(until));
    }

    /// Counts the permits that there are at `now`. None during a pause.
    pub fn fill(&mut self, limit: RateLimit, now: Timestamp) -> u32 {
        let full = i64::from(limit.burst) * WHOLE;
        let (mut permits, mut is_set_back) = self.counted();
        let (gained, filled_at) = match self.filled_at {
            None => (full, now),
            Some(at) if at <= now => {
                let passed = now.duration_since(at).unwrap_or_default();
                let micros = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
                let gained = micros.saturating_mul(limit.per_second.into());
                if is_set_back && passed >= MOST_SKEW {
                    // Back to the clock that is ahead, or after a long rest. One permit, since two clocks that take turns
                    // would never gain any otherwise.
                    is_set_back = false;
                    (gained.min(WHOLE), now)
                } else {
                    (gained, now)
                }
            }
            // A clock that is a little behind another machine's gains nothing, and takes nothing back either: the other one
            // would count that time twice.
            Some(at) if at < now.saturating_add(MOST_SKEW) => (0, at),
            // One that was set back goes on from there. It may be that of another machine too, so the step forward that
            // follows is no time that has passed.
            Some(_) => {
                is_set_back = true;
                (0, now)
            }
        };
        self.filled_at = Some(filled_at);
        permits = permits.saturating_add(gained).clamp(0, full);
        self.count(permits, is_set_back);
        if !self.pause(now).is_zero() {
            return 0;
        }
        u32::try_from(permits / WHOLE).unwrap_or(u32::MAX)
    }

    /// Takes `taken` of the permits that were counted, and returns whether the bucket has to be stored.
    ///
    /// Not if there were permits for nothing that is due: an idle sweeper writes nothing, since what is gained meanwhile
    /// follows from the time.
    #[must_use]
    pub fn take(&mut self, counted: u32, taken: usize) -> bool {
        let less = i64::try_from(taken).unwrap_or(i64::MAX).saturating_mul(WHOLE);
        let (permits, is_set_back) = self.counted();
        self.count(permits.saturating_sub(less).max(0), is_set_back);
        counted == 0 || taken > 0
    }

    /// How long it takes until there is a permit.
    pub fn wait(&self, limit: RateLimit, now: Timestamp) -> Duration {
        let missing = u64::try_from(WHOLE - self.counted().0).unwrap_or(0);
        let filling = Duration::from_micros(missing.div_ceil(limit.per_second.into()));
        filling.max(self.pause(now))
    }

    /// The permits, and whether they were counted by a clock that was set back.
    const fn counted(&self) -> (i64, bool) {
        match self.permits {
            permits @ 0.. => (permits, false),
            permits => (-1 - permits, true),
        }
    }

    const fn count(&mut self, permits: i64, is_set_back: bool) {
        self.permits = if is_set_back { -1 - permits } else { permits };
    }

    fn pause(&self, now: Timestamp) -> Duration {
        let left = self.paused_until.and_then(|until| until.duration_since(now));
        left.filter(|left| *left <= LONGEST_PAUSE).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::saturating_from_unix_micros(1_764_000_000_000_000 + millis * 1000)
    }

    fn take(bucket: &mut Bucket, limit: RateLimit, now: Timestamp, wanted: u32) -> u32 {
        let permits = bucket.fill(limit, now).min(wanted);
        assert!(bucket.take(permits, permits as usize));
        permits
    }

    #[test]
    fn burst_is_followed_by_the_rate() {
        let (mut bucket, limit) = (Bucket::default(), RateLimit::per_second(2).burst(3));
        assert_eq!(take(&mut bucket, limit, at(0), 10), 3);
        assert_eq!(take(&mut bucket, limit, at(0), 10), 0);
        assert_eq!(bucket.wait(limit, at(0)), Duration::from_millis(500));
        assert_eq!(take(&mut bucket, limit, at(499), 10), 0);
        assert_eq!(take(&mut bucket, limit, at(1000), 10), 2);
        assert_eq!(take(&mut bucket, limit, at(60_000), 10), 3);
    }

    #[test]
    fn pause_holds_back_full_bucket() {
        let limit = RateLimit::default();
        let mut bucket = Bucket {
            paused_until: Some(at(5000)),
            ..Bucket::default()
        };
        assert_eq!(take(&mut bucket, limit, at(4999), 1), 0);
        assert_eq!(bucket.wait(limit, at(4999)), Duration::from_millis(1));
        assert_eq!(take(&mut bucket, limit, at(5000), 1), 1);
        bucket.paused_until = Some(at(1_000_000_000));
        assert_eq!(
            take(&mut bucket, limit, at(5000), 1),
            1,
            "no pause lasts for days"
        );
    }

    #[test]
    fn clock_that_jumps_back_does_not_stop_the_rate() {
        let (mut bucket, limit) = (Bucket::default(), RateLimit::per_second(1));
        assert_eq!(take(&mut bucket, limit, at(10_000_000), 1), 1);
        assert_eq!(take(&mut bucket, limit, at(0), 1), 0);
        assert_eq!(take(&mut bucket, limit, at(1000), 1), 1);
    }

    #[test]
    fn clocks_that_differ_do_not_raise_the_rate() {
        let (mut bucket, limit) = (Bucket::default(), RateLimit::per_second(1).burst(9));
        let mut taken = 0;
        for second in 0..60 {
            // The other machine is 20 seconds ahead.
            taken += take(&mut bucket, limit, at(second * 1000), 9);
            taken += take(&mut bucket, limit, at(second * 1000 + 20_000), 9);
        }
        assert!(taken <= 9 + 60 + 20, "{taken} polls in a minute");
    }

    #[test]
    fn clock_far_ahead_gains_no_burst_each_turn() {
        let limit = RateLimit::per_second(1).burst(9);
        for ahead in [61_000, 120_000, 86_400_000] {
            let (mut bucket, mut taken) = (Bucket::default(), 0);
            for second in 0..60 {
                taken += take(&mut bucket, limit, at(second * 1000), 9);
                taken += take(&mut bucket, limit, at(second * 1000 + ahead), 9);
            }
            // The first step forward cannot be told from a rest.
            let fair = 60..=9 + 9 + 60;
            assert!(
                fair.contains(&taken),
                "{taken} polls in a minute, {ahead} ms ahead"
            );
        }
    }

    #[test]
    fn clock_set_back_has_its_burst_again() {
        let (mut bucket, limit) = (Bucket::default(), RateLimit::per_second(1).burst(3));
        assert_eq!(take(&mut bucket, limit, at(10_000_000), 9), 3);
        assert_eq!(take(&mut bucket, limit, at(0), 9), 0);
        assert_eq!(bucket.wait(limit, at(0)), Duration::from_secs(1));
        assert_eq!(take(&mut bucket, limit, at(3000), 2), 2);
        assert_eq!(take(&mut bucket, limit, at(3000), 9), 1);
        assert_eq!(take(&mut bucket, limit, at(70_000), 9), 1, "after a long rest");
        assert_eq!(take(&mut bucket, limit, at(73_000), 9), 3);
    }
}
