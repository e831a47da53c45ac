//! Changes of stored events that both databases make by one statement.

use std::iter;
use std::ops::Range;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;
use sqlx::{Database, Encode, QueryBuilder, Type};

use super::read::{all, filtered, leased};
use super::{Columns as _, Connection, bind};
use crate::error::{Error, ErrorKind, of_sqlx};
use crate::identity::released_key;
use crate::store::{Done, Filter, Lease, Leased, NewEvent, Resolution, Settlement};

/// Events that one transaction of a replay or an erasure looks at, so that intake does not wait for all of them.
const STEP: i64 = 2000;

pub(crate) fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not write", error)
}

/// Divides the events of a transaction, if the database refuses one of them, until the others are stored without it.
pub(crate) struct Divided {
    /// In falling order.
    waiting: Vec<Range<usize>>,
    /// In the order of the events.
    pub(crate) results: Vec<Result<Sighting, Error>>,
}

impl Divided {
    pub(crate) fn new(events: usize) -> Self {
        Self {
            waiting: iter::once(0..events).collect(),
            results: Vec::with_capacity(events),
        }
    }

    /// The events of the next transaction.
    pub(crate) fn next(&mut self) -> Option<Range<usize>> {
        self.waiting.pop()
    }

    /// Takes the result of that transaction.
    pub(crate) fn set(&mut self, events: Range<usize>, stored: Result<Vec<Sighting>, Error>) {
        match stored {
            Ok(sightings) => self.results.extend(sightings.into_iter().map(Ok)),
            Err(error) if error.kind() == ErrorKind::Database && events.len() > 1 => {
                let middle = events.start + events.len() / 2;
                self.waiting.extend([middle..events.end, events.start..middle]);
            }
            Err(error) => self.results.extend(events.map(|_| Err(error.clone()))),
        }
    }
}

/// Other content under a known key: in quarantine, or goes there now.
pub(crate) async fn quarantine<C: Connection>(
    connection: &mut C,
    event: &NewEvent,
) -> Result<Sighting, sqlx::Error> {
    let rows = connection
        .rows(
            "INSERT INTO cryptopocket_inbox_quarantine
             (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, deliveries, resolved)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, false)
             ON CONFLICT (key, fingerprint)
             DO UPDATE SET deliveries = cryptopocket_inbox_quarantine.deliveries + 1
             RETURNING deliveries",
            bind![
                event.key.as_str(),
                event.name.as_str(),
                event.object_id.clone(),
                event.fingerprint.to_vec(),
                event.body.bytes.clone(),
                event.body.sealed_with,
                event.received_at,
                event.signed_at,
            ],
        )
        .await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(match row.number("deliveries")? {
        1 => Sighting::Changed,
        _ => Sighting::Duplicate,
    })
}

/// Claims due events by a statement that takes the time, the lease in microseconds and the limit.
///
/// A leased event that is due has lost its lease. Each lost lease doubles the next one, so that an event that crashes its
/// process does so less and less often, and is never given up for it.
pub(crate) async fn claim<C: Connection>(
    connection: &mut C,
    statement: &'static str,
    now: Timestamp,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Leased>, Error> {
    let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX >> 8);
    let rows = connection.rows(statement, bind![now, lease, limit]).await;
    let mut claimed = all(Ok(rows.map_err(failed)?), leased)?;
    claimed.sort_unstable_by_key(|event| event.lease.seq);
    Ok(claimed)
}

/// The last event that one step of a replay looks at, from the one after `after`.
pub(crate) async fn end_of_step<C: Connection>(
    connection: &mut C,
    filter: &Filter,
    after: i64,
) -> Result<Option<i64>, Error> {
    // A key is found through its index, in one step.
    let step = if filter.key.is_some() { i64::MAX } else { STEP };
    let sql = "SELECT max(seq) AS last FROM
         (SELECT seq FROM cryptopocket_inbox_events WHERE seq > $1 ORDER BY seq LIMIT $2) AS step";
    let rows = connection.rows(sql, bind![after, step]).await.map_err(failed)?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound).map_err(failed)?;
    row.int("last").map_err(failed)
}

