use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptopocket::{BoxFuture, Runtime, Timestamp};

/// A runtime whose sleeps take no time and move its clock.
#[derive(Debug, Default)]
pub struct InstantRuntime {
    passed: Arc<Mutex<Duration>>,
    random: AtomicU64,
}

impl Runtime for InstantRuntime {
    fn now(&self) -> Timestamp {
        "2026-06-20T10:15:30Z".parse().expect("a valid time")
    }

    fn monotonic(&self) -> Duration {
        *self.passed.lock().expect("no panic while locked")
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let passed = self.passed.clone();
        Box::pin(async move { *passed.lock().expect("no panic while locked") += duration })
    }

    fn deadline(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn random(&self) -> u64 {
        self.random.fetch_add(1, Ordering::Relaxed)
    }
}
