//! Tracked objects in a database.

mod read;

use std::time::Duration;

use cryptopocket_types::Timestamp;

use self::read::{bucket, read_entry, read_row};
use super::counts::Counts;
use super::object::{Changed, Entry, Object};
use super::rate::{Bucket, RateLimit};
use super::store::{Claimed, Row, Selection, TrackerStore, Transacted};
use crate::error::{Error, of_sqlx};
use crate::handler::BoxFuture;
use crate::sql::dialect::{Dialect, locking};
use crate::sql::{Columns, Connection, bind, in_steps};

pub(crate) fn unreadable(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not read", error)
}

pub(crate) fn unwritable(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not write", error)
}

impl<S: Dialect> TrackerStore for S {
    async fn transact<R: Send + 'static>(&self, work: Transacted<S::Transaction, R>) -> Result<R, Error> {
        self.in_transaction(work).await
    }

    fn lock(connection: &mut S::Transaction, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(lock::<S>(connection, fresh))
    }

    fn save(
        connection: &mut S::Transaction,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move { save::<S>(connection, row, changes).await.map_err(unwritable) })
    }

    fn beat(
        connection: &mut S::Transaction,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move { beat::<S>(connection, now).await.map_err(unwritable) })
    }

    fn repoll(
        connection: &mut S::Transaction,
        now: Timestamp,
        number: i64,
    ) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move { repoll(connection, now, number).await.map_err(unwritable) })
    }

    fn hold_back(
        connection: &mut S::Transaction,
        now: Timestamp,
        until: Timestamp,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let mut bucket = lock_bucket::<S>(connection).await?;
            bucket.hold_back(now, until);
            let sql = "UPDATE cryptopocket_inbox_polls SET paused_until = $1";
            connection
                .change(sql, bind![bucket.paused_until])
                .await
                .map_err(unwritable)?;
            Ok(())
        })
    }

    async fn claim_due(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
        rate: RateLimit,
    ) -> Result<Claimed, Error> {
        self.in_transaction(Box::new(move |connection| {
            Box::pin(claim::<S>(connection, now, lease, limit, rate))
        }))
        .await
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        let mut connection = self.acquire().await.map_err(unreadable)?;
        let sql = "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2";
        let rows = connection.rows(sql, key_of(object)).await.map_err(unreadable)?;
        rows.first().map(read_row).transpose()
    }

    async fn objects(
        &self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let mut connection = self.acquire().await.map_err(unreadable)?;
        objects(&mut *connection, selection, after, limit).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        self.number_changes().await?;
        let mut connection = self.acquire().await.map_err(unreadable)?;
        let sql = "SELECT * FROM cryptopocket_inbox_changes WHERE number > $1 ORDER BY number LIMIT $2";
        let rows = connection
            .rows(sql, bind![after, limit])
            .await
            .map_err(unreadable)?;
        rows.iter().map(read_entry).collect()
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        // With a limit, so that no lock is held for long.
        let sql = "DELETE FROM cryptopocket_inbox_changes WHERE number IN
             (SELECT number FROM cryptopocket_inbox_changes WHERE at <= $1 AND number IS NOT NULL
              ORDER BY number LIMIT 2000)";
        in_steps(self, move |connection| {
            Box::pin(async move { connection.change(sql, bind![before]).await.map_err(unwritable) })
        })
        .await
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        let mut connection = self.acquire().await.map_err(unreadable)?;
        latest_change(&mut *connection).await.map_err(unreadable)
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        let mut connection = self.acquire().await.map_err(unreadable)?;
        counts(&mut *connection, now).await.map_err(unreadable)
    }
}

fn key_of(object: &Object) -> Vec<crate::sql::Value> {
    bind![object.kind().code(), object.id()]
}

/// Reads an object, or stores it as `fresh`.
async fn lock<S: Dialect>(connection: &mut S::Transaction, fresh: Row) -> Result<(Row, bool), Error> {
    // Of two transactions that insert the same object the second waits for the first, and finds its row then.
    let inserted = connection
        .change(
            "INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures)
             VALUES ($1, $2, '', '', false, 0, 0, 0) ON CONFLICT (kind, id) DO NOTHING",
            key_of(&fresh.object),
        )
        .await
        .map_err(unwritable)?;
    if inserted == 1 {
        update(connection, &fresh).await.map_err(unwritable)?;
        return Ok((fresh, true));
    }
    let select = locking!(
        S,
        "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2"
    );
    let found = connection
        .rows(select, key_of(&fresh.object))
        .await
        .map_err(unwritable)?;
    let found = found
        .first()
        .ok_or_else(|| unwritable(sqlx::Error::RowNotFound))?;
    Ok((read_row(found)?, false))
}

async fn save<S: Dialect>(
    connection: &mut S::Transaction,
    row: Row,
    changes: Vec<Changed>,
) -> Result<(), sqlx::Error> {
    update(connection, &row).await?;
    for changed in &changes {
        if let Some(count) = S::COUNT_CHANGE {
            connection.change(count, bind![]).await?;
        }
        let values = bind![
            changed.object.kind().code(),
            changed.object.id(),
            changed.change.to_json(),
            changed.source.as_str(),
            changed.at,
        ];
        connection.change(S::ADD_CHANGE, values).await?;
    }
    Ok(())
}

