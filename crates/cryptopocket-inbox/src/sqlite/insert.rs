//! Storing events.

use std::sync::{Arc, LazyLock};

use cryptopocket_webhooks::Sighting;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, SqliteConnection};

use super::keys::{Keys, hash};
use crate::sql::events;
use crate::store::NewEvent;

/// A statement for this many events. Few different ones, so that they stay prepared.
static STATEMENTS: LazyLock<[(usize, String); 4]> = LazyLock::new(|| [256, 32, 4, 1].map(statement));

/// Events in order of their numbers, for the next statements.
type Waiting<'e> = Vec<(i64, &'e NewEvent)>;

/// Stores events in order and tells for each whether it is new.
pub(super) async fn all(
    connection: &mut SqliteConnection,
    keys: &mut Keys,
    events: &[NewEvent],
) -> Result<Vec<Sighting>, sqlx::Error> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    keys.begin(connection).await?;
    let mut sightings = Vec::with_capacity(events.len());
    let mut waiting = Vec::with_capacity(events.len());
    for event in events {
        let hash = hash(&event.key);
        let mut known = None;
        if keys.may_hold(hash) {
            // Of two deliveries of one event the first is new, and has to be there to be compared with.
            insert(connection, &mut waiting).await?;
            known = keys.find(connection, hash, event).await?;
        }
        sightings.push(match known {
            None => {
                waiting.push((keys.add(hash, event), event));
                Sighting::New
            }
            Some(true) => Sighting::Duplicate,
            Some(false) => events::quarantine(connection, event).await?,
        });
    }
    insert(connection, &mut waiting).await?;
    keys.write_run(connection).await?;
    Ok(sightings)
}

fn statement(events: usize) -> (usize, String) {
    let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)";
    let statement = format!(
        "INSERT INTO cryptopocket_inbox_events
         (seq, key, name, object_id, fingerprint, body, sealed_with, received_at, signed_at, due_at, state, token,
          attempts, lost) VALUES {}",
        vec![row; events].join(", ")
    );
    (events, statement)
}

async fn insert(connection: &mut SqliteConnection, waiting: &mut Waiting<'_>) -> Result<(), sqlx::Error> {
    let mut rest = waiting.as_slice();
    while !rest.is_empty() {
        let fitting = STATEMENTS.iter().find(|(size, _)| *size <= rest.len());
        let (size, statement) = fitting.unwrap_or(&STATEMENTS[3]);
        let (chunk, after) = rest.split_at(*size);
        let mut values = SqliteArguments::default();
        values.reserve(chunk.len() * 10, 0);
        for (seq, event) in chunk {
            values_of(&mut values, *seq, event).map_err(sqlx::Error::Encode)?;
        }
        sqlx::query_with(statement.as_str(), values)
            .execute(&mut *connection)
            .await?;
        rest = after;
    }
    waiting.clear();
    Ok(())
}

fn values_of(
    values: &mut SqliteArguments,
    seq: i64,
    event: &NewEvent,
) -> Result<(), sqlx::error::BoxDynError> {
    values.add(seq)?;
    values.add(Arc::<str>::from(event.key.as_str()))?;
    values.add(Arc::<str>::from(event.name.as_str()))?;
    values.add(event.object_id.as_deref().map(Arc::<str>::from))?;
    values.add(event.fingerprint.as_slice())?;
    values.add(event.body.bytes.as_slice())?;
    values.add(event.body.sealed_with)?;
    values.add(event.received_at.unix_micros())?;
    values.add(event.signed_at.unix_micros())?;
    values.add(event.received_at.unix_micros())
}
