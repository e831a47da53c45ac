//! How long this process has known of attempts whose outcome is unknown.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_types::Timestamp;

/// How long this process has known of attempts whose outcome is unknown, by its own timer.
///
/// The times in the store come from the clocks of several machines, and any of them can be wrong by hours. The end of a
/// grace period lets a call be sent again, so it must not hang on them. After a restart the period begins again.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<BTreeMap<String, Attempt>>);

#[derive(Debug)]
struct Attempt {
    /// When it was sent, by the clock of its sender: tells one attempt from the next.
    sent_at: Option<Timestamp>,
    known_since: Duration,
}

impl Attempts {
    /// The attempt of this process has ended without a known outcome.
    pub(super) fn ended(&self, key: &str, sent_at: Timestamp, now: Duration) {
        let attempt = Attempt {
            sent_at: Some(sent_at),
            known_since: now,
        };
        self.lock().insert(key.to_owned(), attempt);
    }

    /// How long the latest attempt has been known.
    pub(super) fn known_for(&self, key: &str, sent_at: Option<Timestamp>, now: Duration) -> Duration {
        let mut known = self.lock();
        if let Some(attempt) = known.get(key).filter(|attempt| attempt.sent_at == sent_at) {
            return now.saturating_sub(attempt.known_since);
        }
        let attempt = Attempt {
            sent_at,
            known_since: now,
        };
        known.insert(key.to_owned(), attempt);
        Duration::ZERO
    }

    pub(super) fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Attempt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
