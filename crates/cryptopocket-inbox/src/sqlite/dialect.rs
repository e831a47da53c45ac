//! What SQLite writes differently.

use sqlx::SqliteConnection;

use super::keys;
use crate::sql::dialect::Dialect;

impl Dialect for SqliteConnection {
    const TABLES_OF_VERSIONS: &str =
        "SELECT count(*) AS found FROM sqlite_master WHERE name = 'cryptopocket_inbox_version'";
    // The writer has the only transaction that writes.
    const LOCKS: bool = false;
    const CLAIM_EVENTS: &str = "UPDATE cryptopocket_inbox_events
         SET state = 1, token = token + 1, lost = lost + (state = 1),
             due_at = $1 + $2 * (1 << min(lost + (state = 1), 6))
         WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events WHERE state < 2 AND due_at <= $1
                       ORDER BY due_at, seq LIMIT $3)
         RETURNING *";
    const ERASE_BODIES: &str =
        "UPDATE cryptopocket_inbox_events SET body = NULL, sealed_with = NULL, reason = NULL
         WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events
                       WHERE state = 2 AND body IS NOT NULL AND settled_at < $1 LIMIT $2)";
    const CLAIM_OBJECTS: &str = "UPDATE cryptopocket_inbox_objects SET token = token + 1, due_at = $2
         WHERE (kind, id) IN (SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
                              ORDER BY due_at, kind, id LIMIT $3)
         RETURNING *";
    // Transactions of a file are committed one after the other, so numbers follow the order of commits.
    const COUNT_CHANGE: Option<&str> = Some("UPDATE cryptopocket_inbox_tracker SET number = number + 1");
    const UNNUMBERED: Option<&str> = None;
    const ADD_CHANGE: &str =
        "INSERT INTO cryptopocket_inbox_changes (number, kind, object_id, change, source, at)
         SELECT number, $1, $2, $3, $4, $5 FROM cryptopocket_inbox_tracker";

    async fn numbers_of(&mut self, key: &str) -> Result<Option<Vec<i64>>, sqlx::Error> {
        keys::numbers_of(self, key).await.map(Some)
    }

    // A file is the store of one machine, which wakes its worker by itself.
    async fn notify(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }

    async fn number_changes(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }
}
