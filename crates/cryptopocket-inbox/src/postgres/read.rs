//! Reading stored events.

use cryptopocket_types::Timestamp;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{Postgres, QueryBuilder, Row as _};

use crate::error::{Error, of_sqlx};
use crate::store::{Counts, EventState, Filter, Lease, Leased, Quarantined, StoredBody, Summary};

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not read", error)
}

fn time(row: &PgRow, column: &str) -> Result<Timestamp, sqlx::Error> {
    Ok(Timestamp::saturating_from_unix_micros(row.try_get(column)?))
}

fn count(row: &PgRow, column: &str) -> Result<u32, sqlx::Error> {
    Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX))
}

fn body(row: &PgRow) -> Result<Option<StoredBody>, sqlx::Error> {
    let bytes: Option<Vec<u8>> = row.try_get("body")?;
    let sealed_with: Option<i64> = row.try_get("sealed_with")?;
    let sealed_with = sealed_with.and_then(|number| u32::try_from(number).ok());
    Ok(bytes.map(|bytes| StoredBody { bytes, sealed_with }))
}

pub(super) fn leased(row: &PgRow) -> Result<Leased, sqlx::Error> {
    Ok(Leased {
        lease: Lease {
            seq: row.try_get("seq")?,
            token: row.try_get("token")?,
        },
        key: row.try_get("key")?,
        body: body(row)?,
        received_at: time(row, "received_at")?,
        signed_at: time(row, "signed_at")?,
        attempts: count(row, "attempts")?,
        lost: count(row, "lost")?,
    })
}

/// Adds the conditions of a filter.
pub(super) fn filtered(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
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

pub(super) async fn list(pool: &PgPool, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
    let mut query = QueryBuilder::new(
        "SELECT seq, key, name, object_id, state, received_at, due_at, attempts, lost, reason
         FROM cryptopocket_inbox_events",
    );
    filtered(&mut query, &filter);
    query.push(" ORDER BY seq LIMIT ").push_bind(i64::from(limit));
    let rows = query.build().fetch_all(pool).await.map_err(failed)?;
    rows.iter().map(summary).collect::<Result<_, _>>().map_err(failed)
}

fn summary(row: &PgRow) -> Result<Summary, sqlx::Error> {
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
        attempts: count(row, "attempts")?,
        lost: count(row, "lost")?,
        reason: row.try_get("reason")?,
    })
}

pub(super) async fn quarantined(pool: &PgPool, limit: u32) -> Result<Vec<Quarantined>, Error> {
    let rows = sqlx::query(
        "SELECT id, key, body, sealed_with, received_at, deliveries
         FROM cryptopocket_inbox_quarantine WHERE NOT resolved ORDER BY id LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let read = |row: &PgRow| {
        Ok(Quarantined {
            id: row.try_get("id")?,
            key: row.try_get("key")?,
            body: body(row)?,
            received_at: time(row, "received_at")?,
            deliveries: count(row, "deliveries")?,
        })
    };
    rows.iter().map(read).collect::<Result<_, _>>().map_err(failed)
}

pub(super) async fn counts(pool: &PgPool, now: Timestamp) -> Result<Counts, Error> {
    let row = sqlx::query(
        "SELECT count(*) FILTER (WHERE state = 0 AND due_at <= $1) AS ready,
                count(*) FILTER (WHERE state = 0 AND due_at > $1) AS scheduled,
                count(*) FILTER (WHERE state = 1) AS leased,
                min(received_at) AS oldest,
                (SELECT count(*) FROM cryptopocket_inbox_events WHERE state = 3) AS dead,
                (SELECT count(*) FROM cryptopocket_inbox_quarantine WHERE NOT resolved) AS quarantined
         FROM cryptopocket_inbox_events WHERE state < 2",
    )
    .bind(now.unix_micros())
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let read = || {
        Ok(Counts {
            ready: count(&row, "ready")?.into(),
            scheduled: count(&row, "scheduled")?.into(),
            leased: count(&row, "leased")?.into(),
            dead: count(&row, "dead")?.into(),
            quarantined: count(&row, "quarantined")?.into(),
            oldest: row
                .try_get::<Option<i64>, _>("oldest")?
                .map(Timestamp::saturating_from_unix_micros),
        })
    };
    read().map_err(failed)
}
