//! Reading stored events.

use cryptopocket_types::Timestamp;
use sqlx::{Database, Encode, QueryBuilder, Type};

use super::{Columns, Connection, SqlStore, bind};
use crate::error::{Error, of_sqlx};
use crate::store::{Counts, EventState, Filter, Lease, Leased, Quarantined, Stored, Summary};

/// The columns of a list of events.
pub(crate) const LIST: &str =
    "SELECT seq, key, name, object_id, state, received_at, due_at, attempts, lost, reason
     FROM cryptopocket_inbox_events";

/// The columns of events with their bodies.
pub(crate) const READ: &str = "SELECT seq, key, body, sealed_with, received_at, signed_at, attempts
     FROM cryptopocket_inbox_events";

pub(crate) fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not read", error)
}

pub(crate) fn leased(row: &impl Columns) -> Result<Leased, sqlx::Error> {
    Ok(Leased {
        lease: Lease {
            seq: row.number("seq")?,
            token: row.number("token")?,
        },
        key: row.word("key")?,
        body: row.body("body", "sealed_with")?,
        received_at: row.time("received_at")?,
        signed_at: row.time("signed_at")?,
        attempts: row.count("attempts")?,
        lost: row.count("lost")?,
    })
}

pub(crate) fn stored(row: &impl Columns) -> Result<Stored, sqlx::Error> {
    Ok(Stored {
        seq: row.number("seq")?,
        key: row.word("key")?,
        body: row.body("body", "sealed_with")?,
        received_at: row.time("received_at")?,
        signed_at: row.time("signed_at")?,
        attempts: row.count("attempts")?,
    })
}

/// Adds the conditions of a filter.
pub(crate) fn filtered<D>(query: &mut QueryBuilder<D>, filter: &Filter)
where
    D: Database,
    i16: for<'q> Encode<'q, D> + Type<D>,
    i64: for<'q> Encode<'q, D> + Type<D>,
    String: for<'q> Encode<'q, D> + Type<D>,
{
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

pub(crate) fn summary(row: &impl Columns) -> Result<Summary, sqlx::Error> {
    let state = row.small("state")?;
    Ok(Summary {
        seq: row.number("seq")?,
        key: row.word("key")?,
        name: row.word("name")?,
        object_id: row.text("object_id")?,
        state: EventState::from_code(state)
            .ok_or_else(|| sqlx::Error::Decode(format!("{state} is no state of an event").into()))?,
        received_at: row.time("received_at")?,
        due_at: row.time("due_at")?,
        attempts: row.count("attempts")?,
        lost: row.count("lost")?,
        reason: row.text("reason")?,
    })
}

/// Reads each row.
pub(crate) fn all<R, T>(
    rows: Result<Vec<R>, sqlx::Error>,
    read: impl Fn(&R) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>, Error> {
    rows.and_then(|rows| rows.iter().map(read).collect())
        .map_err(failed)
}

pub(crate) async fn quarantined<S: SqlStore>(store: &S, limit: u32) -> Result<Vec<Quarantined>, Error> {
    let mut connection = store.acquire().await.map_err(failed)?;
    let sql = "SELECT id, key, body, sealed_with, received_at, deliveries
         FROM cryptopocket_inbox_quarantine WHERE NOT resolved ORDER BY id LIMIT $1";
    all(connection.rows(sql, bind![limit]).await, |row| {
        Ok(Quarantined {
            id: row.number("id")?,
            key: row.word("key")?,
            body: row.body("body", "sealed_with")?,
            received_at: row.time("received_at")?,
            deliveries: row.count("deliveries")?,
        })
    })
}

pub(crate) async fn counts<S: SqlStore>(store: &S, now: Timestamp) -> Result<Counts, Error> {
    let mut connection = store.acquire().await.map_err(failed)?;
    counted(&mut *connection, now).await.map_err(failed)
}

/// The events that are done: all without the others, which are counted in an index. SQLite has no index of all events, so it
/// reads the whole table.
pub(crate) async fn done<S: SqlStore>(store: &S) -> Result<u64, Error> {
    let mut connection = store.acquire().await.map_err(failed)?;
    let sql = "SELECT (SELECT count(*) FROM cryptopocket_inbox_events)
                    - (SELECT count(*) FROM cryptopocket_inbox_events WHERE state < 2)
                    - (SELECT count(*) FROM cryptopocket_inbox_events WHERE state = 3) AS done";
    let counted = all(connection.rows(sql, bind![]).await, |row| row.count("done"))?;
    Ok(counted.into_iter().map(u64::from).sum())
}

async fn counted<C: Connection>(connection: &mut C, now: Timestamp) -> Result<Counts, sqlx::Error> {
    let rows = connection
        .rows(
            "SELECT count(*) FILTER (WHERE state = 0 AND due_at <= $1) AS ready,
                    count(*) FILTER (WHERE state = 0 AND due_at > $1) AS scheduled,
                    count(*) FILTER (WHERE state = 1) AS leased,
                    min(received_at) AS oldest,
                    (SELECT count(*) FROM cryptopocket_inbox_events WHERE state = 3) AS dead,
                    (SELECT count(*) FROM cryptopocket_inbox_quarantine WHERE NOT resolved) AS quarantined
             FROM cryptopocket_inbox_events WHERE state < 2",
            bind![now],
        )
        .await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(Counts {
        ready: row.count("ready")?.into(),
        scheduled: row.count("scheduled")?.into(),
        leased: row.count("leased")?.into(),
        dead: row.count("dead")?.into(),
        quarantined: row.count("quarantined")?.into(),
        oldest: row.time_if_any("oldest")?,
    })
}
