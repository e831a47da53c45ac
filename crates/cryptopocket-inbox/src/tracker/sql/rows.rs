//! Rows of the tracker's tables.

use crate::error::{Error, ErrorKind};
use crate::sql::Columns;
use crate::tracker::object::{Changed, Entry, Object, ObjectKind};
use crate::tracker::observation::{Change, Source};
use crate::tracker::store::Row;
use crate::tracker::tracked::Tracked;

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

pub(super) fn read_row(row: &impl Columns) -> Result<Row, sqlx::Error> {
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

pub(super) fn read_entry(row: &impl Columns) -> Result<Entry, sqlx::Error> {
    let kind = kind(row)?;
    let source = row.word("source")?;
    let changed = Changed {
        object: Object::new(kind, &row.word("object_id")?),
        change: Change::from_json(kind, &row.word("change")?).map_err(corrupt)?,
        source: Source::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == source)
            .ok_or_else(|| unknown(format!("{source} is no source of changes")))?,
        at: row.time("at")?,
    };
    let number = row.number("number")?;
    Ok(Entry { number, changed })
}
