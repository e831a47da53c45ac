//! Failures of the disk and the file: a clear error, no acknowledgement that is not kept, recovery without a restart.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::sqlite::{SqliteOptions, SqliteStore};
use cryptopocket_inbox::{Delivery, Error, ErrorKind, EventState, Failure, Filter, Handler, Inbox};
use cryptopocket_webhooks::Sighting;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;

use crate::stage::{Effects as _, body, key, note, receive, sqlite};

/// The keys that a new process would find in the file.
async fn kept(path: &Path) -> Vec<String> {
    let inbox = Inbox::new(SqliteOptions::new(path).create(false).open().await.unwrap());
    let events = inbox.list(Filter::all(), 10_000).await.unwrap();
    inbox.close().await;
    events.into_iter().map(|event| event.key).collect()
}

fn failed_with(result: Result<impl std::fmt::Debug, Error>, kind: ErrorKind) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(!error.hint().is_empty());
}

#[tokio::test]
async fn full_disk_is_reported_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    // A limit of pages is what SQLite has of a disk that fills up. It belongs to the connection.
    let limit = inbox.store().write(|connection| {
        Box::pin(async move {
            sqlx::query("PRAGMA max_page_count = 40")
                .fetch_one(connection)
                .await?;
            Ok(())
        })
    });
    limit.await.unwrap();
    let mut acknowledged = Vec::new();
    let padding = "x".repeat(4000);
    let full = loop {
        let id = format!("p{}", acknowledged.len());
        match receive(&inbox, &body(&id, &format!(r#","memo":"{padding}""#))).await {
            Ok(receipt) => acknowledged.push(receipt.key),
            Err(error) => break error,
        }
        assert!(acknowledged.len() < 100, "the disk never filled up");
    };
    assert_eq!(full.kind(), ErrorKind::Full, "{full}");
    assert!(acknowledged.len() > 3);
    assert_eq!(kept(&folder.path().join("inbox.db")).await, acknowledged);
    // The failed connection took its limit with it, as if space had been made.
    assert_eq!(
        receive(&inbox, &body("later", "")).await.unwrap().sighting,
        Sighting::New
    );
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
}

#[tokio::test]
async fn full_disk_of_a_handler_refuses_no_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let hungry = inbox.store().write(|connection| {
        Box::pin(async move {
            connection.execute("PRAGMA max_page_count = 40").await?;
            sqlx::query("INSERT INTO effects (key) VALUES (hex(zeroblob(1000000)))")
                .execute(connection)
                .await?;
            Ok(())
        })
    });
    let (hungry, delivery) = tokio::join!(hungry, async { receive(&inbox, &body("p2", "")).await });
    failed_with(hungry, ErrorKind::Full);
    assert_eq!(delivery.unwrap().sighting, Sighting::New);
    assert_eq!(inbox.run_until_idle(note::<SqliteStore>()).await.unwrap(), 2);
}

#[tokio::test]
async fn refused_event_harms_no_other_of_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let refuse = inbox.store().write(|connection| {
        let trigger =
            "CREATE TRIGGER refuse BEFORE INSERT ON cryptopocket_inbox_events WHEN NEW.key = 'PAY_IN|id:bad'
             BEGIN SELECT RAISE(ABORT, 'refused'); END";
        Box::pin(async move { connection.execute(trigger).await })
    });
    refuse.await.unwrap();
    let bodies = ["p1", "p2", "bad", "p3"].map(|id| body(id, ""));
    // They wait together, so one transaction would store them.
    let (first, second, bad, last) = tokio::join!(
        receive(&inbox, &bodies[0]),
        receive(&inbox, &bodies[1]),
        receive(&inbox, &bodies[2]),
        receive(&inbox, &bodies[3]),
    );
    failed_with(bad, ErrorKind::Database);
    for stored in [first, second, last] {
        assert_eq!(stored.unwrap().sighting, Sighting::New);
    }
    inbox.close().await;
    let stored = kept(&folder.path().join("inbox.db")).await;
    assert_eq!(stored, [key("p1"), key("p2"), key("p3")]);
}

/// Fills the disk.
struct Hungry;

impl Handler<SqliteConnection> for Hungry {
    async fn handle(&self, _: &Delivery, transaction: &mut SqliteConnection) -> Result<(), Failure> {
        transaction.execute("PRAGMA max_page_count = 40").await?;
        sqlx::query("INSERT INTO effects (key) VALUES (hex(zeroblob(1000000)))")
            .execute(transaction)
            .await?;
        Ok(())
    }
}

#[tokio::test]
async fn full_disk_of_a_handler_counts_as_no_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    failed_with(
        inbox.complete(claim, Arc::new(Hungry)).await,
        ErrorKind::Unavailable,
    );
    let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
    // Not even its lease is lost: the store is well again.
    assert_eq!(
        (event.state, event.attempts, event.lost),
        (EventState::Ready, 0, 0)
    );
}

