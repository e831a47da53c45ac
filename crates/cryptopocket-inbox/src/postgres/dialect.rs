//! What PostgreSQL writes differently.
//!
//! # Changes, and their numbers
//!
//! A reader goes on after the highest number that it has seen, so no lower number may appear later. A sequence does not
//! give that: of two transactions the one with the higher number may be committed first. A counter that each transaction
//! locks would, but then one slow handler would stop all others. So a change is stored without a number, and gets one
//! once its transaction is committed, from readers that take turns. Unlike a comparison of transaction ids, that is not
//! held up by a long transaction of another program, and survives a dump into another cluster.

use sqlx::PgConnection;

use super::CHANNEL;
use crate::sql::dialect::Dialect;
use crate::sql::{Columns as _, Connection as _, bind};

/// Most changes that one transaction numbers.
const MOST: i64 = 1000;

impl Dialect for PgConnection {
    const TABLES_OF_VERSIONS: &str = "SELECT count(to_regclass('cryptopocket_inbox_version')) AS found";
    const LOCKS: bool = true;
    // An event whose handler is still in its transaction is locked, and skipped even if its lease is over.
    const CLAIM_EVENTS: &str = "WITH due AS (
             SELECT seq, lost + (CASE WHEN state = 1 THEN 1 ELSE 0 END) AS lost
             FROM cryptopocket_inbox_events WHERE state < 2 AND due_at <= $1
             ORDER BY due_at, seq LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE cryptopocket_inbox_events AS event
         SET state = 1, token = token + 1, lost = due.lost, due_at = $1 + $2 * (1 << least(due.lost, 6)::int)
         FROM due WHERE event.seq = due.seq
         RETURNING event.seq, token, key, name, object_id, body, sealed_with, state, received_at, signed_at, due_at,
             attempts, event.lost, reason";
    const ERASE_BODIES: &str = "UPDATE cryptopocket_inbox_events SET body = NULL, sealed_with = NULL, reason = NULL
         WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events
                       WHERE state = 2 AND body IS NOT NULL AND settled_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";
    // Sweepers of several machines pass over each other's rows, so each gets others.
    const CLAIM_OBJECTS: &str = "WITH due AS (
             SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
             ORDER BY due_at, kind, id LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE cryptopocket_inbox_objects AS object SET token = token + 1, due_at = $2
         FROM due WHERE object.kind = due.kind AND object.id = due.id
         RETURNING object.kind, object.id, tracked, method, expected, due_at, token, quiet, failures, reason";
    // Without a number, which it gets after its commit.
    const COUNT_CHANGE: Option<&str> = None;
    const UNNUMBERED: Option<&str> =
        Some("SELECT id FROM cryptopocket_inbox_changes WHERE number IS NULL LIMIT 1");
    const ADD_CHANGE: &str = "INSERT INTO cryptopocket_inbox_changes (kind, object_id, change, source, at)
         VALUES ($1, $2, $3, $4, $5)";

    async fn numbers_of(&mut self, _: &str) -> Result<Option<Vec<i64>>, sqlx::Error> {
        Ok(None)
    }

    async fn notify(&mut self) -> Result<(), sqlx::Error> {
        let notify = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL);
        notify.execute(self).await.map(drop)
    }

    async fn number_changes(&mut self) -> Result<(), sqlx::Error> {
        // The lock comes before the statement that looks for changes: what the reader before has numbered is seen by it,
        // and its numbers are committed before those that are given here.
        let last = "SELECT number FROM cryptopocket_inbox_tracker FOR UPDATE";
        let last = self.row(last, bind![]).await?.number("number")?;
        // Changes of one object were stored one after the other, since their transactions locked it: ids keep their order.
        let number = "UPDATE cryptopocket_inbox_changes AS changed SET number = $1 + fresh.place
             FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM cryptopocket_inbox_changes
                   WHERE number IS NULL ORDER BY id LIMIT $2) AS fresh
             WHERE changed.id = fresh.id";
        let numbered = self.change(number, bind![last, MOST]).await?;
        let count = "UPDATE cryptopocket_inbox_tracker SET number = number + $1";
        self.change(count, bind![i64::try_from(numbered).unwrap_or(MOST)])
            .await?;
        Ok(())
    }
}
