//! The clock, timer and randomness of the inbox.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use cryptopocket_types::Timestamp;
use cryptopocket_types::time::{Clock, SystemClock};

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

impl Runtime for TokioRuntime {
    #[allow(
        clippy::disallowed_methods,
        reason = "the inbox knows no crate that has a timer, so it has its own"
    )]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the inbox knows no crate that has a monotonic clock, so it has its own"
    )]
    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the inbox knows no crate that has randomness, so it has its own"
    )]
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

/// Completes with the first of two futures.
pub(crate) struct First<A, B>(pub(crate) A, pub(crate) B);

/// Which of two futures completed first.
pub(crate) enum Which<A, B> {
    /// The first.
    One(A),
    /// The second.
    Other(B),
}

impl<A: Future + Unpin, B: Future + Unpin> Future for First<A, B> {
    type Output = Which<A::Output, B::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = Pin::new(&mut self.0).poll(context) {
            return Poll::Ready(Which::One(output));
        }
        Pin::new(&mut self.1).poll(context).map(Which::Other)
    }
}

/// Turns a panic of a future into an error: the writer of a store serves others too, and must outlive it.
pub(crate) struct Unpanicked<F>(pub(crate) F);

impl<F: Future + Unpin> Future for Unpanicked<F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.0).poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
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
