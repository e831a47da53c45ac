//! Opening a store: for reading only, and at places where none can be.

use std::path::Path;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::sqlite::{SqliteOptions, SqliteStore};
use cryptopocket_inbox::{Error, ErrorKind, Filter, Inbox};
use sqlx::{Connection as _, Executor as _};

use crate::stage::{body, key, receive, sqlite};

async fn reading(path: &Path) -> Result<SqliteStore, Error> {
    SqliteOptions::new(path).read_only(true).open().await
}

/// Opens the folder's store, gives its tables this version, and closes it.
async fn set_version(folder: &tempfile::TempDir, version: i64) {
    let store = sqlite(folder).await;
    let set = store.write(move |connection| {
        let update = sqlx::query("UPDATE cryptopocket_inbox_version SET version = ?").bind(version);
        Box::pin(update.execute(connection))
    });
    set.await.unwrap();
    cryptopocket_inbox::Store::close(&store).await;
}

#[tokio::test]
async fn store_for_reading_lists_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::new(sqlite(&folder).await);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let looking = Inbox::new(reading(&folder.path().join("inbox.db")).await.unwrap());
    assert_eq!(looking.counts().await.unwrap().ready, 1);
    assert_eq!(looking.list(Filter::all(), 9).await.unwrap()[0].key, key("p1"));
    for error in [
        receive(&looking, &body("p2", "")).await.unwrap_err(),
        looking.claim(1).await.unwrap_err(),
        looking.replay(Filter::all()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error}");
        assert!(error.hint().contains("read_only"), "{}", error.hint());
    }
    looking.close().await;
    receive(&inbox, &body("p2", "")).await.unwrap();
}

#[tokio::test]
async fn older_tables_are_reported_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    set_version(&folder, 1).await;
    let error = reading(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooOld);
    let text = error.to_string();
    assert!(text.contains("tables of version 1"), "{text}");
    assert!(error.hint().contains("start the service"), "{}", error.hint());
    // Nothing was updated, so the second look finds the same.
    assert_eq!(reading(&path).await.unwrap_err().to_string(), text);
}

#[tokio::test]
async fn newer_tables_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    set_version(&folder, 99).await;
    let error = reading(&folder.path().join("inbox.db")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooNew);
}

#[tokio::test]
async fn file_without_tables_is_no_inbox() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    std::fs::write(&path, "").unwrap();
    let error = reading(&path).await.unwrap_err();
    assert_eq!(error.to_string(), "the store has no tables of an inbox");
    let missing = reading(&folder.path().join("other.db")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Gone);
    assert!(!folder.path().join("other.db").exists());
}

#[tokio::test]
async fn foreign_file_gets_no_tables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let mut other = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    other.execute("CREATE TABLE orders (id TEXT)").await.unwrap();
    other.close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    let opened = SqliteOptions::new(&path).create(false).open().await;
    let error = opened.unwrap_err();
    assert_eq!(error.to_string(), "the store has no tables of an inbox");
    assert!(error.hint().contains("your service"), "{}", error.hint());
    assert_eq!(std::fs::read(&path).unwrap(), before, "not a byte is changed");
}

#[tokio::test]
async fn folder_is_no_file_of_an_inbox() {
    let folder = tempfile::tempdir().unwrap();
    for error in [
        SqliteStore::open(folder.path()).await.unwrap_err(),
        reading(folder.path()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::BadPath);
        assert!(error.to_string().contains("is a folder"), "{error}");
        assert!(error.hint().contains("inbox.db"), "{}", error.hint());
    }
}

#[tokio::test]
async fn closed_port_of_postgres_is_named() {
    let url = "postgres://me:hunter2@127.0.0.1:1/x";
    let error = PostgresStore::connect(url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let told = error.to_string();
    assert!(told.contains("refused") && !told.contains("hunter2"), "{told}");
    assert!(error.hint().contains("host and port"), "{}", error.hint());
}

#[tokio::test]
async fn missing_folder_is_named_with_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    let error = SqliteStore::open(folder.path().join("no/inbox.db"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Gone);
    let named = format!("the folder {} for the file", folder.path().join("no").display());
    assert!(error.to_string().starts_with(&named), "{error}");
    assert!(error.hint().contains("mkdir -p"), "{}", error.hint());
}

#[tokio::test]
async fn url_is_no_path_of_a_file() {
    for path in ["//rel.db", "sqlite://rel.db", "sqlite:rel.db"] {
        let error = SqliteStore::open(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadPath, "{path}");
        assert!(error.hint().contains("sqlite:rel.db"), "{}", error.hint());
    }
    let folder = tempfile::tempdir().unwrap();
    // What is left of `sqlite:///folder/rel.db` is a path from the root.
    let rooted = format!("//{}/rel.db", folder.path().display());
    SqliteStore::open(rooted).await.unwrap();
}

#[tokio::test]
async fn postgres_for_reading_changes_nothing() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let own = cluster.own_schema().await;
    let url = format!(
        "postgres://postgres@localhost/postgres?host={}&options[search_path]={}",
        own.socket, own.schema
    );
    let error = PostgresStore::connect_read_only(&url).await.unwrap_err();
    assert_eq!(error.to_string(), "the store has no tables of an inbox");
    let error = PostgresStore::connect_existing(&url).await.unwrap_err();
    assert_eq!(error.to_string(), "the store has no tables of an inbox");
    let inbox = Inbox::new(PostgresStore::connect(&url).await.unwrap());
    receive(&inbox, &body("p1", "")).await.unwrap();
    let looking = Inbox::new(
        PostgresStore::connect_read_only(&format!("{url}&application_name=looking"))
            .await
            .unwrap(),
    );
    assert_eq!(looking.counts().await.unwrap().ready, 1);
    let refused = receive(&looking, &body("p2", "")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ReadOnly);
    // It has no worker to wake.
    let listeners =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'looking' AND query LIKE 'LISTEN%'";
    let listeners: i64 = sqlx::query_scalar(listeners)
        .fetch_one(inbox.store().pool())
        .await
        .unwrap();
    assert_eq!(listeners, 0);
    let older = "UPDATE cryptopocket_inbox_version SET version = 1";
    inbox.store().pool().execute(older).await.unwrap();
    let error = PostgresStore::connect_read_only(&url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooOld);
}