/// One step of a replay: events after `after`, and up to `last`. More conditions can be added.
pub(crate) fn replayed<D>(filter: &Filter, now: Timestamp, after: i64, last: i64) -> QueryBuilder<D>
where
    D: Database,
    i16: for<'q> Encode<'q, D> + Type<D>,
    i64: for<'q> Encode<'q, D> + Type<D>,
    String: for<'q> Encode<'q, D> + Type<D>,
{
    let mut query = QueryBuilder::new("UPDATE cryptopocket_inbox_events SET state = 0, due_at = ");
    query.push_bind(now.unix_micros());
    // The token grows too, so that no lease from before can settle the event.
    query.push(", token = token + 1, attempts = 0, lost = 0, settled_at = NULL, reason = NULL");
    filtered(&mut query, &filter.clone().after(after));
    query.push(" AND seq <= ").push_bind(last);
    query.push(" AND state IN (2, 3) AND body IS NOT NULL");
    query
}

/// Marks the event as done before the work: no other transaction can claim it until this one ends.
pub(crate) async fn mark_done<C: Connection>(
    connection: &mut C,
    lease: Lease,
    done: Done,
) -> Result<(), Error> {
    let (body, sealed_with) = done
        .body
        .map_or((None, None), |body| (Some(body.bytes), body.sealed_with));
    // A new body is sealed with its own key, or not at all.
    let sql = "UPDATE cryptopocket_inbox_events
         SET state = 2, settled_at = $1, reason = NULL, body = coalesce($2, body),
             sealed_with = CASE WHEN $2 IS NULL THEN sealed_with ELSE $3 END
         WHERE seq = $4 AND token = $5 AND state = 1";
    let values = bind![done.at, body, sealed_with, lease.seq, lease.token];
    let marked = connection.change(sql, values).await;
    held(marked)
}

pub(crate) async fn settle<C: Connection>(
    connection: &mut C,
    lease: Lease,
    settlement: Settlement,
) -> Result<(), Error> {
    let (state, due_at, counted, settled_at, reason) = match settlement {
        Settlement::Retry {
            due_at,
            counted,
            reason,
        } => (0_i64, Some(due_at), counted, None, reason),
        Settlement::Dead { at, reason } => (3, None, true, Some(at), reason),
    };
    let sql = "UPDATE cryptopocket_inbox_events
         SET state = $1, due_at = coalesce($2, due_at), attempts = attempts + $3, settled_at = $4,
             reason = coalesce($5, reason)
         WHERE seq = $6 AND token = $7 AND state = 1";
    let counted = i64::from(counted);
    let values = bind![state, due_at, counted, settled_at, reason, lease.seq, lease.token];
    held(connection.change(sql, values).await)
}

pub(crate) async fn extend<C: Connection>(
    connection: &mut C,
    lease: Lease,
    until: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE cryptopocket_inbox_events SET due_at = $1 WHERE seq = $2 AND token = $3 AND state = 1";
    held(connection.change(sql, bind![until, lease.seq, lease.token]).await)
}

fn held(changed: Result<u64, sqlx::Error>) -> Result<(), Error> {
    if changed.map_err(failed)? == 0 {
        Err(Error::lease_lost())
    } else {
        Ok(())
    }
}

/// One step of an erasure, by a statement that takes the time and the limit.
pub(crate) async fn erase_bodies<C: Connection>(
    connection: &mut C,
    statement: &'static str,
    before: Timestamp,
) -> Result<u64, Error> {
    let erased = connection
        .change(statement, bind![before, STEP])
        .await
        .map_err(failed)?;
    // And what was kept of contents that have left quarantine.
    let contents = "UPDATE cryptopocket_inbox_quarantine SET body = NULL, sealed_with = NULL
         WHERE resolved AND body IS NOT NULL AND received_at < $1";
    let contents = connection.change(contents, bind![before]).await.map_err(failed)?;
    Ok(erased + contents)
}

/// Takes content out of quarantine; `false` if it is not there.
pub(crate) async fn resolve<C: Connection>(
    connection: &mut C,
    id: i64,
    resolution: Resolution,
    now: Timestamp,
) -> Result<bool, Error> {
    let taken = "UPDATE cryptopocket_inbox_quarantine SET resolved = true WHERE id = $1 AND NOT resolved
         RETURNING key, fingerprint";
    let rows = connection.rows(taken, bind![id]).await.map_err(failed)?;
    let Some(row) = rows.first() else { return Ok(false) };
    if resolution == Resolution::Release {
        let key = row.word("key").map_err(failed)?;
        let fingerprint = row.bytes("fingerprint").map_err(failed)?.unwrap_or_default();
        let release = "INSERT INTO cryptopocket_inbox_events
             (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, due_at, state, token,
              attempts, lost)
             SELECT $1, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, $2, 0, 0, 0, 0
             FROM cryptopocket_inbox_quarantine WHERE id = $3";
        let values = bind![released_key(&key, &fingerprint), now, id];
        connection.change(release, values).await.map_err(failed)?;
    }
    Ok(true)
}