/// Stores an object.
async fn update<C: Connection>(connection: &mut C, row: &Row) -> Result<(), sqlx::Error> {
    connection
        .change(
            "UPDATE cryptopocket_inbox_objects
             SET state = $1, tracked = $2, method = $3, expected = $4, due_at = $5, gap_since = $6, missing_since = $7,
                 token = $8, quiet = $9, failures = $10, reason = $11
             WHERE kind = $12 AND id = $13",
            bind![
                row.tracked.state().as_str(),
                row.tracked.to_json(),
                row.method.clone(),
                row.expected,
                row.due_at,
                row.tracked.gap_since(),
                row.tracked.missing_since(),
                row.token,
                row.quiet,
                row.failures,
                row.reason.clone(),
                row.object.kind().code(),
                row.object.id(),
            ],
        )
        .await?;
    Ok(())
}

async fn beat<S: Dialect>(
    connection: &mut S::Transaction,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let select = locking!(S, "SELECT beat_at FROM cryptopocket_inbox_tracker");
    let before = connection.rows(select, bind![]).await?;
    connection
        .change("UPDATE cryptopocket_inbox_tracker SET beat_at = $1", bind![now])
        .await?;
    let before = before.first().ok_or(sqlx::Error::RowNotFound)?;
    before.time_if_any("beat_at")
}

async fn repoll<C: Connection>(connection: &mut C, now: Timestamp, number: i64) -> Result<u64, sqlx::Error> {
    connection
        .change(
            "UPDATE cryptopocket_inbox_tracker SET number = CASE WHEN number < $1 THEN $1 ELSE number END",
            bind![number],
        )
        .await?;
    connection
        .change(
            "UPDATE cryptopocket_inbox_objects SET due_at = $1, token = token + 1, quiet = 0 WHERE due_at IS NOT NULL",
            bind![now],
        )
        .await
}

/// Reads the state of the rate, and keeps its row from others until the transaction ends.
async fn lock_bucket<S: Dialect>(connection: &mut S::Transaction) -> Result<Bucket, Error> {
    let select = locking!(
        S,
        "SELECT permits, filled_at, paused_until FROM cryptopocket_inbox_polls"
    );
    let rows = connection.rows(select, bind![]).await.map_err(unwritable)?;
    let row = rows.first().ok_or_else(|| unwritable(sqlx::Error::RowNotFound))?;
    bucket(row).map_err(unreadable)
}

/// Claims as many objects as the rate allows. The row of the rate is locked for that long, so that all machines share it.
async fn claim<S: Dialect>(
    connection: &mut S::Transaction,
    now: Timestamp,
    lease: Duration,
    limit: u32,
    rate: RateLimit,
) -> Result<Claimed, Error> {
    let mut bucket = lock_bucket::<S>(connection).await?;
    let permits = bucket.fill(rate, now).min(limit);
    let mut objects = Vec::new();
    if permits > 0 {
        let values = bind![now, now.saturating_add(lease), permits];
        let rows = connection.rows(S::CLAIM, values).await.map_err(unwritable)?;
        objects = rows.iter().map(read_row).collect::<Result<Vec<_>, _>>()?;
        objects.sort_unstable_by(|one: &Row, other| one.object.cmp(&other.object));
    }
    if bucket.take(permits, objects.len()) {
        let sql = "UPDATE cryptopocket_inbox_polls SET permits = $1, filled_at = $2";
        let values = bind![bucket.permits, bucket.filled_at];
        connection.change(sql, values).await.map_err(unwritable)?;
    }
    Ok(Claimed::new(objects, permits, limit, &bucket, rate, now))
}

/// A list of objects on a condition, with the index that has it.
macro_rules! list {
    ($condition:literal) => {
        concat!(
            "SELECT * FROM cryptopocket_inbox_objects WHERE (kind, id) > ($1, $2) AND ",
            $condition,
            " ORDER BY kind, id LIMIT $3"
        )
    };
}

async fn objects<C: Connection>(
    connection: &mut C,
    selection: Selection,
    after: Option<Object>,
    limit: u32,
) -> Result<Vec<Row>, Error> {
    let (kind, id) = match &after {
        Some(object) => (object.kind().code(), object.id()),
        None => (-1, ""),
    };
    let mut values = bind![kind, id, limit];
    let list = match selection {
        Selection::All => list!("true"),
        Selection::Open => list!("due_at IS NOT NULL"),
        Selection::Missing => list!("missing_since IS NOT NULL"),
        Selection::Gaps(before) => {
            values.push(before.into());
            list!("gap_since <= $4")
        }
    };
    let rows = connection.rows(list, values).await.map_err(unreadable)?;
    rows.iter().map(read_row).collect()
}

async fn latest_change<C: Connection>(connection: &mut C) -> Result<i64, sqlx::Error> {
    let rows = connection
        .rows("SELECT number FROM cryptopocket_inbox_tracker", Vec::new())
        .await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.number("number")
}

async fn counts<C: Connection>(connection: &mut C, now: Timestamp) -> Result<Counts, sqlx::Error> {
    let rows = connection
        .rows(
            "SELECT count(*) AS open, count(*) FILTER (WHERE due_at <= $1) AS due,
                    count(*) FILTER (WHERE missing_since IS NOT NULL) AS missing,
                    min(due_at) FILTER (WHERE due_at <= $1) AS due_since
             FROM cryptopocket_inbox_objects WHERE due_at IS NOT NULL",
            bind![now],
        )
        .await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(Counts {
        open: row.count("open")?.into(),
        due: row.count("due")?.into(),
        missing: row.count("missing")?.into(),
        due_since: row.time_if_any("due_since")?,
    })
}
