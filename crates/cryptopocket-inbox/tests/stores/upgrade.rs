//! Stores that the version before this one has made.

use std::time::Duration;

use cryptopocket_inbox::Inbox;
use cryptopocket_inbox::journal::{Journal, JournalStore, Selection};
use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::stage::with_effects;
use crate::tracker::{NoteChange, Stage};

/// What was in the store is used, and what is new works.
async fn goes_on<S: crate::stage::Effects + JournalStore>(store: S) {
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
    assert_eq!(journal.raw_answers("k").await.unwrap()[0].body.bytes, b"hi");
    assert_eq!(journal.due(9).await.unwrap()[0].key, "k");
}

/// A file of version 3 with one more event, and tables of the user.
async fn file_of_version_3(folder: &tempfile::TempDir, of_the_user: &'static str) -> std::path::PathBuf {
    let path = folder.path().join("inbox.db");
    let made = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let mut connection = SqliteConnection::connect_with(&made).await.unwrap();
    for sql in [
        include_str!("upgrade/sqlite_3.sql"),
        "INSERT INTO cryptopocket_inbox_events (seq, key, name, fingerprint, received_at, signed_at, state, due_at, token,
            attempts, lost) VALUES (70, 'k', 'PAY_IN', x'', 0, 0, 2, 0, 0, 0, 0)",
        of_the_user,
    ] {
        connection.execute(sqlx::raw_sql(sql)).await.unwrap();
    }
    connection.close().await.unwrap();
    path
}

#[tokio::test]
async fn what_refers_to_events_survives_the_update() {
    let folder = tempfile::tempdir().unwrap();
    let of_the_user = "
        CREATE TABLE cascading (event INTEGER REFERENCES cryptopocket_inbox_events (seq) ON DELETE CASCADE);
        CREATE TABLE plain (event INTEGER REFERENCES cryptopocket_inbox_events);
        CREATE TABLE heard (seq INTEGER);
        INSERT INTO cascading VALUES (70); INSERT INTO plain VALUES (70);
        CREATE VIEW names AS SELECT name FROM cryptopocket_inbox_events;
        CREATE INDEX by_name ON cryptopocket_inbox_events (name);
        CREATE TRIGGER hears AFTER UPDATE ON cryptopocket_inbox_events BEGIN INSERT INTO heard VALUES (new.seq); END;
        CREATE TRIGGER looks AFTER INSERT ON plain BEGIN
            INSERT INTO heard SELECT seq FROM cryptopocket_inbox_events; END;";
    let path = file_of_version_3(&folder, of_the_user).await;
    let store = SqliteStore::open(&path).await.unwrap();
    let used = store.write(|connection| {
        Box::pin(async move {
            let touch = "UPDATE cryptopocket_inbox_events SET reason = 'x'; INSERT INTO plain VALUES (70)";
            sqlx::raw_sql(touch).execute(&mut *connection).await?;
            let absent = sqlx::raw_sql("INSERT INTO plain VALUES (71)").execute(&mut *connection);
            assert!(absent.await.is_err(), "foreign keys are checked");
            let counts = "SELECT (SELECT count(*) FROM cascading), (SELECT count(*) FROM plain),
                (SELECT count(*) FROM names), (SELECT count(*) FROM heard),
                (SELECT count(*) FROM sqlite_master WHERE name = 'by_name')";
            sqlx::query_as::<_, (i64, i64, i64, i64, i64)>(counts)
                .fetch_one(connection)
                .await
        })
    });
    assert_eq!(used.await.unwrap(), (1, 2, 2, 4, 1));
}

#[tokio::test]
async fn foreign_key_to_keys_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let of_the_user = "CREATE TABLE credits (event TEXT REFERENCES cryptopocket_inbox_events (key));
        INSERT INTO credits VALUES ('k')";
    let path = file_of_version_3(&folder, of_the_user).await;
    let error = SqliteStore::open(&path).await.unwrap_err().to_string();
    assert!(
        error.starts_with("the table credits has a foreign key to"),
        "{error}"
    );
}
