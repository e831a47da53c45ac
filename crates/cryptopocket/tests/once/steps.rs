//! A journal that can be left between any two of its steps, and futures that are.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cryptopocket::Timestamp;
use cryptopocket::inbox::Error;
use cryptopocket::inbox::journal::{Begun, Entry, JournalStore, Record, StoredAnswer};
use cryptopocket_inbox::testing::MemoryStore;

/// A store in memory that yields before and after each change.
#[derive(Default)]
pub(crate) struct Steps(MemoryStore, AtomicU32);

impl Steps {
    /// How often the answers to a call were read.
    pub(crate) fn answers_read(&self) -> u32 {
        self.1.load(Ordering::SeqCst)
    }
}

impl JournalStore for Steps {
    type Store = MemoryStore;

    fn store(&self) -> &MemoryStore {
        &self.0
    }

    async fn begin(
        &self,
        intent: Entry,
        now: Timestamp,
        hold: Duration,
        furthest: Duration,
    ) -> Result<Begun, Error> {
        tokio::task::yield_now().await;
        let begun = self.0.begin(intent, now, hold, furthest).await;
        tokio::task::yield_now().await;
        begun
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry, Error> {
        tokio::task::yield_now().await;
        let recorded = self.0.record(key, token, record).await;
        tokio::task::yield_now().await;
        recorded
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.answers(key).await
    }
}

/// Polls a future `steps` times and then drops it, as a crash does. `None` if it was not ready by then.
pub(crate) fn crash_after<F: Future>(steps: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..steps {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// Polls a future to its end.
pub(crate) fn whole<F: Future>(future: F) -> F::Output {
    crash_after(u32::MAX, future).unwrap()
}
