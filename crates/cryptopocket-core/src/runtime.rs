use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::task::Poll;
use std::time::{Duration, Instant};

use cryptopocket_types::time::{Clock, SystemClock, Timestamp};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The clock, timer and randomness of the SDK.
///
/// Everything that waits, retries or expires uses these, so that a test can replace them; see `testing::TestRuntime`
/// (feature `testing`).
pub trait Runtime: Send + Sync + fmt::Debug {
    /// The time of day.
    fn now(&self) -> Timestamp;

    /// Time since a fixed but arbitrary moment. It never goes back.
    fn monotonic(&self) -> Duration;

    /// Completes after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Completes after `duration`, as the limit of something else that runs meanwhile. Virtual time does not move for
    /// it. By default [`sleep`](Self::sleep).
    fn deadline(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.sleep(duration)
    }

    /// Runs `work` in the background, or gives it back if nothing here can.
    ///
    /// By default it runs on the tokio runtime that the caller is on.
    ///
    /// # Errors
    ///
    /// `work`, for the caller to run, where there is no tokio runtime.
    fn spawn(&self, work: BoxFuture<'static, ()>) -> Result<(), BoxFuture<'static, ()>> {
        match tokio::runtime::Handle::try_current() {
            Ok(tokio) => {
                tokio.spawn(work);
                Ok(())
            }
            Err(_) => Err(work),
        }
    }

    /// A number that need not be secret, only well spread: it jitters delays.
    fn random(&self) -> u64;
}

/// The real clock and timer, on tokio.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioRuntime;

#[allow(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the real clock, really sleeps and is really random"
)]
impl Runtime for TokioRuntime {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn monotonic(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> u64 {
        RandomState::new().build_hasher().finish()
    }
}

/// The output of `work`, or `None` if `limit` passes first.
pub(crate) async fn within<F: Future>(runtime: &dyn Runtime, limit: Duration, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let mut deadline = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        let deadline = deadline.get_or_insert_with(|| runtime.deadline(limit));
        deadline.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// A number from zero up to and including `limit`, evenly spread for any limit that a delay can have.
pub(crate) fn up_to(runtime: &dyn Runtime, limit: Duration) -> Duration {
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(match nanos.checked_add(1) {
        Some(range) => runtime.random() % range,
        None => runtime.random(),
    })
}
