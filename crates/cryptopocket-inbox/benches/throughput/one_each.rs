//! What the inbox is compared with: one transaction an event.

use std::time::Instant;

use cryptopocket_webhooks::Verifier;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use std::path::Path;

use crate::signed;

/// A file with the same columns, indexes and settings as that of the inbox, and the unique key that a service would
/// have without it.
pub(crate) async fn open(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection
        .execute(sqlx::raw_sql(
            "CREATE TABLE events (
                seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, object_id TEXT,
                fingerprint BLOB NOT NULL, body BLOB, received_at INTEGER NOT NULL, state INTEGER NOT NULL,
                due_at INTEGER NOT NULL
             ) STRICT;
             CREATE INDEX open ON events (due_at, seq) WHERE state < 2;",
        ))
        .await
        .unwrap();
    connection
}

/// Verifies, reads and stores events `from..to`, each in a transaction of its own, and returns the microseconds an event.
pub(crate) async fn receive_all(connection: &mut SqliteConnection, from: u64, to: u64) -> f64 {
    let deliveries: Vec<_> = (from..to).map(signed).collect();
    let verifier = Verifier::new("secret").unwrap();
    let start = Instant::now();
    for delivery in deliveries {
        let genuine = verifier
            .verify(&delivery.headers, delivery.body.as_bytes())
            .unwrap();
        let event = genuine.event().unwrap();
        let mut transaction = connection.begin().await.unwrap();
        let stored = sqlx::query(
            "INSERT INTO events (key, name, object_id, fingerprint, body, received_at, state, due_at)
             VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
        )
        .bind(event.key().as_str())
        .bind(event.name())
        .bind(event.object_id().as_deref())
        .bind(event.fingerprint().as_slice())
        .bind(delivery.body.as_bytes())
        .bind(i64::try_from(genuine.sent_at).unwrap())
        .bind(i64::try_from(genuine.sent_at).unwrap())
        .execute(&mut *transaction)
        .await
        .unwrap();
        assert_eq!(stored.rows_affected(), 1);
        transaction.commit().await.unwrap();
    }
    start.elapsed().as_secs_f64() * 1e6 / (to - from) as f64
}
