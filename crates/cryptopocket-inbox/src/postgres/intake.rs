//! Storing deliveries, all that wait together.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use cryptopocket_webhooks::Sighting;
use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Row as _};
use tokio::sync::mpsc;

use super::schema;
use crate::error::Result;
use crate::sql::batch::{Batch, Divided, Request, Requests};
use crate::sql::dialect::Dialect as _;
use crate::sql::events::{self, failed};
use crate::store::NewEvent;

/// Most events that one transaction stores.
const MOST: usize = 512;

/// Starts the task that stores deliveries.
pub(super) fn start(pool: PgPool) -> Requests<Infallible> {
    let (requests, receiver) = Requests::new();
    tokio::spawn(serve(pool, receiver));
    requests
}

async fn serve(pool: PgPool, mut requests: mpsc::Receiver<Request<Infallible>>) {
    let mut batch = Batch::new();
    while let Some(first) = requests.recv().await {
        batch.fill(first, &mut requests, MOST, 1);
        let mut divided = Divided::new(batch.events.len());
        while let Some(part) = divided.next().filter(|part| !part.is_empty()) {
            let stored = transact(&pool, &batch.events[part.clone()]).await;
            divided.set(part, stored);
        }
        batch.answer(divided.results);
        if let Some(reply) = batch.close {
            drop(requests);
            let _ = reply.send(());
            return;
        }
    }
}

async fn transact(pool: &PgPool, events: &[NewEvent]) -> Result<Vec<Sighting>> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    schema::check(&mut transaction).await?;
    limit_waiting(&mut transaction).await.map_err(failed)?;
    let sightings = insert(&mut transaction, events).await.map_err(failed)?;
    if sightings.iter().any(|sighting| *sighting != Sighting::Duplicate) {
        transaction.notify().await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(sightings)
}

/// Limits how long this transaction waits for a lock, unless the database has a limit: a delivery should be refused before
/// its sender gives up.
async fn limit_waiting(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let limit = "SELECT set_config('lock_timeout', '5s', true) WHERE current_setting('lock_timeout') = '0'";
    sqlx::query(limit).execute(connection).await.map(drop)
}

async fn insert(connection: &mut PgConnection, events: &[NewEvent]) -> Result<Vec<Sighting>, sqlx::Error> {
    // Two machines that insert the same keys in two orders would wait for each other.
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|index| events[*index].key.as_str());
    let mut fresh = insert_new(connection, events, &order).await?;
    let seen: Vec<usize> = order
        .into_iter()
        // Of two deliveries of one event in a batch the first is new; the sort is stable.
        .filter(|index| !fresh.remove(events[*index].key.as_str()))
        .collect();
    let mut sightings = vec![Sighting::New; events.len()];
    if seen.is_empty() {
        return Ok(sightings);
    }
    let keys: Vec<&str> = seen.iter().map(|index| events[*index].key.as_str()).collect();
    let rows = sqlx::query("SELECT key, fingerprint FROM cryptopocket_inbox_events WHERE key = ANY ($1)")
        .bind(keys)
        .fetch_all(&mut *connection)
        .await?;
    let mut known: HashMap<String, Vec<u8>> = HashMap::with_capacity(rows.len());
    for row in rows {
        known.insert(row.try_get(0)?, row.try_get(1)?);
    }
    for index in seen {
        let event = &events[index];
        sightings[index] = if known
            .get(&event.key)
            .is_some_and(|known| *known == event.fingerprint)
        {
            Sighting::Duplicate
        } else {
            events::quarantine(connection, event).await?
        };
    }
    Ok(sightings)
}

/// Stores the events whose key is new and returns these keys.
async fn insert_new(
    connection: &mut PgConnection,
    events: &[NewEvent],
    order: &[usize],
) -> Result<HashSet<String>, sqlx::Error> {
    let sorted = || order.iter().map(|index| &events[*index]);
    let rows = sqlx::query(
        "INSERT INTO cryptopocket_inbox_events
         (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, due_at, state, token, attempts, lost)
         SELECT key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, received_at, 0, 0, 0, 0
         FROM UNNEST($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bigint[], $8::bigint[])
              AS new (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at)
         ON CONFLICT (key) DO NOTHING
         RETURNING key",
    )
    .bind(sorted().map(|event| event.key.as_str()).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.name.as_str()).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.object_id.as_deref()).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.fingerprint.as_slice()).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.body.bytes.as_slice()).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.body.sealed_with.map(i64::from)).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.received_at.unix_micros()).collect::<Vec<_>>())
    .bind(sorted().map(|event| event.signed_at.unix_micros()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
