//! Tracked objects in a database.

mod rows;

use cryptopocket_types::Timestamp;

use self::rows::{read_entry, read_row};
use super::object::{Changed, Entry, Object};
use super::rate::Bucket;
use super::store::{Counts, Row, Selection, TrackerStore, Transacted};
use crate::error::{Error, of_sqlx};
use crate::handler::BoxFuture;
use crate::sql::dialect::{Dialect, RowOf, locking, read};
use crate::sql::{Columns, Connection, bind, in_steps};

pub(crate) fn unreadable(error: sqlx::Error) -> Error {
    failed("the tracker could not read", error)
}

pub(crate) fn unwritable(error: sqlx::Error) -> Error {
    failed("the tracker could not write", error)
}

fn failed(attempted: &'static str, error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Decode(cause) => match cause.downcast::<Error>() {
            Ok(corrupt) => *corrupt,
            Err(cause) => of_sqlx(attempted, sqlx::Error::Decode(cause)),
        },
        other => of_sqlx(attempted, other),
    }
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

impl<S: Dialect> TrackerStore for S {
    async fn transact<R: Send + 'static>(&self, work: Transacted<S::Transaction, R>) -> Result<R, Error> {
        self.in_transaction(work).await
    }

    fn lock(connection: &mut S::Transaction, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(async move { lock::<S>(connection, fresh).await.map_err(unwritable) })
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

    fn bucket(connection: &mut S::Transaction) -> BoxFuture<'_, Result<Bucket, Error>> {
        Box::pin(async move { bucket::<S>(connection).await.map_err(unwritable) })
    }

    fn set_bucket(connection: &mut S::Transaction, bucket: Bucket) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let sql = "UPDATE cryptopocket_inbox_polls SET permits = $1, filled_at = $2, paused_until = $3";
            let values = bind![bucket.permits, bucket.filled_at, bucket.paused_until];
            connection.change(sql, values).await.map_err(unwritable)?;
            Ok(())
        })
    }

    fn claim_objects(
        connection: &mut S::Transaction,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Row>, Error>> {
        Box::pin(async move {
            let rows = connection.rows(S::CLAIM, bind![now, until, limit]).await;
            let rows = rows.and_then(|rows| rows.iter().map(read_row).collect::<Result<Vec<_>, _>>());
            let mut rows = rows.map_err(unwritable)?;
            rows.sort_unstable_by(|one, other| one.object.cmp(&other.object));
            Ok(rows)
        })
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        let sql = "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2";
        let mut found = read(self, sql, key_of(object), read_row)
            .await
            .map_err(unreadable)?;
        Ok(found.pop())
    }

    async fn objects(
        &self,
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
        read(self, list, values, read_row).await.map_err(unreadable)
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        self.number_changes().await?;
        let sql = "SELECT * FROM cryptopocket_inbox_changes WHERE number > $1 ORDER BY number LIMIT $2";
        read(self, sql, bind![after, limit], read_entry)
            .await
            .map_err(unreadable)
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
        let sql = "SELECT number FROM cryptopocket_inbox_tracker";
        one(read(self, sql, bind![], |row| row.number("number")).await).map_err(unreadable)
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        let sql = "SELECT count(*) AS open, count(*) FILTER (WHERE due_at <= $1) AS due,
                    count(*) FILTER (WHERE missing_since IS NOT NULL) AS missing,
                    min(due_at) FILTER (WHERE due_at <= $1) AS due_since
             FROM cryptopocket_inbox_objects WHERE due_at IS NOT NULL";
        let counts = |row: &RowOf<S>| {
            Ok(Counts {
                open: row.count("open")?.into(),
                due: row.count("due")?.into(),
                missing: row.count("missing")?.into(),
                due_since: row.time_if_any("due_since")?,
            })
        };
        one(read(self, sql, bind![now], counts).await).map_err(unreadable)
    }
}

/// The only row that there is.
fn one<R>(rows: Result<Vec<R>, sqlx::Error>) -> Result<R, sqlx::Error> {
    rows?.pop().ok_or(sqlx::Error::RowNotFound)
}

fn key_of(object: &Object) -> Vec<crate::sql::Value> {
    bind![object.kind().code(), object.id()]
}

/// Reads an object, or stores it as `fresh`.
async fn lock<S: Dialect>(connection: &mut S::Transaction, fresh: Row) -> Result<(Row, bool), sqlx::Error> {
    // Of two transactions that insert the same object the second waits for the first, and finds its row then.
    let sql =
        "INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures)
         VALUES ($1, $2, '', '', false, 0, 0, 0) ON CONFLICT (kind, id) DO NOTHING";
    if connection.change(sql, key_of(&fresh.object)).await? == 1 {
        update(connection, &fresh).await?;
        return Ok((fresh, true));
    }
    let sql = locking!(
        S,
        "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2"
    );
    let found = connection.rows(sql, key_of(&fresh.object)).await?;
    let found = found.first().ok_or(sqlx::Error::RowNotFound)?;
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

async fn bucket<S: Dialect>(connection: &mut S::Transaction) -> Result<Bucket, sqlx::Error> {
    let sql = locking!(
        S,
        "SELECT permits, filled_at, paused_until FROM cryptopocket_inbox_polls"
    );
    let rows = connection.rows(sql, bind![]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(Bucket {
        permits: row.number("permits")?,
        filled_at: row.time_if_any("filled_at")?,
        paused_until: row.time_if_any("paused_until")?,
    })
}
