//! Tracked objects in a database.

use cryptopocket_types::Timestamp;

use super::object::{Changed, Entry, Object, ObjectKind};
use super::observation::{Change, Source};
use super::rate::Bucket;
use super::store::{Counts, Objects, Row, Selection};
use super::tracked::Tracked;
use crate::error::{Error, ErrorKind, Result, of_sqlx};
use crate::sql::dialect::{Dialect, locking};
use crate::sql::{Columns, Value, bind};

fn unreadable(error: sqlx::Error) -> Error {
    failed("the tracker could not read", error)
}

fn unwritable(error: sqlx::Error) -> Error {
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

impl<C: Dialect> Objects for C {
    async fn lock(&mut self, fresh: Row) -> Result<(Row, bool)> {
        lock(self, fresh).await.map_err(unwritable)
    }

    async fn save(&mut self, row: Row, changes: Vec<Changed>) -> Result<()> {
        save(self, &row, &changes).await.map_err(unwritable)
    }

    async fn beat(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        let select = locking!(C, "SELECT beat_at FROM cryptopocket_inbox_tracker");
        let before = self.row(select, bind![]).await;
        let before = before.and_then(|row| row.time_if_any("beat_at"));
        let update = "UPDATE cryptopocket_inbox_tracker SET beat_at = $1";
        self.change(update, bind![now]).await.map_err(unwritable)?;
        before.map_err(unwritable)
    }

    async fn repoll(&mut self, now: Timestamp, number: i64) -> Result<u64> {
        let go_on =
            "UPDATE cryptopocket_inbox_tracker SET number = CASE WHEN number < $1 THEN $1 ELSE number END";
        self.change(go_on, bind![number]).await.map_err(unwritable)?;
        let sql = "UPDATE cryptopocket_inbox_objects SET due_at = $1, token = token + 1, quiet = 0 WHERE due_at IS NOT NULL";
        self.change(sql, bind![now]).await.map_err(unwritable)
    }

    async fn bucket(&mut self) -> Result<Bucket> {
        let sql = locking!(
            C,
            "SELECT permits, filled_at, paused_until FROM cryptopocket_inbox_polls"
        );
        let bucket = |row: C::Row| {
            Ok(Bucket {
                permits: row.number("permits")?,
                filled_at: row.time_if_any("filled_at")?,
                paused_until: row.time_if_any("paused_until")?,
            })
        };
        self.row(sql, bind![]).await.and_then(bucket).map_err(unwritable)
    }

    async fn set_bucket(&mut self, bucket: Bucket) -> Result<()> {
        let sql = "UPDATE cryptopocket_inbox_polls SET permits = $1, filled_at = $2, paused_until = $3";
        let values = bind![bucket.permits, bucket.filled_at, bucket.paused_until];
        self.change(sql, values).await.map(drop).map_err(unwritable)
    }

    async fn claim_objects(&mut self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Row>> {
        let claimed = self.read(C::CLAIM_OBJECTS, bind![now, until, limit], read_row);
        let mut claimed = claimed.await.map_err(unwritable)?;
        claimed.sort_unstable_by(|one, other| one.object.cmp(&other.object));
        Ok(claimed)
    }

    async fn object(&mut self, object: Object) -> Result<Option<Row>> {
        let sql = "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2";
        let found = self.read(sql, key_of(&object), read_row).await;
        Ok(found.map_err(unreadable)?.pop())
    }

    async fn objects(&mut self, selection: Selection, after: Option<Object>, limit: u32) -> Result<Vec<Row>> {
        let mut values = after.as_ref().map_or_else(|| bind![-1_i64, ""], key_of);
        values.push(limit.into());
        let list = match selection {
            Selection::All => list!("true"),
            Selection::Open => list!("due_at IS NOT NULL"),
            Selection::Missing => list!("missing_since IS NOT NULL"),
            Selection::Gaps(before) => {
                values.push(before.into());
                list!("gap_since <= $4")
            }
        };
        self.read(list, values, read_row).await.map_err(unreadable)
    }

    async fn changes(&mut self, after: i64, limit: u32) -> Result<Option<Vec<Entry>>> {
        if let Some(unnumbered) = C::UNNUMBERED
            && !self
                .rows(unnumbered, bind![])
                .await
                .map_err(unreadable)?
                .is_empty()
        {
            return Ok(None);
        }
        let sql = "SELECT * FROM cryptopocket_inbox_changes WHERE number > $1 ORDER BY number LIMIT $2";
        let changes = self.read(sql, bind![after, limit], read_entry).await;
        changes.map(Some).map_err(unreadable)
    }

    async fn number_changes(&mut self) -> Result<()> {
        Dialect::number_changes(self).await.map_err(unwritable)
    }

    async fn erase_changes(&mut self, before: Timestamp) -> Result<u64> {
        // With a limit, so that no lock is held for long.
        let sql = "DELETE FROM cryptopocket_inbox_changes WHERE number IN
             (SELECT number FROM cryptopocket_inbox_changes WHERE at <= $1 AND number IS NOT NULL
              ORDER BY number LIMIT 2000)";
        self.change(sql, bind![before]).await.map_err(unwritable)
    }

    async fn latest_change(&mut self) -> Result<i64> {
        let row = self
            .row("SELECT number FROM cryptopocket_inbox_tracker", bind![])
            .await;
        row.and_then(|row| row.number("number")).map_err(unreadable)
    }

    async fn tracked(&mut self, now: Timestamp) -> Result<Counts> {
        let sql = "SELECT count(*) AS open, count(*) FILTER (WHERE due_at <= $1) AS due,
                    count(*) FILTER (WHERE missing_since IS NOT NULL) AS missing,
                    min(due_at) FILTER (WHERE due_at <= $1) AS due_since
             FROM cryptopocket_inbox_objects WHERE due_at IS NOT NULL";
        let counts = |row: C::Row| {
            Ok(Counts {
                open: row.count("open")?.into(),
                due: row.count("due")?.into(),
                missing: row.count("missing")?.into(),
                due_since: row.time_if_any("due_since")?,
            })
        };
        self.row(sql, bind![now])
            .await
            .and_then(counts)
            .map_err(unreadable)
    }
}

fn key_of(object: &Object) -> Vec<Value> {
    bind![object.kind().code(), object.id()]
}

/// Reads an object, or stores it as `fresh`.
async fn lock<C: Dialect>(connection: &mut C, fresh: Row) -> Result<(Row, bool), sqlx::Error> {
    // Of two transactions that insert the same object the second waits for the first, and finds its row then.
    let sql =
        "INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures)
         VALUES ($1, $2, '', '', false, 0, 0, 0) ON CONFLICT (kind, id) DO NOTHING";
    if connection.change(sql, key_of(&fresh.object)).await? == 1 {
        save(connection, &fresh, &[]).await?;
        return Ok((fresh, true));
    }
    let sql = locking!(
        C,
        "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2"
    );
    let found = connection.row(sql, key_of(&fresh.object)).await?;
    Ok((read_row(&found)?, false))
}

async fn save<C: Dialect>(connection: &mut C, row: &Row, changes: &[Changed]) -> Result<(), sqlx::Error> {
    let sql = "UPDATE cryptopocket_inbox_objects
         SET state = $3, tracked = $4, method = $5, expected = $6, due_at = $7, gap_since = $8, missing_since = $9,
             token = $10, quiet = $11, failures = $12, reason = $13
         WHERE kind = $1 AND id = $2";
    let mut values = key_of(&row.object);
    values.extend(bind![
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
    ]);
    connection.change(sql, values).await?;
    for changed in changes {
        if let Some(count) = C::COUNT_CHANGE {
            connection.change(count, bind![]).await?;
        }
        let mut values = key_of(&changed.object);
        values.extend(bind![
            changed.change.to_json(),
            changed.source.as_str(),
            changed.at
        ]);
        connection.change(C::ADD_CHANGE, values).await?;
    }
    Ok(())
}

fn corrupt(error: Error) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

fn unknown(what: String) -> sqlx::Error {
    corrupt(Error::new(ErrorKind::Corrupt, what))
}

fn kind(row: &impl Columns) -> Result<ObjectKind, sqlx::Error> {
    let code = row.small("kind")?;
    ObjectKind::from_code(code).ok_or_else(|| unknown(format!("{code} is no kind of object")))
}

fn read_row(row: &impl Columns) -> Result<Row, sqlx::Error> {
    let kind = kind(row)?;
    Ok(Row {
        object: Object::new(kind, &row.word("id")?),
        tracked: Tracked::from_json(kind, &row.word("tracked")?).map_err(corrupt)?,
        method: row.text("method")?,
        expected: row.flag("expected")?,
        due_at: row.time_if_any("due_at")?,
        token: row.number("token")?,
        quiet: row.count("quiet")?,
        failures: row.count("failures")?,
        reason: row.text("reason")?,
    })
}

fn read_entry(row: &impl Columns) -> Result<Entry, sqlx::Error> {
    let kind = kind(row)?;
    let source = row.word("source")?;
    let changed = Changed {
        object: Object::new(kind, &row.word("object_id")?),
        change: Change::from_json(kind, &row.word("change")?).map_err(corrupt)?,
        source: Source::of_word(&source)
            .ok_or_else(|| unknown(format!("{source} is no source of changes")))?,
        at: row.time("at")?,
    };
    let number = row.number("number")?;
    Ok(Entry { number, changed })
}
