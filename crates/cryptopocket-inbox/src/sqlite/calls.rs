//! Changes of stored events. Each runs in a savepoint of the writer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::keys::narrow;
use crate::error::{Error, ErrorKind, of_sqlx};
use crate::identity::released_key;
use crate::sql::read::{filtered, leased};
use crate::store::{Done, Filter, Lease, Leased, Outcome, Resolution, Settle, Settlement, Work};

/// Events that one transaction of a replay or an erasure looks at, so that intake does not wait for all of them.
const STEP: i64 = 2000;

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not write", error)
}

/// The database has ended the transaction by itself, as it does when the disk is full: no fault of the event.
fn ended(error: sqlx::Error) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the database ended the transaction of the handler",
    )
    .with_source(error)
}

/// A value that is taken once, by whichever of two owners needs it.
pub(super) struct Shared<T>(Arc<Mutex<Option<T>>>);

pub(super) fn shared<T>(value: T) -> (Shared<T>, Shared<T>) {
    let value = Arc::new(Mutex::new(Some(value)));
    (Shared(Arc::clone(&value)), Shared(value))
}

impl<T> Shared<T> {
    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

pub(super) async fn claim(
    connection: &mut SqliteConnection,
    now: Timestamp,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Leased>, Error> {
    // A leased event that is due has lost its lease. Each lost lease doubles the next one, so that an event that crashes
    // its process does so less and less often, and is never given up for it.
    let rows = sqlx::query(
        "UPDATE cryptopocket_inbox_events
         SET state = 1, token = token + 1, lost = lost + (state = 1),
             due_at = ?1 + ?2 * (1 << min(lost + (state = 1), 6))
         WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events WHERE state < 2 AND due_at <= ?1
                       ORDER BY due_at, seq LIMIT ?3)
         RETURNING seq, token, key, body, sealed_with, received_at, signed_at, attempts, lost",
    )
    .bind(now.unix_micros())
    .bind(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX >> 8))
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(failed)?;
    let mut claimed = rows
        .iter()
        .map(leased)
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    claimed.sort_unstable_by_key(|event| event.lease.seq);
    Ok(claimed)
}

pub(super) async fn complete(
    connection: &mut SqliteConnection,
    lease: Lease,
    done: Done,
    work: Work<SqliteConnection>,
    settle: Shared<Settle>,
) -> Result<Outcome, Error> {
    let mut savepoint = connection.begin().await.map_err(failed)?;
    // Before the work: no other transaction can claim the event until this one ends.
    let query = match done.body {
        Some(body) => sqlx::query(
            "UPDATE cryptopocket_inbox_events SET state = 2, settled_at = ?, reason = NULL, body = ?, sealed_with = ?
             WHERE seq = ? AND token = ? AND state = 1",
        )
        .bind(done.at.unix_micros())
        .bind(body.bytes)
        .bind(body.sealed_with),
        None => sqlx::query(
            "UPDATE cryptopocket_inbox_events SET state = 2, settled_at = ?, reason = NULL
             WHERE seq = ? AND token = ? AND state = 1",
        )
        .bind(done.at.unix_micros()),
    };
    let marked = query
        .bind(lease.seq)
        .bind(lease.token)
        .execute(&mut *savepoint)
        .await
        .map_err(failed)?;
    if marked.rows_affected() == 0 {
        savepoint.rollback().await.map_err(failed)?;
        return Err(Error::lease_lost());
    }
    match work(&mut savepoint).await {
        Ok(()) => {
            savepoint.commit().await.map_err(failed)?;
            Ok(Outcome::Done)
        }
        Err(failure) => {
            savepoint.rollback().await.map_err(ended)?;
            let settlement = settle.take().ok_or_else(Error::closed)?(&failure);
            self::settle(connection, lease, settlement.clone()).await?;
            Ok(Outcome::Failed(settlement))
        }
    }
}

pub(super) async fn settle(
    connection: &mut SqliteConnection,
    lease: Lease,
    settlement: Settlement,
) -> Result<(), Error> {
    let (state, due_at, counted, settled_at, reason) = match settlement {
        Settlement::Retry {
            due_at,
            counted,
            reason,
        } => (0, Some(due_at), counted, None, reason),
        Settlement::Dead { at, reason } => (3, None, true, Some(at), reason),
    };
    let settled = sqlx::query(
        "UPDATE cryptopocket_inbox_events
         SET state = ?1, due_at = coalesce(?2, due_at), attempts = attempts + ?3, settled_at = ?4,
             reason = coalesce(?5, reason)
         WHERE seq = ?6 AND token = ?7 AND state = 1",
    )
    .bind(state)
    .bind(due_at.map(Timestamp::unix_micros))
    .bind(i64::from(counted))
    .bind(settled_at.map(Timestamp::unix_micros))
    .bind(reason)
    .bind(lease.seq)
    .bind(lease.token)
    .execute(connection)
    .await
    .map_err(failed)?;
    held(settled.rows_affected())
}