#[tokio::test]
async fn lock_of_another_process_is_reported_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let options = SqliteOptions::new(&path).lock_limit(Duration::from_millis(50));
    let inbox = Inbox::new(options.open().await.unwrap());
    let other = SqliteConnectOptions::new().filename(&path);
    let mut other = SqliteConnection::connect_with(&other).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    failed_with(receive(&inbox, &body("p1", "")).await, ErrorKind::Locked);
    failed_with(inbox.claim(1).await, ErrorKind::Locked);
    other.execute("COMMIT").await.unwrap();
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::New
    );
}

#[tokio::test]
async fn deleted_file_is_reported_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let path = folder.path().join("inbox.db");
    receive(&inbox, &body("p1", "")).await.unwrap();
    move_all(&folder, "aside");
    failed_with(receive(&inbox, &body("p2", "")).await, ErrorKind::Gone);
    failed_with(receive(&inbox, &body("p2", "")).await, ErrorKind::Gone);
    failed_with(inbox.claim(1).await, ErrorKind::Gone);
    assert!(
        !path.exists(),
        "an empty inbox in its place would have forgotten every event"
    );
    move_back(&folder, "aside");
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::Duplicate
    );
    assert_eq!(
        receive(&inbox, &body("p2", "")).await.unwrap().sighting,
        Sighting::New
    );
    inbox.close().await;
    assert_eq!(kept(&path).await, [key("p1"), key("p2")]);
}

#[cfg(unix)]
#[tokio::test]
async fn replaced_file_gets_no_acknowledgement_of_the_old() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    let path = folder.path().join("inbox.db");
    receive(&inbox, &body("p1", "")).await.unwrap();
    assert_eq!(inbox.list(Filter::all(), 9).await.unwrap().len(), 1);
    // Restored from a backup under the running program.
    move_all(&folder, "aside");
    let restored = Inbox::new(SqliteStore::open(&path).await.unwrap());
    receive(&restored, &body("p0", "")).await.unwrap();
    restored.close().await;
    let first = receive(&inbox, &body("p2", "")).await;
    failed_with(first, ErrorKind::Gone);
    assert_eq!(
        receive(&inbox, &body("p2", "")).await.unwrap().sighting,
        Sighting::New
    );
    // Nor is the old file read by the connection that has it open.
    let listed = inbox.list(Filter::all(), 9).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|event| event.key).collect();
    assert_eq!(listed, [key("p0"), key("p2")]);
    inbox.close().await;
    assert_eq!(kept(&path).await, [key("p0"), key("p2")]);
}

#[cfg(unix)]
#[tokio::test]
async fn file_moved_while_it_is_written_gives_no_acknowledgement() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let (from, to) = (folder.path().join("inbox.db"), folder.path().join("aside.db"));
    let moving = inbox.store().write(move |_| {
        fs::rename(&from, &to).unwrap();
        Box::pin(async { Ok(()) })
    });
    // Both are in one transaction, which begins before the file is moved and is committed after it.
    let (moved, delivery) = tokio::join!(moving, async { receive(&inbox, &body("p2", "")).await });
    failed_with(moved, ErrorKind::Gone);
    failed_with(delivery, ErrorKind::Gone);
}

#[tokio::test]
async fn file_that_is_no_database_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    fs::write(&path, "not a database, but long enough to look at: ".repeat(100)).unwrap();
    failed_with(SqliteStore::open(&path).await, ErrorKind::Corrupt);
}

#[tokio::test]
async fn read_only_database_is_reported_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    // File permissions do not stop root, who runs the tests in a container. The code that SQLite reports is the same.
    let read_only = inbox.store().write(|connection| {
        Box::pin(async move {
            connection.execute("PRAGMA query_only = 1").await?;
            Ok(())
        })
    });
    read_only.await.unwrap();
    failed_with(receive(&inbox, &body("p1", "")).await, ErrorKind::ReadOnly);
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::New
    );
}

#[tokio::test]
async fn missing_folder_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    failed_with(
        SqliteStore::open(folder.path().join("no/inbox.db")).await,
        ErrorKind::Gone,
    );
}

#[tokio::test]
async fn worker_goes_on_after_an_outage() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(&folder).await;
    let inbox = Inbox::builder(store)
        .poll_interval(Duration::from_millis(10))
        .build();
    let worker = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.run(note::<SqliteStore>(), std::future::pending()).await }
    });
    receive(&inbox, &body("p1", "")).await.unwrap();
    while inbox.store().noted().await.is_empty() {
        tokio::task::yield_now().await;
    }
    move_all(&folder, "aside");
    failed_with(receive(&inbox, &body("p2", "")).await, ErrorKind::Gone);
    move_back(&folder, "aside");
    receive(&inbox, &body("p2", "")).await.unwrap();
    while inbox.store().noted().await.len() < 2 {
        tokio::task::yield_now().await;
    }
    worker.abort();
}

fn move_all(folder: &TempDir, name: &str) {
    let aside = folder.path().join(name);
    fs::create_dir_all(&aside).unwrap();
    for file in ["inbox.db", "inbox.db-wal", "inbox.db-shm"] {
        let _ = fs::rename(folder.path().join(file), aside.join(file));
    }
}

fn move_back(folder: &TempDir, name: &str) {
    for file in ["inbox.db", "inbox.db-wal", "inbox.db-shm"] {
        let _ = fs::rename(folder.path().join(name).join(file), folder.path().join(file));
    }
}
