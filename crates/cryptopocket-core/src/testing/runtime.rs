use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use cryptopocket_types::time::Timestamp;

use crate::runtime::{BoxFuture, Runtime};

/// 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600;

/// Virtual time: a sleep takes no time and moves the clock; the sleeps of several tasks add up. Random numbers follow
/// from the seed.
#[derive(Debug, Clone)]
pub struct TestRuntime(Arc<Mutex<Virtual>>);

#[derive(Debug)]
struct Virtual {
    passed: Duration,
    random: u64,
    deadlines: Vec<(Duration, Waker)>,
}

impl TestRuntime {
    /// Time begins at 2026-01-01T00:00:00Z; equal seeds give equal random numbers.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Virtual {
            passed: Duration::ZERO,
            random: seed,
            deadlines: Vec::new(),
        })))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let due: Vec<_> = {
            let state = &mut *self.state();
            state.passed += by;
            let is_due = |(at, _): &mut (Duration, Waker)| *at <= state.passed;
            state.deadlines.extract_if(.., is_due).collect()
        };
        for (_, waker) in due {
            waker.wake();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Virtual> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Runtime for TestRuntime {
    fn now(&self) -> Timestamp {
        let seconds = BEGINNING + i64::try_from(self.monotonic().as_secs()).unwrap_or(i64::MAX / 2);
        Timestamp::from_unix_seconds(seconds).expect("virtual time stays within the calendar")
    }

    fn monotonic(&self) -> Duration {
        self.state().passed
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
        let runtime = self.clone();
        let at = self.monotonic().saturating_add(duration);
        Box::pin(poll_fn(move |context| {
            let mut state = runtime.state();
            if state.passed >= at {
                return Poll::Ready(());
            }
            let waker = context.waker();
            let is_noted = |(noted, other): &(Duration, Waker)| *noted == at && other.will_wake(waker);
            if !state.deadlines.iter().any(is_noted) {
                state.deadlines.push((at, waker.clone()));
            }
            Poll::Pending
        }))
    }

    /// The generator known as `SplitMix64`.
    fn random(&self) -> u64 {
        let mut state = self.state();
        state.random = state.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
