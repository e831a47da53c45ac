//! The clock, timer and randomness of the inbox.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use cryptopocket_types::Timestamp;
use cryptopocket_types::time::{Clock, SystemClock};
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};

use crate::error::{Error, ErrorKind, Result};
use crate::handler::BoxFuture;

/// The clock, timer and randomness of the inbox, so that a test can replace them.
///
/// Everything that waits, retries or expires uses these; see `testing::TestRuntime` (feature `testing`).
pub trait Runtime: Clock {
    /// Completes after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Completes after `duration`, as the limit of something else that runs meanwhile. Virtual time does not move for
    /// it. By default [`sleep`](Self::sleep).
    fn deadline(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.sleep(duration)
    }

    /// Time since a fixed but arbitrary moment, for what a clock that is set wrong must not shorten. It never goes back.
    ///
    /// By default that of the clock, which is right only if nothing sets the clock.
    fn monotonic(&self) -> Duration {
        let micros = u64::try_from(self.now().unix_micros()).unwrap_or(0);
        Duration::from_micros(micros)
    }

    /// A number that need not be secret, only well spread: it jitters delays.
    fn random(&self) -> u64;
}

/// The real clock and timer, on tokio.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioRuntime;

impl Clock for TokioRuntime {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the inbox knows no crate that has a timer, a monotonic clock or randomness, so it has its own"
)]
impl Runtime for TokioRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn random(&self) -> u64 {
        use std::hash::{BuildHasher as _, Hasher as _, RandomState};
        RandomState::new().build_hasher().finish()
    }
}

/// A duration from half of `full` up to `full`.
pub(crate) fn jittered(runtime: &dyn Runtime, full: Duration) -> Duration {
    let nanos = u64::try_from(full.as_nanos()).unwrap_or(u64::MAX);
    let half = nanos / 2;
    Duration::from_nanos(half + runtime.random() % (nanos - half).saturating_add(1).max(1))
}

/// Failures of a store in a row, which a worker waits out.
#[derive(Default)]
pub(crate) struct Outage(u32);

impl Outage {
    /// How long to wait after a failure.
    ///
    /// # Errors
    /// Those that waiting does not end.
    pub(crate) fn wait(&mut self, error: Error, worker: &'static str) -> Result<Duration> {
        if matches!(error.kind(), ErrorKind::Closed | ErrorKind::TooNew) {
            return Err(error);
        }
        self.0 = self.0.saturating_add(1);
        tracing::warn!(
            kind = error.kind().as_str(),
            failures = self.0,
            worker,
            "the store failed"
        );
        let doubled = Duration::from_millis(100).saturating_mul(1 << self.0.min(10));
        Ok(doubled.min(Duration::from_secs(5)))
    }

    pub(crate) fn end(&mut self) {
        self.0 = 0;
    }
}

/// What a future gives, unless it panics or `deadline` passes first: then what it did, for a reason.
pub(crate) async fn limited<F: Future>(
    future: F,
    deadline: BoxFuture<'static, ()>,
) -> Result<F::Output, &'static str> {
    match select(Box::pin(unpanicked(future)), deadline).await {
        Either::Left((Ok(output), _)) => Ok(output),
        Either::Left((Err(_), _)) => Err("panicked"),
        Either::Right(_) => Err("took longer than its limit"),
    }
}

/// Turns a panic of a future into an error: who runs it serves others too, and must outlive it.
pub(crate) fn unpanicked<F: Future>(future: F) -> impl Future<Output = std::thread::Result<F::Output>> {
    AssertUnwindSafe(future).catch_unwind()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestRuntime;

    #[test]
    fn jitter_stays_between_half_and_full() {
        let runtime = TestRuntime::new(7);
        let full = Duration::from_secs(10);
        let drawn: Vec<_> = (0..1000).map(|_| jittered(&runtime, full)).collect();
        assert!(drawn.iter().all(|one| *one >= full / 2 && *one <= full));
        assert!(drawn.iter().any(|one| *one < full * 6 / 10));
        assert!(drawn.iter().any(|one| *one > full * 9 / 10));
        assert_eq!(jittered(&runtime, Duration::ZERO), Duration::ZERO);
    }
}
