use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cryptopocket_types::time::Timestamp;
use tokio::sync::Notify;

use crate::runtime::{BoxFuture, Runtime};

/// 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600;

/// Virtual time: a sleep takes no time and moves the clock; the sleeps of several tasks add up. Random numbers follow
/// from the seed.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::Runtime;
/// use cryptopocket_core::testing::{TestRuntime, block_on};
/// use std::time::Duration;
///
/// let runtime = TestRuntime::new(1);
/// block_on(runtime.sleep(Duration::from_secs(3600))); // takes no time
/// assert_eq!(runtime.now().to_string(), "2026-01-01T01:00:00Z");
///
/// runtime.advance(Duration::from_secs(60));
/// assert_eq!(runtime.monotonic(), Duration::from_secs(3660));
/// assert_eq!(TestRuntime::new(7).random(), TestRuntime::new(7).random());
/// ```
#[derive(Debug, Clone)]
pub struct TestRuntime(Arc<Virtual>);

#[derive(Debug)]
struct Virtual {
    passed: Mutex<Duration>,
    random: Mutex<u64>,
    moved: Notify,
}

impl TestRuntime {
    /// Time begins at 2026-01-01T00:00:00Z; equal seeds give equal random numbers.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Virtual {
            passed: Mutex::default(),
            random: Mutex::new(seed),
            moved: Notify::new(),
        }))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        *lock(&self.0.passed) += by;
        self.0.moved.notify_waiters();
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runtime for TestRuntime {
    fn now(&self) -> Timestamp {
        let seconds = BEGINNING + i64::try_from(self.monotonic().as_secs()).unwrap_or(i64::MAX / 2);
        Timestamp::from_unix_seconds(seconds).expect("virtual time stays within the calendar")
    }

    fn monotonic(&self) -> Duration {
        *lock(&self.0.passed)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (runtime, mut has_yielded) = (self.clone(), false);
        Box::pin(poll_fn(move |context| {
            // Other tasks get their turn, or a loop around a sleep would starve them.
            if !std::mem::replace(&mut has_yielded, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            runtime.advance(duration);
            Poll::Ready(())
        }))
    }

    /// Passes when sleeps or [`advance`](TestRuntime::advance) have moved the clock that far.
    fn deadline(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (runtime, at) = (self.clone(), self.monotonic().saturating_add(duration));
        Box::pin(async move {
            loop {
                // Listens before it looks, so that it misses no move in between.
                let moved = runtime.0.moved.notified();
                if runtime.monotonic() >= at {
                    return;
                }
                moved.await;
            }
        })
    }

    /// The generator known as `SplitMix64`.
    fn random(&self) -> u64 {
        let mut state = lock(&self.0.random);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
