//! Changes, and their numbers.
//!
//! A reader goes on after the highest number that it has seen, so no lower number may appear later. A sequence does not
//! give that: of two transactions the one with the higher number may be committed first. A counter that each transaction
//! locks would, but then one slow handler would stop all others. So a change is stored without a number, and gets one
//! once its transaction is committed, from readers that take turns. Unlike a comparison of transaction ids, that is not
//! held up by a long transaction of another program, and survives a dump into another cluster.

use sqlx::postgres::PgPool;
use sqlx::{PgConnection, QueryBuilder};

use super::failed;
use crate::error::Error;
use crate::postgres::calls::begin;
use crate::tracker::Changed;

/// Most changes that one transaction numbers.
const MOST: i64 = 1000;

pub(super) async fn add(connection: &mut PgConnection, changes: &[Changed]) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut query =
        QueryBuilder::new("INSERT INTO cryptopocket_inbox_changes (kind, object_id, change, source, at) ");
    query.push_values(changes, |mut row, changed| {
        row.push_bind(changed.object.kind().code())
            .push_bind(changed.object.id())
            .push_bind(changed.change.to_json())
            .push_bind(changed.source.as_str())
            .push_bind(changed.at.unix_micros());
    });
    query.build().execute(connection).await.map(|_| ())
}

/// Numbers the committed changes that have no number yet.
pub(super) async fn number(pool: &PgPool) -> Result<(), Error> {
    loop {
        let fresh = sqlx::query("SELECT 1 FROM cryptopocket_inbox_changes WHERE number IS NULL LIMIT 1")
            .fetch_optional(pool)
            .await
            .map_err(failed)?;
        if fresh.is_none() {
            return Ok(());
        }
        let mut transaction = begin(pool).await?;
        // The lock comes before the statement that looks for changes: what the reader before has numbered is seen by it,
        // and its numbers are committed before those that are given here.
        let last: i64 = sqlx::query_scalar("SELECT number FROM cryptopocket_inbox_tracker FOR UPDATE")
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        // Changes of one object were stored one after the other, since their transactions locked it: ids keep their order.
        let numbered = sqlx::query(
            "UPDATE cryptopocket_inbox_changes AS changed SET number = $1 + fresh.place
             FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM cryptopocket_inbox_changes
                   WHERE number IS NULL ORDER BY id LIMIT $2) AS fresh
             WHERE changed.id = fresh.id",
        )
        .bind(last)
        .bind(MOST)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        sqlx::query("UPDATE cryptopocket_inbox_tracker SET number = number + $1")
            .bind(i64::try_from(numbered.rows_affected()).unwrap_or(MOST))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
}
