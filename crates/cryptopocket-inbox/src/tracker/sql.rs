//! Tracked objects in a database.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::counts::Counts;
use super::object::{Changed, Entry, Object, ObjectKind};
use super::observation::{Change, Source};
use super::store::{Row, Selection};
use super::tracked::Tracked;
use crate::error::{Error, ErrorKind, of_sqlx};
use crate::sql::{Columns, Connection, Value, bind};

pub(crate) fn unreadable(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not read", error)
}

pub(crate) fn unwritable(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not write", error)
}

fn corrupt(what: String) -> Error {
    Error::new(ErrorKind::Corrupt, what)
}

fn kind(row: &impl Columns) -> Result<ObjectKind, Error> {
    let code = row.small("kind").map_err(unreadable)?;
    ObjectKind::from_code(code).ok_or_else(|| corrupt(format!("{code} is no kind of object")))
}

fn read_row(row: &impl Columns) -> Result<Row, Error> {
    let kind = kind(row)?;
    let tracked = Tracked::from_json(kind, &row.word("tracked").map_err(unreadable)?)?;
    let read = || {
        Ok(Row {
            object: Object::new(kind, &row.word("id")?),
            tracked,
            method: row.text("method")?,
            expected: row.flag("expected")?,
            due_at: row.time_if_any("due_at")?,
            token: row.number("token")?,
            quiet: row.count("quiet")?,
            failures: row.count("failures")?,
            reason: row.text("reason")?,
        })
    };
    read().map_err(unreadable)
}

fn read_entry(row: &impl Columns) -> Result<Entry, Error> {
    let kind = kind(row)?;
    let word = |column| row.word(column).map_err(unreadable);
    let source = word("source")?;
    let changed = Changed::new(
        Object::new(kind, &word("object_id")?),
        Change::from_json(kind, &word("change")?)?,
        Source::from_word(&source).ok_or_else(|| corrupt(format!("{source} is no source of changes")))?,
        row.time("at").map_err(unreadable)?,
    );
    Ok(Entry::new(row.number("number").map_err(unreadable)?, changed))
}

/// Reads an object, or stores it as `fresh`. `select` reads and locks one by kind and id.
pub(crate) async fn lock<C: Connection>(
    connection: &mut C,
    fresh: Row,
    select: &'static str,
) -> Result<(Row, bool), Error> {
    let key = || bind![fresh.object.kind().code(), fresh.object.id()];
    // Of two transactions that insert the same object the second waits for the first, and finds its row then.
    let inserted = connection
        .change(
            "INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures)
             VALUES ($1, $2, '', '', false, 0, 0, 0) ON CONFLICT (kind, id) DO NOTHING",
            key(),
        )
        .await
        .map_err(unwritable)?;
    if inserted == 1 {
        update(connection, &fresh).await.map_err(unwritable)?;
        return Ok((fresh, true));
    }
    let found = connection.rows(select, key()).await.map_err(unwritable)?;
    let found = found
        .first()
        .ok_or_else(|| unwritable(sqlx::Error::RowNotFound))?;
    Ok((read_row(found)?, false))
}

/// Stores an object.
pub(crate) async fn update<C: Connection>(connection: &mut C, row: &Row) -> Result<(), sqlx::Error> {
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

/// The columns of a change: kind, id of the object, change, source, time.
pub(crate) fn columns_of(changed: &Changed) -> Vec<Value> {
    bind![
        changed.object.kind().code(),
        changed.object.id(),
        changed.change.to_json(),
        changed.source.as_str(),
        changed.at,
    ]
}

pub(crate) async fn beat<C: Connection>(
    connection: &mut C,
    now: Timestamp,
    select: &'static str,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let before = connection.rows(select, Vec::new()).await?;
    connection
        .change("UPDATE cryptopocket_inbox_tracker SET beat_at = $1", bind![now])
        .await?;
    let before = before.first().ok_or(sqlx::Error::RowNotFound)?;
    before.time_if_any("beat_at")
}

pub(crate) async fn repoll<C: Connection>(connection: &mut C, now: Timestamp) -> Result<u64, sqlx::Error> {
    connection
        .change(
            "UPDATE cryptopocket_inbox_tracker SET number = CASE WHEN number < $1 THEN $1 ELSE number END",
            bind![now],
        )
        .await?;
    connection
        .change(
            "UPDATE cryptopocket_inbox_objects SET due_at = $1, token = token + 1, quiet = 0 WHERE due_at IS NOT NULL",
            bind![now],
        )
        .await
}

/// Claims what `claim` selects by the time, the end of the lease, and the limit.
pub(crate) async fn claim<C: Connection>(
    connection: &mut C,
    now: Timestamp,
    lease: Duration,
    limit: u32,
    claim: &'static str,
) -> Result<Vec<Row>, Error> {
    let values = bind![now, now.saturating_add(lease), limit];
    let rows = connection.rows(claim, values).await.map_err(unwritable)?;
    let mut claimed: Vec<Row> = rows.iter().map(read_row).collect::<Result<_, _>>()?;
    claimed.sort_unstable_by(|one, other| one.object.cmp(&other.object));
    Ok(claimed)
}

pub(crate) async fn object<C: Connection>(connection: &mut C, object: &Object) -> Result<Option<Row>, Error> {
    let rows = connection
        .rows(
            "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2",
            bind![object.kind().code(), object.id()],
        )
        .await
        .map_err(unreadable)?;
    rows.first().map(read_row).transpose()
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

pub(crate) async fn objects<C: Connection>(
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

pub(crate) async fn changes<C: Connection>(
    connection: &mut C,
    after: i64,
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    let rows = connection
        .rows(
            "SELECT * FROM cryptopocket_inbox_changes WHERE number > $1 ORDER BY number LIMIT $2",
            bind![after, limit],
        )
        .await
        .map_err(unreadable)?;
    rows.iter().map(read_entry).collect()
}

/// Erases some of the changes that were observed before `before`: with a limit, so that no lock is held for long.
pub(crate) async fn erase_changes<C: Connection>(
    connection: &mut C,
    before: Timestamp,
) -> Result<u64, sqlx::Error> {
    connection
        .change(
            "DELETE FROM cryptopocket_inbox_changes WHERE number IN
             (SELECT number FROM cryptopocket_inbox_changes WHERE at <= $1 AND number IS NOT NULL
              ORDER BY number LIMIT 2000)",
            bind![before],
        )
        .await
}

pub(crate) async fn latest_change<C: Connection>(connection: &mut C) -> Result<i64, sqlx::Error> {
    let rows = connection
        .rows("SELECT number FROM cryptopocket_inbox_tracker", Vec::new())
        .await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.number("number")
}

pub(crate) async fn counts<C: Connection>(connection: &mut C, now: Timestamp) -> Result<Counts, sqlx::Error> {
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
