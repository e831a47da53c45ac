//! Waiting in real time.

use std::time::Duration;

use tokio::sync::Notify;

/// Lets `duration` pass on the wall clock: slow answers have to be slow for the client's clock too.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the emulator waits in real time"
)]
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Waits for `wake`, but no longer than `limit`.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the emulator waits in real time"
)]
pub(crate) async fn wait(wake: &Notify, limit: Option<Duration>) {
    match limit {
        Some(limit) => drop(tokio::time::timeout(limit, wake.notified()).await),
        None => wake.notified().await,
    }
}

/// Gives `work` up after `limit`.
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the emulator waits in real time"
)]
pub(crate) async fn bounded<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, work).await.ok()
}
