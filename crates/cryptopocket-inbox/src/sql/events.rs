//! The events of both databases.

use std::fmt::Write as _;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;

use super::dialect::Dialect;
use super::{Columns, Connection, Value, bind};
use crate::error::{Error, Result, of_sqlx};
use crate::identity::released_key;
use crate::store::{
    Counts, Done, EventState, Events, Filter, Lease, NewEvent, Quarantined, Resolution, Settlement,
    StoredEvent,
};

/// Events that one transaction of a replay or an erasure looks at, so that intake does not wait for all of them.
const STEP: i64 = 2000;

pub(crate) fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not write", error)
}

pub(crate) fn unreadable(error: sqlx::Error) -> Error {
    of_sqlx("the inbox could not read", error)
}

/// Other content under a known key: in quarantine, or goes there now.
pub(crate) async fn quarantine<C: Connection>(
    connection: &mut C,
    event: &NewEvent,
) -> Result<Sighting, sqlx::Error> {
    let sql = "INSERT INTO cryptopocket_inbox_quarantine
         (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, deliveries, resolved)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, false)
         ON CONFLICT (key, fingerprint)
         DO UPDATE SET deliveries = cryptopocket_inbox_quarantine.deliveries + 1
         RETURNING deliveries";
    let values = bind![
        event.key.as_str(),
        event.name.as_str(),
        event.object_id.clone(),
        event.fingerprint.to_vec(),
        event.body.bytes.clone(),
        event.body.sealed_with,
        event.received_at,
        event.signed_at,
    ];
    let row = connection.row(sql, values).await?;
    Ok(match row.number("deliveries")? {
        1 => Sighting::Changed,
        _ => Sighting::Duplicate,
    })
}

impl<C: Dialect> Events for C {
    async fn claim(&mut self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<StoredEvent>> {
        let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX >> 8);
        let claimed = self.read(C::CLAIM_EVENTS, bind![now, lease, limit], event);
        let mut claimed = claimed.await.map_err(failed)?;
        claimed.sort_unstable_by_key(|event| event.seq);
        Ok(claimed)
    }

    async fn mark_done(&mut self, lease: Lease, done: Done) -> Result<()> {
        let (body, sealed_with) = done
            .body
            .map_or((None, None), |body| (Some(body.bytes), body.sealed_with));
        // A new body is sealed with its own key, or not at all.
        let sql = "UPDATE cryptopocket_inbox_events
             SET state = 2, settled_at = $1, reason = NULL, body = coalesce($2, body),
                 sealed_with = CASE WHEN $2 IS NULL THEN sealed_with ELSE $3 END
             WHERE seq = $4 AND token = $5 AND state = 1";
        let values = bind![done.at, body, sealed_with, lease.seq, lease.token];
        held(self.change(sql, values).await)
    }

    async fn settle(&mut self, lease: Lease, settlement: Settlement) -> Result<()> {
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
        held(self.change(sql, values).await)
    }

    async fn extend(&mut self, lease: Lease, until: Timestamp) -> Result<()> {
        let sql =
            "UPDATE cryptopocket_inbox_events SET due_at = $1 WHERE seq = $2 AND token = $3 AND state = 1";
        held(self.change(sql, bind![until, lease.seq, lease.token]).await)
    }

    async fn replay(&mut self, filter: Filter, now: Timestamp) -> Result<(u64, Option<i64>)> {
        replay(self, &filter, now).await.map_err(failed)
    }

    async fn erase_bodies(&mut self, before: Timestamp) -> Result<u64> {
        let erased = self
            .change(C::ERASE_BODIES, bind![before, STEP])
            .await
            .map_err(failed)?;
        // And what was kept of contents that have left quarantine.
        let contents = "UPDATE cryptopocket_inbox_quarantine SET body = NULL, sealed_with = NULL
             WHERE resolved AND body IS NOT NULL AND received_at < $1";
        let contents = self.change(contents, bind![before]).await.map_err(failed)?;
        Ok(erased + contents)
    }

    async fn events(&mut self, filter: Filter, limit: u32, with_bodies: bool) -> Result<Vec<StoredEvent>> {
        let (condition, mut values) = filtered(self, &filter).await.map_err(unreadable)?;
        let body = if with_bodies {
            "body, sealed_with"
        } else {
            "NULL AS body, NULL AS sealed_with"
        };
        values.push(limit.into());
        let sql = format!(
            "SELECT seq, token, key, name, object_id, {body}, state, received_at, signed_at, due_at, attempts, lost, reason
             FROM cryptopocket_inbox_events WHERE {condition} ORDER BY seq LIMIT ${}",
            values.len()
        );
        let rows = self.rows_of(sql, values).await.map_err(unreadable)?;
        let events: Result<_, _> = rows.iter().map(event).collect();
        events.map_err(unreadable)
    }

    async fn quarantined(&mut self, limit: u32) -> Result<Vec<Quarantined>> {
        let sql = "SELECT id, key, body, sealed_with, received_at, deliveries
             FROM cryptopocket_inbox_quarantine WHERE NOT resolved ORDER BY id LIMIT $1";
        let content = |row: &C::Row| {
            Ok(Quarantined {
                id: row.number("id")?,
                key: row.word("key")?,
                body: row.body("body", "sealed_with")?,
                received_at: row.time("received_at")?,
                deliveries: row.count("deliveries")?,
            })
        };
        self.read(sql, bind![limit], content).await.map_err(unreadable)
    }

