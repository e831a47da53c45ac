//! Changes of stored events.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row as _, Transaction};

use super::{CHANNEL, schema};
use crate::error::Error;
use crate::handler::Failure;
use crate::sql::events::{self, failed};
use crate::sql::read;
use crate::store::{Done, Filter, Lease, Leased, Outcome, Resolution, Settle, Settlement, Work};

/// Events that one transaction of a replay or an erasure looks at, so that no lock is held for long.
const STEP: i64 = 2000;

/// A transaction in tables of the version that this program knows.
pub(super) async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Error> {
    let mut transaction = pool.begin().await.map_err(failed)?;
    schema::check(&mut transaction).await?;
    Ok(transaction)
}

pub(super) async fn claim(
    pool: &PgPool,
    now: Timestamp,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Leased>, Error> {
    let mut transaction = begin(pool).await?;
    // A leased event that is due has lost its lease. Each lost lease doubles the next one, so that an event that crashes
    // its process does so less and less often, and is never given up for it. An event whose handler is still in its
    // transaction is locked, and skipped even then.
    let rows = sqlx::query(
        "WITH due AS (
             SELECT seq, lost + (CASE WHEN state = 1 THEN 1 ELSE 0 END) AS lost
             FROM cryptopocket_inbox_events WHERE state < 2 AND due_at <= $1
             ORDER BY due_at, seq LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         UPDATE cryptopocket_inbox_events AS event
         SET state = 1, token = token + 1, lost = due.lost, due_at = $1 + $2 * (1 << least(due.lost, 6)::int)
         FROM due WHERE event.seq = due.seq
         RETURNING event.seq, token, key, body, sealed_with, received_at, signed_at, attempts, event.lost",
    )
    .bind(now.unix_micros())
    .bind(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX >> 8))
    .bind(i64::from(limit))
    .fetch_all(&mut *transaction)
    .await
    .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    let mut claimed = rows
        .iter()
        .map(read::leased)
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    claimed.sort_unstable_by_key(|event| event.lease.seq);
    Ok(claimed)
}

pub(super) async fn complete(
    pool: &PgPool,
    lease: Lease,
    done: Done,
    work: Work<PgConnection>,
    settle: Settle,
) -> Result<Outcome, Error> {
    let mut transaction = begin(pool).await?;
    events::mark_done(&mut *transaction, lease, done).await?;
    let failure = match work(&mut transaction).await {
        Ok(()) => match transaction.commit().await {
            Ok(()) => return Ok(Outcome::Done),
            // A deferred constraint that the handler broke.
            Err(error) if is_refusal(&error) => Failure::from(error),
            Err(error) => return Err(failed(error)),
        },
        Err(failure) => {
            transaction.rollback().await.map_err(failed)?;
            failure
        }
    };
    let settlement = settle(&failure);
    self::settle(pool, lease, settlement.clone()).await?;
    Ok(Outcome::Failed(settlement))
}

fn is_refusal(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(_)) && !crate::error::is_outage(error)
}

pub(super) async fn settle(pool: &PgPool, lease: Lease, settlement: Settlement) -> Result<(), Error> {
    let mut transaction = begin(pool).await?;
    events::settle(&mut *transaction, lease, settlement).await?;
    transaction.commit().await.map_err(failed)
}

pub(super) async fn extend(pool: &PgPool, lease: Lease, until: Timestamp) -> Result<(), Error> {
    let mut transaction = begin(pool).await?;
    events::extend(&mut *transaction, lease, until).await?;
    transaction.commit().await.map_err(failed)
}

async fn notify(connection: &mut PgConnection) -> Result<(), Error> {
    let notify = sqlx::query("SELECT pg_notify($1, '')")
        .bind(CHANNEL)
        .execute(connection);
    notify.await.map(|_| ()).map_err(failed)
}

pub(super) async fn replay(pool: &PgPool, filter: Filter, now: Timestamp) -> Result<u64, Error> {
    let (mut replayed, mut after) = (0, filter.after.unwrap_or(0));
    // A key is found through its index, in one step.
    let step = if filter.key.is_some() { i64::MAX } else { STEP };
    loop {
        let mut transaction = begin(pool).await?;
        let last = sqlx::query(
            "SELECT max(seq) FROM (SELECT seq FROM cryptopocket_inbox_events WHERE seq > $1 ORDER BY seq LIMIT $2) AS step",
        )
        .bind(after)
        .bind(step)
        .fetch_one(&mut *transaction)
        .await
        .and_then(|row| row.try_get::<Option<i64>, _>(0))
        .map_err(failed)?;
        let Some(last) = last else { return Ok(replayed) };
        let mut query = QueryBuilder::new("UPDATE cryptopocket_inbox_events SET state = 0, due_at = ");
        query.push_bind(now.unix_micros());
        // The token grows too, so that no lease from before can settle the event.
        query.push(", token = token + 1, attempts = 0, lost = 0, settled_at = NULL, reason = NULL");
        read::filtered(&mut query, &filter.clone().after(after));
        query.push(" AND seq <= ").push_bind(last);
        query.push(" AND state IN (2, 3) AND body IS NOT NULL");
        let some = query.build().execute(&mut *transaction).await.map_err(failed)?;
        if some.rows_affected() > 0 {
            notify(&mut transaction).await?;
        }
        transaction.commit().await.map_err(failed)?;
        replayed += some.rows_affected();
        after = last;
    }
}

pub(super) async fn erase_bodies(pool: &PgPool, before: Timestamp) -> Result<u64, Error> {
    let mut all = 0;
    loop {
        let mut transaction = begin(pool).await?;
        let erased = sqlx::query(
            "UPDATE cryptopocket_inbox_events SET body = NULL, sealed_with = NULL, reason = NULL
             WHERE seq IN (SELECT seq FROM cryptopocket_inbox_events
                           WHERE state = 2 AND body IS NOT NULL AND settled_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(before.unix_micros())
        .bind(STEP)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        let contents = events::erase_contents(&mut *transaction, before).await?;
        transaction.commit().await.map_err(failed)?;
        match erased.rows_affected() + contents {
            0 => return Ok(all),
            some => all += some,
        }
    }
}

pub(super) async fn resolve(
    pool: &PgPool,
    id: i64,
    resolution: Resolution,
    now: Timestamp,
) -> Result<bool, Error> {
    let mut transaction = begin(pool).await?;
    let found = events::resolve(&mut *transaction, id, resolution, now).await?;
    if found && resolution == Resolution::Release {
        notify(&mut transaction).await?;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(found)
}
