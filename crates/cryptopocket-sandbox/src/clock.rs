//! Waiting in real time.

#![allow(
    clippy::disallowed_methods,
    reason = "the only file in which the emulator waits in real time"
)]

use std::time::Duration;

use tokio::sync::Notify;

/// Sleeps for `duration` of real time: a slow answer must be slow for the client's clock.
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Waits for `wake`, at most for `limit`.
pub(crate) async fn wait(wake: &Notify, limit: Option<Duration>) {
    match limit {
        Some(limit) => drop(tokio::time::timeout(limit, wake.notified()).await),
        None => wake.notified().await,
    }
}

/// Runs `work`; `None` if it takes longer than `limit`.
pub(crate) async fn bounded<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, work).await.ok()
}
