//! Changes, and their numbers.
//!
//! A reader goes on after the highest number that it has seen, so no lower number may appear later. A sequence does not
//! give that: of two transactions the one with the higher number may be committed first. A counter that each transaction
//! locks would, but then one slow handler would stop all others. So a change is stored without a number, and gets one
//! once its transaction is committed, from readers that take turns. Unlike a comparison of transaction ids, that is not
//! held up by a long transaction of another program, and survives a dump into another cluster.

use sqlx::PgConnection;

use super::PostgresStore;
use crate::error::Error;
use crate::sql::{Columns as _, Connection as _, SqlStore as _, bind};
use crate::tracker::sql::{unreadable, unwritable};

/// Most changes that one transaction numbers.
const MOST: i64 = 1000;

/// Numbers the committed changes that have no number yet.
pub(super) async fn number(store: &PostgresStore) -> Result<(), Error> {
    loop {
        let mut connection = store.acquire().await.map_err(unreadable)?;
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
        let numbered = store.in_transaction(Box::new(|connection| {
            Box::pin(async move { number_some(connection).await.map_err(unwritable) })
        }));
        numbered.await?;
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
