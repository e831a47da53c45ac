//! Reading tracked objects and changes.

use cryptopocket_types::Timestamp;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{Postgres, QueryBuilder, Row as _};

use crate::error::{Error, ErrorKind, of_sqlx};
use crate::tracker::{Change, Changed, Counts, Entry, Object, ObjectKind, Row, Selection, Source, Tracked};

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the tracker could not read", error)
}

fn time(row: &PgRow, column: &str) -> Result<Option<Timestamp>, Error> {
    let micros: Option<i64> = row.try_get(column).map_err(failed)?;
    Ok(micros.map(Timestamp::saturating_from_unix_micros))
}

fn kind(row: &PgRow) -> Result<ObjectKind, Error> {
    let code = row.try_get("kind").map_err(failed)?;
    ObjectKind::from_code(code)
        .ok_or_else(|| Error::new(ErrorKind::Corrupt, format!("{code} is no kind of object")))
}

fn count(row: &PgRow, column: &str) -> Result<u32, sqlx::Error> {
    Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX))
}

pub(super) fn row(row: &PgRow) -> Result<Row, Error> {
    let kind = kind(row)?;
    let read = || {
        Ok::<_, sqlx::Error>((
            row.try_get::<String, _>("id")?,
            row.try_get::<String, _>("tracked")?,
            row.try_get("method")?,
            row.try_get("expected")?,
            row.try_get("token")?,
            (count(row, "quiet")?, count(row, "failures")?),
            row.try_get("reason")?,
        ))
    };
    let (id, tracked, method, expected, token, (quiet, failures), reason) = read().map_err(failed)?;
    Ok(Row {
        object: Object::new(kind, &id),
        tracked: Tracked::from_json(kind, &tracked)?,
        method,
        expected,
        due_at: time(row, "due_at")?,
        token,
        quiet,
        failures,
        reason,
    })
}

pub(super) async fn object(pool: &PgPool, object: &Object) -> Result<Option<Row>, Error> {
    let found = sqlx::query("SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2")
        .bind(object.kind().code())
        .bind(object.id())
        .fetch_optional(pool)
        .await
        .map_err(failed)?;
    found.as_ref().map(row).transpose()
}

pub(super) async fn objects(
    pool: &PgPool,
    selection: Selection,
    after: Option<Object>,
    limit: u32,
) -> Result<Vec<Row>, Error> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT * FROM cryptopocket_inbox_objects WHERE ");
    match selection {
        Selection::All => query.push("true"),
        Selection::Open => query.push("due_at IS NOT NULL"),
        Selection::Missing => query.push("missing_since IS NOT NULL"),
        Selection::Gaps(before) => query.push("gap_since <= ").push_bind(before.unix_micros()),
    };
    if let Some(after) = &after {
        query.push(" AND (kind, id) > (").push_bind(after.kind().code());
        query.push(", ").push_bind(after.id()).push(")");
    }
    query
        .push(" ORDER BY kind, id LIMIT ")
        .push_bind(i64::from(limit));
    let rows = query.build().fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(row).collect()
}

pub(super) async fn changes(pool: &PgPool, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
    let rows =
        sqlx::query("SELECT * FROM cryptopocket_inbox_changes WHERE number > $1 ORDER BY number LIMIT $2")
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await
            .map_err(failed)?;
    rows.iter().map(entry).collect()
}

fn entry(row: &PgRow) -> Result<Entry, Error> {
    let kind = kind(row)?;
    let text = |column| row.try_get::<&str, _>(column).map_err(failed);
    let source = text("source")?;
    let source = Source::from_word(source)
        .ok_or_else(|| Error::new(ErrorKind::Corrupt, format!("{source} is no source of changes")))?;
    let changed = Changed::new(
        Object::new(kind, text("object_id")?),
        Change::from_json(kind, text("change")?)?,
        source,
        time(row, "at")?.unwrap_or_else(|| Timestamp::saturating_from_unix_micros(0)),
    );
    Ok(Entry::new(row.try_get("number").map_err(failed)?, changed))
}

pub(super) async fn latest_change(pool: &PgPool) -> Result<i64, Error> {
    sqlx::query_scalar("SELECT number FROM cryptopocket_inbox_tracker")
        .fetch_one(pool)
        .await
        .map_err(failed)
}

pub(super) async fn counts(pool: &PgPool, now: Timestamp) -> Result<Counts, Error> {
    let row = sqlx::query(
        "SELECT count(*) AS open, count(*) FILTER (WHERE due_at <= $1) AS due,
                count(*) FILTER (WHERE missing_since IS NOT NULL) AS missing,
                min(due_at) FILTER (WHERE due_at <= $1) AS due_since
         FROM cryptopocket_inbox_objects WHERE due_at IS NOT NULL",
    )
    .bind(now.unix_micros())
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let count = |column| {
        let number: i64 = row.try_get(column).map_err(failed)?;
        Ok::<_, Error>(number.unsigned_abs())
    };
    Ok(Counts {
        open: count("open")?,
        due: count("due")?,
        missing: count("missing")?,
        due_since: time(&row, "due_since")?,
    })
}