pub(super) async fn extend(
    connection: &mut SqliteConnection,
    lease: Lease,
    until: Timestamp,
) -> Result<(), Error> {
    let extended = sqlx::query(
        "UPDATE cryptopocket_inbox_events SET due_at = ? WHERE seq = ? AND token = ? AND state = 1",
    )
    .bind(until.unix_micros())
    .bind(lease.seq)
    .bind(lease.token)
    .execute(connection)
    .await
    .map_err(failed)?;
    held(extended.rows_affected())
}

fn held(rows: u64) -> Result<(), Error> {
    if rows == 0 {
        Err(Error::lease_lost())
    } else {
        Ok(())
    }
}

/// One step of a replay, from the event after `after`: the number of replayed events and the last one looked at, if any.
pub(super) async fn replay(
    connection: &mut SqliteConnection,
    filter: Filter,
    now: Timestamp,
    after: i64,
) -> Result<(u64, Option<i64>), Error> {
    // A key is found through its index, in one step.
    let step = if filter.key.is_some() { -1 } else { STEP };
    let last = sqlx::query(
        "SELECT max(seq) FROM (SELECT seq FROM cryptopocket_inbox_events WHERE seq > ? ORDER BY seq LIMIT ?)",
    )
    .bind(after)
    .bind(step)
    .fetch_one(&mut *connection)
    .await
    .and_then(|row| row.try_get::<Option<i64>, _>(0))
    .map_err(failed)?;
    let Some(last) = last else { return Ok((0, None)) };
    let mut query = sqlx::QueryBuilder::new("UPDATE cryptopocket_inbox_events SET state = 0, due_at = ");
    query.push_bind(now.unix_micros());
    // The token grows too, so that no lease from before can settle the event.
    query.push(", token = token + 1, attempts = 0, lost = 0, settled_at = NULL, reason = NULL");
    let filter = filter.after(after);
    filtered(&mut query, &filter);
    narrow(&mut query, connection, &filter).await.map_err(failed)?;
    query
        .push(" AND seq <= ")
        .push_bind(last)
        .push(" AND state IN (2, 3) AND body IS NOT NULL");
    let replayed = query.build().execute(connection).await.map_err(failed)?;
    Ok((replayed.rows_affected(), Some(last)))
}

pub(super) async fn erase_bodies(connection: &mut SqliteConnection, before: Timestamp) -> Result<u64, Error> {
    let erased = sqlx::query(
        "UPDATE cryptopocket_inbox_events SET body = NULL, sealed_with = NULL, reason = NULL
         WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events
                       WHERE state = 2 AND body IS NOT NULL AND settled_at < ? LIMIT ?)",
    )
    .bind(before.unix_micros())
    .bind(STEP)
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    let contents = sqlx::query(
        "UPDATE cryptopocket_inbox_quarantine SET body = NULL, sealed_with = NULL
         WHERE resolved = 1 AND body IS NOT NULL AND received_at < ?",
    )
    .bind(before.unix_micros())
    .execute(connection)
    .await
    .map_err(failed)?;
    Ok(erased.rows_affected() + contents.rows_affected())
}

pub(super) async fn resolve(
    connection: &mut SqliteConnection,
    id: i64,
    resolution: Resolution,
    now: Timestamp,
) -> Result<bool, Error> {
    let row = sqlx::query(
        "UPDATE cryptopocket_inbox_quarantine SET resolved = 1 WHERE id = ? AND resolved = 0 RETURNING key, fingerprint",
    )
    .bind(id)
    .fetch_optional(&mut *connection)
    .await
    .map_err(failed)?;
    let Some(row) = row else { return Ok(false) };
    if resolution == Resolution::Release {
        let key: String = row.try_get(0).map_err(failed)?;
        let fingerprint: Vec<u8> = row.try_get(1).map_err(failed)?;
        sqlx::query(
            "INSERT INTO cryptopocket_inbox_events
             (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, due_at, state, token,
              attempts, lost)
             SELECT ?, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, ?, 0, 0, 0, 0
             FROM cryptopocket_inbox_quarantine WHERE id = ?",
        )
        .bind(released_key(&key, &fingerprint))
        .bind(now.unix_micros())
        .bind(id)
        .execute(connection)
        .await
        .map_err(failed)?;
    }
    Ok(true)
}
