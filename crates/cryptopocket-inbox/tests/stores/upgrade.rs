//! Stores that the version before this one has made.

use std::time::Duration;

use cryptopocket_inbox::Inbox;
use cryptopocket_inbox::journal::{Journal, JournalStore, Selection};
use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::tracker::TrackerStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::stage::with_effects;
use crate::tracker::{NoteChange, Stage};

/// What was in the store is used, and what is new works.
async fn goes_on<S: crate::stage::Effects + TrackerStore + JournalStore>(store: S) {
    assert_eq!(
        store.select(Selection::Open { after: 0 }, 9).await.unwrap()[0].key,
        "order-1"
    );
    let stage = Stage::new(store).with(NoteChange::<S>::failing(0));
    stage.track("p1").await;
    stage.inbox.run_until_idle(stage.tracker.clone()).await.unwrap();
    assert_eq!(
        stage.told().await,
        ["p1 moved started payment_received", "p1 announced coins_sent"]
    );
    assert_eq!(stage.sweep().await, 1);
    let gaps = stage.tracker.gaps(Duration::ZERO, 9).await.unwrap();
    assert_eq!(gaps.counts.keys().collect::<Vec<_>>(), ["PAY_IN"]);
}

#[tokio::test]
async fn sqlite_file_of_version_3_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let made = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let mut connection = SqliteConnection::connect_with(&made).await.unwrap();
    connection
        .execute(sqlx::raw_sql(include_str!("upgrade/sqlite_3.sql")))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    with_effects(&store).await;
    goes_on(store).await;
}

#[tokio::test]
async fn postgres_database_of_version_3_is_migrated() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let pool = cluster.empty().await;
    pool.execute(sqlx::raw_sql(include_str!("upgrade/postgres_3.sql")))
        .await
        .unwrap();
    let store = PostgresStore::with_pool(pool).await.unwrap();
    store
        .pool()
        .execute("CREATE TABLE effects (key TEXT NOT NULL)")
        .await
        .unwrap();
    goes_on(store).await;
}

#[tokio::test]
async fn raw_answer_of_version_6_becomes_the_first_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let downgrade = store.write(|connection| {
        Box::pin(async move {
            sqlx::raw_sql(
                "DROP TABLE cryptopocket_inbox_answers; DROP TABLE cryptopocket_inbox_polls;
                DROP INDEX cryptopocket_inbox_due_calls; ALTER TABLE cryptopocket_inbox_journal DROP COLUMN due_at;
                INSERT INTO cryptopocket_inbox_journal (key, operation, request_hash, request, phase, recovered, token,
                    held_until, raw) VALUES ('k', 'pay', x'', x'', 1, 0, 1, 0, x'6869');
                UPDATE cryptopocket_inbox_version SET version = 6",
            )
            .execute(connection)
            .await
        })
    });
    downgrade.await.unwrap();
    let journal = Journal::new(Inbox::new(SqliteStore::open(&path).await.unwrap()));
    assert_eq!(journal.raw_answers("k").await.unwrap()[0].bytes, b"hi");
    assert_eq!(journal.due(9).await.unwrap()[0].key, "k");
}
