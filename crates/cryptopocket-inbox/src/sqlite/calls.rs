//! Changes of stored events. Each runs in a savepoint of the writer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::keys::narrow;
use crate::error::{Error, ErrorKind};
use crate::sql::events::{self, failed};
use crate::sql::read::{filtered, leased};
use crate::store::{Done, Filter, Lease, Leased, Outcome, Settle, Work};

/// Events that one transaction of a replay or an erasure looks at, so that intake does not wait for all of them.
const STEP: i64 = 2000;

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
    match events::mark_done(&mut *savepoint, lease, done).await {
        Err(error) if error.kind() == ErrorKind::LeaseLost => {
            savepoint.rollback().await.map_err(failed)?;
            return Err(error);
        }
        other => other?,
    }
    match work(&mut savepoint).await {
        Ok(()) => {
            savepoint.commit().await.map_err(failed)?;
            Ok(Outcome::Done)
        }
        Err(failure) => {
            savepoint.rollback().await.map_err(ended)?;
            let settlement = settle.take().ok_or_else(Error::closed)?(&failure);
            events::settle(connection, lease, settlement.clone()).await?;
            Ok(Outcome::Failed(settlement))
        }
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
    let contents = events::erase_contents(connection, before).await?;
    Ok(erased.rows_affected() + contents)
}