    async fn resolve(&mut self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool> {
        resolve(self, id, resolution, now).await.map_err(failed)
    }

    async fn counts(&mut self, now: Timestamp) -> Result<Counts> {
        counts(self, now).await.map_err(unreadable)
    }

    async fn done(&mut self) -> Result<u64> {
        let sql = "SELECT count(*) AS done FROM cryptopocket_inbox_events WHERE state = 2";
        let done = self.row(sql, bind![]).await;
        Ok(done.and_then(|row| row.count("done")).map_err(unreadable)?.into())
    }
}

fn held(changed: Result<u64, sqlx::Error>) -> Result<()> {
    match changed.map_err(failed)? {
        0 => Err(Error::lease_lost()),
        _ => Ok(()),
    }
}

fn event(row: &impl Columns) -> Result<StoredEvent, sqlx::Error> {
    let state = row.small("state")?;
    Ok(StoredEvent {
        seq: row.number("seq")?,
        token: row.number("token")?,
        key: row.word("key")?,
        name: row.word("name")?,
        object_id: row.text("object_id")?,
        body: row.body("body", "sealed_with")?,
        state: EventState::from_code(state)
            .ok_or_else(|| sqlx::Error::Decode(format!("{state} is no state of an event").into()))?,
        received_at: row.time("received_at")?,
        signed_at: row.time("signed_at")?,
        due_at: row.time("due_at")?,
        attempts: row.count("attempts")?,
        lost: row.count("lost")?,
        reason: row.text("reason")?,
    })
}

/// The condition of a filter, and its values.
async fn filtered<C: Dialect>(
    connection: &mut C,
    filter: &Filter,
) -> Result<(String, Vec<Value>), sqlx::Error> {
    let (mut sql, mut values) = ("seq > $1".to_owned(), bind![filter.after.unwrap_or(0)]);
    if let Some(since) = filter.since {
        values.push(since.into());
        let _ = write!(sql, " AND received_at >= ${}", values.len());
    }
    if let Some(key) = &filter.key {
        values.push(key.as_str().into());
        let _ = write!(sql, " AND key = ${}", values.len());
        if let Some(numbers) = connection.numbers_of(key).await? {
            let numbers: Vec<_> = numbers.iter().map(i64::to_string).collect();
            let _ = write!(sql, " AND seq IN ({})", numbers.join(", "));
        }
    }
    if let Some(state) = filter.state {
        // As text, so that the partial index of dead letters is used.
        let _ = write!(sql, " AND state = {}", state.code());
    }
    Ok((sql, values))
}

/// One step of a replay: the number of replayed events, and the last one looked at, if any.
async fn replay<C: Dialect>(
    connection: &mut C,
    filter: &Filter,
    now: Timestamp,
) -> Result<(u64, Option<i64>), sqlx::Error> {
    // A key is found through its index, in one step.
    let step = if filter.key.is_some() { i64::MAX } else { STEP };
    let sql = "SELECT max(seq) AS last FROM
         (SELECT seq FROM cryptopocket_inbox_events WHERE seq > $1 ORDER BY seq LIMIT $2) AS step";
    let row = connection
        .row(sql, bind![filter.after.unwrap_or(0), step])
        .await?;
    let Some(last) = row.int("last")? else {
        return Ok((0, None));
    };
    let (condition, mut values) = filtered(connection, filter).await?;
    values.extend(bind![last, now]);
    // The token grows too, so that no lease from before can settle the event.
    let sql = format!(
        "UPDATE cryptopocket_inbox_events
         SET state = 0, due_at = ${now}, token = token + 1, attempts = 0, lost = 0, settled_at = NULL, reason = NULL
         WHERE {condition} AND seq <= ${last} AND state IN (2, 3) AND body IS NOT NULL
         RETURNING seq",
        now = values.len(),
        last = values.len() - 1,
    );
    let replayed = connection.rows_of(sql, values).await?.len();
    if replayed > 0 {
        connection.notify().await?;
    }
    Ok((replayed as u64, Some(last)))
}

async fn resolve<C: Dialect>(
    connection: &mut C,
    id: i64,
    resolution: Resolution,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let taken = "UPDATE cryptopocket_inbox_quarantine SET resolved = true WHERE id = $1 AND NOT resolved
         RETURNING key, fingerprint";
    let rows = connection.rows(taken, bind![id]).await?;
    let Some(row) = rows.first() else { return Ok(false) };
    if resolution == Resolution::Release {
        let key = released_key(&row.word("key")?, &row.bytes("fingerprint")?.unwrap_or_default());
        let release = "INSERT INTO cryptopocket_inbox_events
             (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, due_at, state, token,
              attempts, lost)
             SELECT $1, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, $2, 0, 0, 0, 0
             FROM cryptopocket_inbox_quarantine WHERE id = $3";
        connection.change(release, bind![key, now, id]).await?;
        connection.notify().await?;
    }
    Ok(true)
}

async fn counts<C: Connection>(connection: &mut C, now: Timestamp) -> Result<Counts, sqlx::Error> {
    let sql = "SELECT count(*) FILTER (WHERE state = 0 AND due_at <= $1) AS ready,
                count(*) FILTER (WHERE state = 0 AND due_at > $1) AS scheduled,
                count(*) FILTER (WHERE state = 1) AS leased,
                min(received_at) AS oldest,
                (SELECT count(*) FROM cryptopocket_inbox_events WHERE state = 3) AS dead,
                (SELECT count(*) FROM cryptopocket_inbox_quarantine WHERE NOT resolved) AS quarantined
         FROM cryptopocket_inbox_events WHERE state < 2";
    let row = connection.row(sql, bind![now]).await?;
    Ok(Counts {
        ready: row.count("ready")?.into(),
        scheduled: row.count("scheduled")?.into(),
        leased: row.count("leased")?.into(),
        dead: row.count("dead")?.into(),
        quarantined: row.count("quarantined")?.into(),
        oldest: row.time_if_any("oldest")?,
    })
}
