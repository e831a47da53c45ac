//! Backups that are restored into the open file.

use std::path::Path;
use std::time::Duration;

use cryptopocket_webhooks::Sighting;
use tempfile::TempDir;

use super::{RUN, RUNS, event, number, open};
use crate::transaction::Store as _;

/// Copies a database page by page, as `sqlite3 .backup` and `.restore` do; other connections may have both open.
fn copy(from: &Path, to: &Path) {
    let from = rusqlite::Connection::open(from).unwrap();
    let mut to = rusqlite::Connection::open(to).unwrap();
    let copy = rusqlite::backup::Backup::new(&from, &mut to).unwrap();
    copy.run_to_completion(7, Duration::ZERO, None).unwrap();
}

pub(super) fn back_up(folder: &TempDir) {
    copy(&folder.path().join("inbox.db"), &folder.path().join("backup.db"));
}

pub(super) fn restore(folder: &TempDir) {
    copy(&folder.path().join("backup.db"), &folder.path().join("inbox.db"));
}

#[tokio::test]
async fn file_without_runs_gets_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    for number in 0..3 * RUN + 10 {
        let _ = store.insert(event(&number.to_string(), 0)).await.unwrap();
    }
    // As after the update of tables that had another index.
    let remove = store
        .write(|connection| Box::pin(sqlx::query("DELETE FROM cryptopocket_inbox_keys").execute(connection)));
    remove.await.unwrap();
    store.close().await;
    back_up(&folder);
    let store = open(&folder).await;
    assert_eq!(number(&store, RUNS).await, 3);
    let all_are_known = async || {
        for number in 0..3 * RUN + 10 {
            let seen = store.insert(event(&number.to_string(), 0)).await.unwrap();
            assert_eq!(seen, Sighting::Duplicate);
        }
    };
    all_are_known().await;
    // Its last event is the same.
    restore(&folder);
    all_are_known().await;
}

#[tokio::test]
async fn events_of_a_restored_backup_are_known() {
    for (saved, stored) in [(RUN - 5, RUN + 20), (RUN - 5, RUN - 1), (RUN + 20, 3 * RUN + 20)] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        for number in 0..stored {
            if number == saved {
                back_up(&folder);
            }
            let _ = store.insert(event(&number.to_string(), 0)).await.unwrap();
        }
        restore(&folder);
        for number in 0..stored {
            let event = event(&number.to_string(), 0);
            let expected = if number < saved {
                Sighting::Duplicate
            } else {
                Sighting::New
            };
            assert_eq!(store.insert(event.clone()).await.unwrap(), expected, "{number}");
            assert_eq!(
                store.insert(event).await.unwrap(),
                Sighting::Duplicate,
                "{number}"
            );
        }
    }
}

#[tokio::test]
async fn events_that_another_stored_after_a_restore_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [open(&folder).await, open(&folder).await];
    for number in 0..RUN + 20 {
        if number == RUN - 5 {
            back_up(&folder);
        }
        let _ = stores[0].insert(event(&number.to_string(), 0)).await.unwrap();
    }
    restore(&folder);
    // Those that were lost come in another order, and then some: the last number is again that of before.
    for number in (RUN - 5..2 * RUN).rev() {
        let event = event(&number.to_string(), 0);
        assert_eq!(stores[1].insert(event).await.unwrap(), Sighting::New, "{number}");
    }
    for number in 0..2 * RUN {
        let event = event(&number.to_string(), 0);
        assert_eq!(
            stores[0].insert(event).await.unwrap(),
            Sighting::Duplicate,
            "{number}"
        );
    }
}
