//! Tracked objects in the database of the inbox.

mod feed;
mod read;

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::PgConnection;

use super::PostgresStore;
use super::calls::begin;
use crate::error::{Error, of_sqlx};
use crate::handler::BoxFuture;
use crate::tracker::{Changed, Counts, Entry, Object, Row, Selection, TrackerStore, Transacted};

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not write", error)
}

impl TrackerStore for PostgresStore {
    async fn transact<R: Send + 'static>(&self, work: Transacted<PgConnection, R>) -> Result<R, Error> {
        let mut transaction = begin(&self.pool).await?;
        let done = work(&mut transaction).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(done)
    }

    fn lock(connection: &mut PgConnection, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(lock(connection, fresh))
    }

    fn save(
        connection: &mut PgConnection,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            update(connection, &row).await.map_err(failed)?;
            feed::add(connection, &changes).await.map_err(failed)
        })
    }

    fn beat(
        connection: &mut PgConnection,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move { beat(connection, now).await.map_err(failed) })
    }

    fn repoll(connection: &mut PgConnection, now: Timestamp) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move { repoll(connection, now).await.map_err(failed) })
    }

    async fn claim_due(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Row>, Error> {
        let mut transaction = begin(&self.pool).await?;
        // Sweepers of several machines pass over each other's rows, so each gets others.
        let rows = sqlx::query(
            "WITH due AS (
                 SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
                 ORDER BY due_at, kind, id LIMIT $3 FOR UPDATE SKIP LOCKED
             )
             UPDATE cryptopocket_inbox_objects AS object SET token = token + 1, due_at = $2
             FROM due WHERE object.kind = due.kind AND object.id = due.id
             RETURNING object.*",
        )
        .bind(now.unix_micros())
        .bind(now.saturating_add(lease).unix_micros())
        .bind(i64::from(limit))
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        rows.iter().map(read::row).collect()
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        read::object(&self.pool, object).await
    }

    async fn objects(
        &self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        read::objects(&self.pool, selection, after, limit).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        feed::number(&self.pool).await?;
        read::changes(&self.pool, after, limit).await
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        read::latest_change(&self.pool).await
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        read::counts(&self.pool, now).await
    }
}

async fn lock(connection: &mut PgConnection, fresh: Row) -> Result<(Row, bool), Error> {
    // Of two transactions that insert the same object the second waits for the first, and finds its row then.
    let inserted = sqlx::query(
        "INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures)
         VALUES ($1, $2, '', '', false, 0, 0, 0) ON CONFLICT (kind, id) DO NOTHING",
    )
    .bind(fresh.object.kind().code())
    .bind(fresh.object.id())
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    if inserted.rows_affected() == 1 {
        update(connection, &fresh).await.map_err(failed)?;
        return Ok((fresh, true));
    }
    let found =
        sqlx::query("SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2 FOR UPDATE")
            .bind(fresh.object.kind().code())
            .bind(fresh.object.id())
            .fetch_one(connection)
            .await
            .map_err(failed)?;
    Ok((read::row(&found)?, false))
}

async fn update(connection: &mut PgConnection, row: &Row) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cryptopocket_inbox_objects
         SET state = $1, tracked = $2, method = $3, expected = $4, due_at = $5, gap_since = $6, missing_since = $7,
             token = $8, quiet = $9, failures = $10, reason = $11
         WHERE kind = $12 AND id = $13",
    )
    .bind(row.tracked.state().as_str())
    .bind(row.tracked.to_json())
    .bind(row.method.as_deref())
    .bind(row.expected)
    .bind(row.due_at.map(Timestamp::unix_micros))
    .bind(row.tracked.gap_since().map(Timestamp::unix_micros))
    .bind(row.tracked.missing_since().map(Timestamp::unix_micros))
    .bind(row.token)
    .bind(i64::from(row.quiet))
    .bind(i64::from(row.failures))
    .bind(row.reason.as_deref())
    .bind(row.object.kind().code())
    .bind(row.object.id())
    .execute(connection)
    .await
    .map(|_| ())
}

async fn beat(connection: &mut PgConnection, now: Timestamp) -> Result<Option<Timestamp>, sqlx::Error> {
    let before: Option<i64> = sqlx::query_scalar("SELECT beat_at FROM cryptopocket_inbox_tracker FOR UPDATE")
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("UPDATE cryptopocket_inbox_tracker SET beat_at = $1")
        .bind(now.unix_micros())
        .execute(connection)
        .await?;
    Ok(before.map(Timestamp::saturating_from_unix_micros))
}

async fn repoll(connection: &mut PgConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    sqlx::query("UPDATE cryptopocket_inbox_tracker SET number = greatest(number, $1)")
        .bind(now.unix_micros())
        .execute(&mut *connection)
        .await?;
    let open = sqlx::query(
        "UPDATE cryptopocket_inbox_objects SET due_at = $1, token = token + 1, quiet = 0 WHERE due_at IS NOT NULL",
    )
    .bind(now.unix_micros())
    .execute(connection)
    .await?;
    Ok(open.rows_affected())
}
