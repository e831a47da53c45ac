//! Changes of stored events.

use cryptopocket_types::Timestamp;
use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Postgres, Transaction};

use super::{CHANNEL, schema};
use crate::error::Error;
use crate::handler::Failure;
use crate::sql::events::{self, failed};
use crate::store::{Done, Filter, Lease, Work};

/// An event whose handler is still in its transaction is locked, and skipped even if its lease is over.
pub(super) const CLAIM: &str = "WITH due AS (
         SELECT seq, lost + (CASE WHEN state = 1 THEN 1 ELSE 0 END) AS lost
         FROM cryptopocket_inbox_events WHERE state < 2 AND due_at <= $1
         ORDER BY due_at, seq LIMIT $3 FOR UPDATE SKIP LOCKED
     )
     UPDATE cryptopocket_inbox_events AS event
     SET state = 1, token = token + 1, lost = due.lost, due_at = $1 + $2 * (1 << least(due.lost, 6)::int)
     FROM due WHERE event.seq = due.seq
     RETURNING event.seq, token, key, body, sealed_with, received_at, signed_at, attempts, event.lost";

pub(super) const ERASE: &str =
    "UPDATE cryptopocket_inbox_events SET body = NULL, sealed_with = NULL, reason = NULL
     WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events
                   WHERE state = 2 AND body IS NOT NULL AND settled_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";

/// A transaction in tables of the version that this program knows.
pub(super) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Error> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    schema::check(&mut transaction).await?;
    Ok(transaction)
}

/// The outcome of an event, or the failure of its work, whose transaction is rolled back.
pub(super) async fn complete(
    pool: &PgPool,
    lease: Lease,
    done: Done,
    work: Work<PgConnection>,
) -> Result<Result<(), Failure>, Error> {
    let mut transaction = begin(pool).await?;
    events::mark_done(&mut *transaction, lease, done).await?;
    if let Err(failure) = work(&mut transaction).await {
        transaction.rollback().await.map_err(failed)?;
        return Ok(Err(failure));
    }
    match transaction.commit().await {
        Ok(()) => Ok(Ok(())),
        // A deferred constraint that the handler broke.
        Err(error) if is_refusal(&error) => Ok(Err(Failure::from(error))),
        Err(error) => Err(failed(error)),
    }
}

fn is_refusal(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(_)) && !crate::error::is_outage(error)
}

/// Wakes the workers of all machines, once the transaction is committed.
pub(super) async fn notify(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let notify = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL);
    notify.execute(connection).await.map(drop)
}

/// One step of a replay: the number of replayed events, and the last one looked at, if any.
pub(super) async fn replay(
    connection: &mut PgConnection,
    filter: Filter,
    now: Timestamp,
    after: i64,
) -> Result<(u64, Option<i64>), Error> {
    let Some(last) = events::end_of_step(connection, &filter, after).await? else {
        return Ok((0, None));
    };
    let mut query = events::replayed(&filter, now, after, last);
    let replayed = query.build().execute(&mut *connection).await.map_err(failed)?;
    if replayed.rows_affected() > 0 {
        notify(connection).await.map_err(failed)?;
    }
    Ok((replayed.rows_affected(), Some(last)))
}
