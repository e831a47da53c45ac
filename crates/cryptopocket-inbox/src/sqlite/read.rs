//! Reading stored events.

use cryptopocket_types::Timestamp;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::error::{Error, of_sqlx};
use crate::store::{Counts, EventState, Filter, Lease, Leased, Quarantined, StoredBody, Summary};

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not read", error)
}

fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Ok(Timestamp::saturating_from_unix_micros(row.try_get(column)?))
}

fn body(row: &SqliteRow) -> Result<Option<StoredBody>, sqlx::Error> {
    let bytes: Option<Vec<u8>> = row.try_get("body")?;
    let sealed_with = row.try_get("sealed_with")?;
    Ok(bytes.map(|bytes| StoredBody { bytes, sealed_with }))
}

pub(super) fn leased(row: &SqliteRow) -> Result<Leased, sqlx::Error> {
    Ok(Leased {
        lease: Lease {
            seq: row.try_get("seq")?,
            token: row.try_get("token")?,
        },
        key: row.try_get("key")?,
        body: body(row)?,
        received_at: time(row, "received_at")?,
        signed_at: time(row, "signed_at")?,
        attempts: row.try_get("attempts")?,
        lost: row.try_get("lost")?,
    })
}

/// Adds the conditions of a filter.
pub(super) fn filtered(query: &mut QueryBuilder<Sqlite>, filter: &Filter) {
    query.push(" WHERE seq > ").push_bind(filter.after.unwrap_or(0));
    if let Some(since) = filter.since {
        query.push(" AND received_at >= ").push_bind(since.unix_micros());
    }
    if let Some(key) = &filter.key {
        query.push(" AND key = ").push_bind(key.clone());
    }
    match filter.state {
        // As text, so that the partial index of dead letters is used.
        Some(EventState::Dead) => {
            query.push(" AND state = 3");
        }
        Some(state) => {
            query.push(" AND state = ").push_bind(state.code());
        }
        None => {}
    }
}

pub(super) async fn list(pool: &SqlitePool, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
    let mut query = QueryBuilder::new(
        "SELECT seq, key, name, object_id, state, received_at, due_at, attempts, lost, reason
         FROM cryptopocket_inbox_events",
    );
    filtered(&mut query, &filter);
    query.push(" ORDER BY seq LIMIT ").push_bind(limit);
    let rows = query.build().fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(summary).collect::<Result<_, _>>().map_err(failed)
}

fn summary(row: &SqliteRow) -> Result<Summary, sqlx::Error> {
    let state: i16 = row.try_get("state")?;
    Ok(Summary {
        seq: row.try_get("seq")?,
        key: row.try_get("key")?,
        name: row.try_get("name")?,
        object_id: row.try_get("object_id")?,
        state: EventState::from_code(state)
            .ok_or_else(|| sqlx::Error::Decode(format!("{state} is no state of an event").into()))?,
        received_at: time(row, "received_at")?,
        due_at: time(row, "due_at")?,
        attempts: row.try_get("attempts")?,
        lost: row.try_get("lost")?,
        reason: row.try_get("reason")?,
    })
}

pub(super) async fn quarantined(pool: &SqlitePool, limit: u32) -> Result<Vec<Quarantined>, Error> {
    let rows = sqlx::query(
        "SELECT id, key, body, sealed_with, received_at, deliveries
         FROM cryptopocket_inbox_quarantine WHERE resolved = 0 ORDER BY id LIMIT ?",
    )
    .bind(limit)
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let read = |row: &SqliteRow| {
        Ok(Quarantined {
            id: row.try_get("id")?,
            key: row.try_get("key")?,
            body: body(row)?,
            received_at: time(row, "received_at")?,
            deliveries: row.try_get("deliveries")?,
        })
    };
    rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
}

pub(super) async fn counts(pool: &SqlitePool, now: Timestamp) -> Result<Counts, Error> {
    let row = sqlx::query(
        "SELECT count(*) FILTER (WHERE state = 0 AND due_at <= ?1) AS ready,
                count(*) FILTER (WHERE state = 0 AND due_at > ?1) AS scheduled,
                count(*) FILTER (WHERE state = 1) AS leased,
                min(received_at) AS oldest,
                (SELECT count(*) FROM cryptopocket_inbox_events WHERE state = 3) AS dead,
                (SELECT count(*) FROM cryptopocket_inbox_quarantine WHERE resolved = 0) AS quarantined
         FROM cryptopocket_inbox_events WHERE state < 2",
    )
    .bind(now.unix_micros())
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let count = |column: &str| {
        row.try_get::<i64, _>(column)
            .map(|count| u64::try_from(count).unwrap_or(0))
    };
    let read = || {
        Ok(Counts {
            ready: count("ready")?,
            scheduled: count("scheduled")?,
            leased: count("leased")?,
            dead: count("dead")?,
            quarantined: count("quarantined")?,
            oldest: row
                .try_get::<Option<i64>, _>("oldest")?
                .map(Timestamp::saturating_from_unix_micros),
        })
    };
    read().map_err(failed)
}
