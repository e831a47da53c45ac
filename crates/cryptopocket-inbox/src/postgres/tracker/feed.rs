//! Changes, and their numbers.
//!
//! A reader goes on after the highest number that it has seen, so no lower number may appear later. A sequence does not
//! give that: of two transactions the one with the higher number may be committed first. A counter that each transaction
//! locks would, but then one slow handler would stop all others. So a change is stored without a number, and gets one
//! once its transaction is committed, from readers that take turns. Unlike a comparison of transaction ids, that is not
//! held up by a long transaction of another program, and survives a dump into another cluster.

use sqlx::PgConnection;
use sqlx::postgres::PgPool;

use crate::error::Error;
use crate::postgres::calls::begin;
use crate::sql::{Columns as _, Connection as _, bind};
use crate::tracker::Changed;
use crate::tracker::sql::{self, unreadable, unwritable};

/// Most changes that one transaction numbers.
const MOST: i64 = 1000;

/// Stores changes, without numbers.
pub(super) async fn add(connection: &mut PgConnection, changes: &[Changed]) -> Result<(), sqlx::Error> {
    for changed in changes {
        connection
            .change(
                "INSERT INTO cryptopocket_inbox_changes (kind, object_id, change, source, at)
                 VALUES ($1, $2, $3, $4, $5)",
                sql::columns_of(changed),
            )
            .await?;
    }
    Ok(())
}

/// Numbers the committed changes that have no number yet.
pub(super) async fn number(pool: &PgPool) -> Result<(), Error> {
    loop {
        let mut connection = pool.acquire().await.map_err(unreadable)?;
        let fresh = connection
            .rows(
                "SELECT id FROM cryptopocket_inbox_changes WHERE number IS NULL LIMIT 1",
                Vec::new(),
            )
            .await
            .map_err(unreadable)?;
        drop(connection);
        if fresh.is_empty() {
            return Ok(());
        }
        let mut transaction = begin(pool).await?;
        number_some(&mut transaction).await.map_err(unwritable)?;
        transaction.commit().await.map_err(unwritable)?;
    }
}

async fn number_some(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // The lock comes before the statement that looks for changes: what the reader before has numbered is seen by it, and
    // its numbers are committed before those that are given here.
    let last = connection
        .rows(
            "SELECT number FROM cryptopocket_inbox_tracker FOR UPDATE",
            Vec::new(),
        )
        .await?;
    let last = last.first().ok_or(sqlx::Error::RowNotFound)?.number("number")?;
    // Changes of one object were stored one after the other, since their transactions locked it: ids keep their order.
    let numbered = connection
        .change(
            "UPDATE cryptopocket_inbox_changes AS changed SET number = $1 + fresh.place
             FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM cryptopocket_inbox_changes
                   WHERE number IS NULL ORDER BY id LIMIT $2) AS fresh
             WHERE changed.id = fresh.id",
            bind![last, MOST],
        )
        .await?;
    connection
        .change(
            "UPDATE cryptopocket_inbox_tracker SET number = number + $1",
            bind![i64::try_from(numbered).unwrap_or(MOST)],
        )
        .await?;
    Ok(())
}
