//! The worker that runs until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Delivery, Failure, Filter, Handler, Inbox};
use sqlx::SqliteConnection;
use tokio::sync::{Notify, oneshot};

use crate::stage::{Effects as _, body, key, note, receive, sqlite};

/// Takes as long as a test wants.
struct Gated {
    entered: Arc<Notify>,
    gate: Arc<Notify>,
}

impl Handler<SqliteConnection> for Gated {
    async fn handle(&self, delivery: &Delivery, transaction: &mut SqliteConnection) -> Result<(), Failure> {
        self.entered.notify_one();
        self.gate.notified().await;
        SqliteStore::note(transaction, delivery.key()).await
    }
}

#[tokio::test]
async fn worker_wakes_for_a_new_event() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(&folder).await;
    // Longer than any test: only the wake-up ends the wait.
    let inbox = Inbox::builder(store)
        .poll_interval(Duration::from_hours(1))
        .build();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn({
        let inbox = inbox.clone();
        async move {
            inbox
                .run(note::<SqliteStore>(), async { drop(stopped.await) })
                .await
        }
    });
    for id in ["p1", "p2"] {
        receive(&inbox, &body(id, "")).await.unwrap();
        while inbox.store().noted().await.last() != Some(&key(id)) {
            tokio::task::yield_now().await;
        }
    }
    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
}

#[tokio::test]
async fn shutdown_finishes_what_was_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let (entered, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = Gated {
        entered: Arc::clone(&entered),
        gate: Arc::clone(&gate),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.run(handler, async { drop(stopped.await) }).await }
    });
    entered.notified().await;
    stop.send(()).unwrap();
    gate.notify_one();
    worker.await.unwrap().unwrap();
    assert_eq!(inbox.store().noted().await, [key("p1")]);
    assert_eq!(inbox.counts().await.unwrap().leased, 0);
}

#[tokio::test]
async fn handler_over_its_limit_is_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(&folder).await;
    let inbox = Inbox::builder(store)
        .handler_limit(Duration::from_millis(20))
        .build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let handler = Gated {
        entered: Arc::default(),
        gate: Arc::default(),
    };
    assert_eq!(inbox.run_until_idle(handler).await.unwrap(), 0);
    let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
    assert_eq!(
        event.reason.as_deref(),
        Some("the handler took longer than its limit")
    );
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
}

#[tokio::test]
async fn run_ends_when_the_store_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    inbox.close().await;
    let error = inbox
        .run(note::<SqliteStore>(), std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(error.kind().as_str(), "closed");
}
