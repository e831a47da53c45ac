//! A SQLite file that is put back from a backup.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cryptopocket_inbox::Inbox;
use cryptopocket_inbox::Store as _;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::testing::TestRuntime;
use cryptopocket_inbox::tracker::Objects as _;
use cryptopocket_inbox::tracker::{NewObject, Object, Tracker};

use super::provider::{Provider, answer};

/// What a process that starts now has.
async fn started(path: &Path, runtime: &Arc<TestRuntime>) -> (Inbox<SqliteStore>, Tracker<SqliteStore>) {
    let store = SqliteStore::open(path).await.unwrap();
    let inbox = Inbox::builder(store).runtime(Arc::clone(runtime) as _).build();
    (inbox.clone(), Tracker::new(inbox))
}

fn hours(runtime: &TestRuntime, hours: u64) {
    runtime.clock().advance(std::time::Duration::from_hours(hours));
}

#[tokio::test]
async fn yesterdays_file_polls_again_and_tells_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("inbox.db"), folder.path().join("backup.db"));
    let runtime = Arc::new(TestRuntime::new(1));
    let provider = Provider::default();
    let now = || cryptopocket_types::Clock::now(&*runtime);

    let (inbox, tracker) = started(&path, &runtime).await;
    for id in ["open", "done"] {
        tracker
            .track(NewObject::new(Object::payment(id), now()))
            .await
            .unwrap();
    }
    hours(&runtime, 1);
    assert_eq!(tracker.run_until_idle(&provider).await.unwrap(), 2);
    inbox.close().await;
    fs::copy(&path, &backup).unwrap();

    // After the backup one becomes final, and the application acts on that.
    let (inbox, tracker) = started(&path, &runtime).await;
    hours(&runtime, 24);
    provider.always("done", answer("coins_sent"));
    tracker.run_until_idle(&provider).await.unwrap();
    let cursor = tracker.changes(0, 9).await.unwrap().pop().unwrap().number;
    inbox.close().await;
    provider.asked();

    fs::copy(&backup, &path).unwrap();
    hours(&runtime, 1);
    let (inbox, tracker) = started(&path, &runtime).await;
    assert_eq!(tracker.run_until_idle(&provider).await.unwrap(), 2);
    assert_eq!(provider.asked(), ["done", "open"]);
    let again = tracker.changes(cursor, 9).await.unwrap();
    let words: Vec<_> = again.iter().map(|entry| super::words(&entry.changed)).collect();
    assert_eq!(
        words,
        ["done moved started coins_sent", "done confirmed coins_sent"]
    );
    inbox.close().await;
}

/// A young backup, put back under the running program: only what the program stored last can tell.
#[cfg(unix)]
#[tokio::test]
async fn file_put_back_under_a_running_tracker_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("inbox.db"), folder.path().join("backup.db"));
    let runtime = Arc::new(TestRuntime::new(1));
    let provider = Provider::default();
    let (inbox, tracker) = started(&path, &runtime).await;
    let created_at = cryptopocket_types::Clock::now(&*runtime);
    tracker
        .track(NewObject::new(Object::payment("p1"), created_at))
        .await
        .unwrap();
    tracker.run_until_idle(&provider).await.unwrap();
    inbox.close().await;
    fs::copy(&path, &backup).unwrap();

    let (inbox, tracker) = started(&path, &runtime).await;
    for _ in 0..3 {
        runtime.clock().advance(std::time::Duration::from_mins(2));
        tracker.run_until_idle(&provider).await.unwrap();
    }
    assert_eq!(inbox.store().latest().await, 0);
    for end in ["", "-wal", "-shm"] {
        let file = folder.path().join(format!("inbox.db{end}"));
        let _ = fs::rename(&file, folder.path().join(format!("old{end}")));
    }
    fs::copy(&backup, &path).unwrap();
    // The first call finds another file in place of its own.
    runtime.clock().advance(std::time::Duration::from_mins(2));
    tracker.run_until_idle(&provider).await.unwrap_err();
    provider.asked();
    tracker.run_until_idle(&provider).await.unwrap();
    assert_eq!(provider.asked(), ["p1"]);
    assert!(inbox.store().latest().await > created_at.unix_micros());
}

trait Latest {
    async fn latest(&self) -> i64;
}

impl Latest for SqliteStore {
    async fn latest(&self) -> i64 {
        let latest = self.view(|objects| Box::pin(objects.latest_change()));
        latest.await.unwrap()
    }
}
