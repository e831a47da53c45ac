//! Changes of stored events that both databases make by one statement.

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;

use super::{Columns as _, Connection, bind};
use crate::error::{Error, of_sqlx};
use crate::identity::released_key;
use crate::store::{Done, Lease, NewEvent, Resolution, Settlement};

pub(crate) fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not write", error)
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

/// Erases what was kept of contents that have left quarantine.
pub(crate) async fn erase_contents<C: Connection>(
    connection: &mut C,
    before: Timestamp,
) -> Result<u64, Error> {
    let sql = "UPDATE cryptopocket_inbox_quarantine SET body = NULL, sealed_with = NULL
         WHERE resolved AND body IS NOT NULL AND received_at < $1";
    connection.change(sql, bind![before]).await.map_err(failed)
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
