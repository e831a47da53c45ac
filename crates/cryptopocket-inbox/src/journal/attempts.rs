//! How long this process has known of attempts whose outcome is unknown.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_types::Timestamp;

/// When attempts whose outcome is unknown were over, by the timer of this process.
///
/// The times in the store come from the clocks of several machines, and any of them can be wrong by hours. The end of a
/// grace period lets a call be sent again, so it must not hang on them. After a restart the period begins again.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<BTreeMap<String, Attempt>>);

#[derive(Debug)]
struct Attempt {
    /// When it was sent, by the clock of its sender: tells one attempt from the next.
    sent_at: Option<Timestamp>,
    over_at: Duration,
}

impl Attempts {
    /// The attempt of this process has ended without a known outcome.
    pub(super) fn ended(&self, key: &str, sent_at: Timestamp, now: Duration) {
        let attempt = Attempt {
            sent_at: Some(sent_at),
            over_at: now,
        };
        self.lock().insert(key.to_owned(), attempt);
    }

    /// When the latest attempt was over. One that this process hears of for the first time is over by `latest`.
    pub(super) fn over_at(&self, key: &str, sent_at: Option<Timestamp>, latest: Duration) -> Duration {
        let fresh = Attempt {
            sent_at,
            over_at: latest,
        };
        let mut known = self.lock();
        match known.get(key) {
            Some(attempt) if attempt.sent_at == sent_at => attempt.over_at,
            _ => {
                known.insert(key.to_owned(), fresh);
                latest
            }
        }
    }

    pub(super) fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Attempt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
