//! Tracked objects in the file of the inbox.

mod read;

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::SqliteConnection;

use super::SqliteStore;
use crate::error::{Error, of_sqlx};
use crate::handler::BoxFuture;
use crate::tracker::{Changed, Counts, Entry, Object, Row, Selection, TrackerStore, Transacted};

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not write", error)
}

impl TrackerStore for SqliteStore {
    async fn transact<R: Send + 'static>(&self, work: Transacted<SqliteConnection, R>) -> Result<R, Error> {
        self.writer.call(work).await
    }

    fn lock(connection: &mut SqliteConnection, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(lock(connection, fresh))
    }

    fn save(
        connection: &mut SqliteConnection,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move { save(connection, row, changes).await.map_err(failed) })
    }

    fn beat(
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move { beat(connection, now).await.map_err(failed) })
    }

    fn repoll(connection: &mut SqliteConnection, now: Timestamp) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move { repoll(connection, now).await.map_err(failed) })
    }

    async fn claim_due(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Row>, Error> {
        // Most looks of an idle sweeper find nothing, and a look alone needs no transaction of the writer.
        if !read::any_due(&self.reader, now).await? {
            return Ok(Vec::new());
        }
        let claim = self
            .writer
            .atomic(move |connection| Box::pin(claim(connection, now, lease, limit)));
        claim.await.0
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        read::object(&self.reader, object).await
    }

    async fn objects(
        &self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        read::objects(&self.reader, selection, after, limit).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        read::changes(&self.reader, after, limit).await
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        read::latest_change(&self.reader).await
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        read::counts(&self.reader, now).await
    }
}

async fn lock(connection: &mut SqliteConnection, fresh: Row) -> Result<(Row, bool), Error> {
    // The writer has the only transaction that writes, so nothing needs to be locked.
    let found = sqlx::query("SELECT * FROM cryptopocket_inbox_objects WHERE kind = ? AND id = ?")
        .bind(fresh.object.kind().code())
        .bind(fresh.object.id())
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed)?;
    if let Some(found) = found {
        return Ok((read::row(&found)?, false));
    }
    sqlx::query(
        "INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures)
         VALUES (?, ?, '', '', 0, 0, 0, 0)",
    )
    .bind(fresh.object.kind().code())
    .bind(fresh.object.id())
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    update(connection, &fresh).await.map_err(failed)?;
    Ok((fresh, true))
}

async fn update(connection: &mut SqliteConnection, row: &Row) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cryptopocket_inbox_objects
         SET state = ?, tracked = ?, method = ?, expected = ?, due_at = ?, gap_since = ?, missing_since = ?, token = ?,
             quiet = ?, failures = ?, reason = ?
         WHERE kind = ? AND id = ?",
    )
    .bind(row.tracked.state().as_str())
    .bind(row.tracked.to_json())
    .bind(row.method.as_deref())
    .bind(row.expected)
    .bind(row.due_at.map(Timestamp::unix_micros))
    .bind(row.tracked.gap_since().map(Timestamp::unix_micros))
    .bind(row.tracked.missing_since().map(Timestamp::unix_micros))
    .bind(row.token)
    .bind(row.quiet)
    .bind(row.failures)
    .bind(row.reason.as_deref())
    .bind(row.object.kind().code())
    .bind(row.object.id())
    .execute(connection)
    .await
    .map(|_| ())
}

async fn save(connection: &mut SqliteConnection, row: Row, changes: Vec<Changed>) -> Result<(), sqlx::Error> {
    update(connection, &row).await?;
    for changed in changes {
        // Transactions of a file are committed one after the other, so numbers follow the order of commits.
        sqlx::query("UPDATE cryptopocket_inbox_tracker SET number = number + 1")
            .execute(&mut *connection)
            .await?;
        sqlx::query(
            "INSERT INTO cryptopocket_inbox_changes (number, kind, object_id, change, source, at)
             SELECT number, ?, ?, ?, ?, ? FROM cryptopocket_inbox_tracker",
        )
        .bind(changed.object.kind().code())
        .bind(changed.object.id())
        .bind(changed.change.to_json())
        .bind(changed.source.as_str())
        .bind(changed.at.unix_micros())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn beat(connection: &mut SqliteConnection, now: Timestamp) -> Result<Option<Timestamp>, sqlx::Error> {
    let before: Option<i64> = sqlx::query_scalar("SELECT beat_at FROM cryptopocket_inbox_tracker")
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("UPDATE cryptopocket_inbox_tracker SET beat_at = ?")
        .bind(now.unix_micros())
        .execute(connection)
        .await?;
    Ok(before.map(Timestamp::saturating_from_unix_micros))
}

async fn repoll(connection: &mut SqliteConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    sqlx::query("UPDATE cryptopocket_inbox_tracker SET number = max(number, ?)")
        .bind(now.unix_micros())
        .execute(&mut *connection)
        .await?;
    let open = sqlx::query(
        "UPDATE cryptopocket_inbox_objects SET due_at = ?, token = token + 1, quiet = 0 WHERE due_at IS NOT NULL",
    )
    .bind(now.unix_micros())
    .execute(connection)
    .await?;
    Ok(open.rows_affected())
}

async fn claim(
    connection: &mut SqliteConnection,
    now: Timestamp,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query(
        "UPDATE cryptopocket_inbox_objects SET token = token + 1, due_at = ?
         WHERE (kind, id) IN (SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= ?
                              ORDER BY due_at, kind, id LIMIT ?)
         RETURNING *",
    )
    .bind(now.saturating_add(lease).unix_micros())
    .bind(now.unix_micros())
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(failed)?;
    rows.iter().map(read::row).collect()
}
