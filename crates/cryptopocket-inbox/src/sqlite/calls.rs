//! Changes of stored events. Each runs in a savepoint of the writer.

use cryptopocket_types::Timestamp;
use sqlx::{Connection as _, SqliteConnection};

use super::keys::narrow;
use crate::error::{Error, ErrorKind};
use crate::sql::events::{self, failed};
use crate::store::{Done, Filter, Lease, Outcome, Settle, Work};

pub(super) const CLAIM: &str = "UPDATE cryptopocket_inbox_events
     SET state = 1, token = token + 1, lost = lost + (state = 1),
         due_at = $1 + $2 * (1 << min(lost + (state = 1), 6))
     WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events WHERE state < 2 AND due_at <= $1
                   ORDER BY due_at, seq LIMIT $3)
     RETURNING seq, token, key, body, sealed_with, received_at, signed_at, attempts, lost";

pub(super) const ERASE: &str =
    "UPDATE cryptopocket_inbox_events SET body = NULL, sealed_with = NULL, reason = NULL
     WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events
                   WHERE state = 2 AND body IS NOT NULL AND settled_at < $1 LIMIT $2)";

/// The database has ended the transaction by itself, as it does when the disk is full: no fault of the event.
fn ended(error: sqlx::Error) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the database ended the transaction of the handler",
    )
    .with_source(error)
}

pub(super) async fn complete(
    connection: &mut SqliteConnection,
    lease: Lease,
    done: Done,
    work: Work<SqliteConnection>,
    settle: Settle,
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
            let settlement = settle(&failure);
            events::settle(connection, lease, settlement.clone()).await?;
            Ok(Outcome::Failed(settlement))
        }
    }
}

/// One step of a replay: the number of replayed events, and the last one looked at, if any.
pub(super) async fn replay(
    connection: &mut SqliteConnection,
    filter: Filter,
    now: Timestamp,
    after: i64,
) -> Result<(u64, Option<i64>), Error> {
    let Some(last) = events::end_of_step(connection, &filter, after).await? else {
        return Ok((0, None));
    };
    let mut query = events::replayed(&filter, now, after, last);
    narrow(&mut query, connection, &filter).await.map_err(failed)?;
    let replayed = query.build().execute(connection).await.map_err(failed)?;
    Ok((replayed.rows_affected(), Some(last)))
}
