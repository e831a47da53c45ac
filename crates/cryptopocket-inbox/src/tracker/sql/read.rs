//! Rows of the tracker's tables.

use super::unreadable;
use crate::error::{Error, ErrorKind};
use crate::sql::Columns;
use crate::tracker::object::{Changed, Entry, Object, ObjectKind};
use crate::tracker::observation::{Change, Source};
use crate::tracker::rate::Bucket;
use crate::tracker::store::Row;
use crate::tracker::tracked::Tracked;

fn corrupt(what: String) -> Error {
    Error::new(ErrorKind::Corrupt, what)
}

fn kind(row: &impl Columns) -> Result<ObjectKind, Error> {
    let code = row.small("kind").map_err(unreadable)?;
    ObjectKind::from_code(code).ok_or_else(|| corrupt(format!("{code} is no kind of object")))
}

pub(super) fn read_row(row: &impl Columns) -> Result<Row, Error> {
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

pub(super) fn read_entry(row: &impl Columns) -> Result<Entry, Error> {
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

pub(super) fn bucket(row: &impl Columns) -> Result<Bucket, sqlx::Error> {
    Ok(Bucket {
        permits: row.number("permits")?,
        filled_at: row.time_if_any("filled_at")?,
        paused_until: row.time_if_any("paused_until")?,
    })
}
