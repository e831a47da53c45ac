//! Clock, timer and randomness of one of our machines.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cryptopocket::{BoxFuture, Clock, Timestamp};

use crate::chance::Chance;
use crate::virtual_time::VirtualTime;

/// Clock, timer and randomness of one of our machines. Its clock can be wrong; its timer is not.
#[derive(Debug)]
pub(crate) struct NodeRuntime {
    time: VirtualTime,
    /// How far its clock is ahead, in microseconds.
    ahead: AtomicI64,
    chance: Mutex<Chance>,
}

impl NodeRuntime {
    pub(crate) fn new(time: VirtualTime, chance: Chance) -> Self {
        Self {
            time,
            ahead: AtomicI64::new(0),
            chance: Mutex::new(chance),
        }
    }

    /// Sets how far the clock is ahead, in seconds.
    pub(crate) fn set_ahead(&self, seconds: i64) {
        self.ahead.store(seconds * 1_000_000, Ordering::Relaxed);
    }

    fn number(&self) -> u64 {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        chance.number()
    }
}

impl Clock for NodeRuntime {
    fn now(&self) -> Timestamp {
        let micros = self.time.now().unix_micros() + self.ahead.load(Ordering::Relaxed);
        Timestamp::saturating_from_unix_micros(micros)
    }
}

impl cryptopocket::Runtime for NodeRuntime {
    fn now(&self) -> Timestamp {
        Clock::now(self)
    }

    fn monotonic(&self) -> Duration {
        self.time.passed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.time.sleep(duration))
    }

    /// A call that was to outlive its caller would outlive the process too.
    fn spawn(&self, work: BoxFuture<'static, ()>) -> Result<(), BoxFuture<'static, ()>> {
        Err(work)
    }

    fn random(&self) -> u64 {
        self.number()
    }
}

impl cryptopocket_inbox::Runtime for NodeRuntime {
    fn sleep(&self, duration: Duration) -> cryptopocket_inbox::BoxFuture<'static, ()> {
        Box::pin(self.time.sleep(duration))
    }

    fn deadline(&self, duration: Duration) -> cryptopocket_inbox::BoxFuture<'static, ()> {
        Box::pin(self.time.limit(duration))
    }

    fn monotonic(&self) -> Duration {
        self.time.passed()
    }

    fn random(&self) -> u64 {
        self.number()
    }
}
