//! A store in memory and virtual time, for tests.

mod calls;
mod events;
mod objects;
mod store;
mod table;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_types::time::{Clock, ManualClock};

use crate::handler::BoxFuture;
use crate::runtime::Runtime;

pub use store::MemoryStore;
pub use table::Table;

/// Virtual time and repeatable randomness.
///
/// A sleep moves the clock forward at once. A deadline never passes.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use cryptopocket_inbox::testing::{MemoryStore, TestRuntime};
/// use cryptopocket_inbox::Inbox;
///
/// let inbox = Inbox::builder(MemoryStore::new()).runtime(Arc::new(TestRuntime::new(42))).build();
/// # let _ = inbox;
/// ```
#[derive(Debug)]
pub struct TestRuntime {
    clock: ManualClock,
    state: AtomicU64,
}

impl TestRuntime {
    /// A runtime that starts in November 2025, with this seed of its randomness.
    pub fn new(seed: u64) -> Self {
        Self {
            clock: ManualClock::new(Timestamp::saturating_from_unix_micros(1_764_000_000_000_000)),
            state: AtomicU64::new(seed),
        }
    }

    /// The clock, to be set or advanced.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }
}

impl Clock for TestRuntime {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Runtime for TestRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.advance(duration);
        Box::pin(tokio::task::yield_now())
    }

    fn deadline(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    /// `SplitMix64`.
    fn random(&self) -> u64 {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut mixed = self.state.fetch_add(step, Ordering::SeqCst).wrapping_add(step);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
