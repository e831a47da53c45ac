//! Storing events.

use std::collections::HashSet;

use cryptopocket_webhooks::Sighting;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::store::NewEvent;

/// Events of one statement. Few different sizes, so that the statements stay prepared.
const SIZES: [usize; 3] = [64, 8, 1];

/// Stores events in order and tells for each whether it is new.
pub(super) async fn all(
    connection: &mut SqliteConnection,
    events: &[NewEvent],
) -> Result<Vec<Sighting>, sqlx::Error> {
    let mut sightings = Vec::with_capacity(events.len());
    let mut rest = events;
    while !rest.is_empty() {
        let size = SIZES.into_iter().find(|size| *size <= rest.len()).unwrap_or(1);
        let (chunk, after) = rest.split_at(size);
        let mut inserted = insert(connection, chunk).await?;
        for event in chunk {
            // Of two deliveries of one event in a chunk the first is new.
            sightings.push(if inserted.remove(&event.key) {
                Sighting::New
            } else {
                seen(connection, event).await?
            });
        }
        rest = after;
    }
    Ok(sightings)
}

async fn insert(
    connection: &mut SqliteConnection,
    events: &[NewEvent],
) -> Result<HashSet<String>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO cryptopocket_inbox_events
         (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, due_at, state, token, attempts, lost) ",
    );
    query.push_values(events, |mut row, event| {
        row.push_bind(event.key.as_str())
            .push_bind(event.name.as_str())
            .push_bind(event.object_id.as_deref())
            .push_bind(event.fingerprint.as_slice())
            .push_bind(event.body.bytes.as_slice())
            .push_bind(event.body.sealed_with)
            .push_bind(event.received_at.unix_micros())
            .push_bind(event.signed_at.unix_micros())
            .push_bind(event.received_at.unix_micros())
            .push("0, 0, 0, 0");
    });
    query.push(" ON CONFLICT (key) DO NOTHING RETURNING key");
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// A key that is stored already: the same content, content that is in quarantine, or content that goes there now.
async fn seen(connection: &mut SqliteConnection, event: &NewEvent) -> Result<Sighting, sqlx::Error> {
    let known = sqlx::query("SELECT 1 FROM cryptopocket_inbox_events WHERE key = ? AND fingerprint = ?")
        .bind(event.key.as_str())
        .bind(event.fingerprint.as_slice())
        .fetch_optional(&mut *connection)
        .await?;
    if known.is_some() {
        return Ok(Sighting::Duplicate);
    }
    let row = sqlx::query(
        "INSERT INTO cryptopocket_inbox_quarantine
         (key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, deliveries, resolved)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0)
         ON CONFLICT (key, fingerprint) DO UPDATE SET deliveries = deliveries + 1
         RETURNING deliveries",
    )
    .bind(event.key.as_str())
    .bind(event.name.as_str())
    .bind(event.object_id.as_deref())
    .bind(event.fingerprint.as_slice())
    .bind(event.body.bytes.as_slice())
    .bind(event.body.sealed_with)
    .bind(event.received_at.unix_micros())
    .bind(event.signed_at.unix_micros())
    .fetch_one(connection)
    .await?;
    Ok(match row.try_get::<i64, _>(0)? {
        1 => Sighting::Changed,
        _ => Sighting::Duplicate,
    })
}
