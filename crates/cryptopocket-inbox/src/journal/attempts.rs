//! How long this process has known of attempts whose outcome is unknown.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptopocket_types::Timestamp;

/// When attempts whose outcome is unknown were over, by the timer of this process.
///
/// The times in the store come from the clocks of several machines, and any of them can be wrong by hours. The end of a
/// grace period lets a call be sent again, so it must not hang on them. After a restart the period begins again.
///
/// By key; beside the time at which the attempt was sent by the clock of its sender, which tells one attempt from the next.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<BTreeMap<String, (Option<Timestamp>, Duration)>>);

impl Attempts {
    /// The attempt of this process has ended without a known outcome.
    pub(super) fn ended(&self, key: &str, sent_at: Timestamp, now: Duration) {
        self.lock().insert(key.to_owned(), (Some(sent_at), now));
    }

    /// When the latest attempt was over. One that this process hears of for the first time is over by `latest`.
    pub(super) fn over_at(&self, key: &str, sent_at: Option<Timestamp>, latest: Duration) -> Duration {
        let mut known = self.lock();
        match known.get(key) {
            Some((same, over_at)) if *same == sent_at => *over_at,
            _ => {
                known.insert(key.to_owned(), (sent_at, latest));
                latest
            }
        }
    }

    pub(super) fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (Option<Timestamp>, Duration)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
