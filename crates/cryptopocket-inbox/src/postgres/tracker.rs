//! Tracked objects in the database of the inbox.

mod feed;

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::PgConnection;

use super::PostgresStore;
use super::calls::begin;
use crate::error::Error;
use crate::handler::BoxFuture;
use crate::tracker::sql::{self, unreadable, unwritable};
use crate::tracker::{Changed, Counts, Entry, Object, Row, Selection, TrackerStore, Transacted};

const OBJECT: &str = "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2 FOR UPDATE";
const BEAT: &str = "SELECT beat_at FROM cryptopocket_inbox_tracker FOR UPDATE";
// Sweepers of several machines pass over each other's rows, so each gets others.
const CLAIM: &str = "WITH due AS (
         SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
         ORDER BY due_at, kind, id LIMIT $3 FOR UPDATE SKIP LOCKED
     )
     UPDATE cryptopocket_inbox_objects AS object SET token = token + 1, due_at = $2
     FROM due WHERE object.kind = due.kind AND object.id = due.id
     RETURNING object.*";

impl TrackerStore for PostgresStore {
    async fn transact<R: Send + 'static>(&self, work: Transacted<PgConnection, R>) -> Result<R, Error> {
        let mut transaction = begin(&self.pool).await?;
        let done = work(&mut transaction).await;
        // A dropped transaction is rolled back some time later; until then a claim would pass over its row.
        let ended = match &done {
            Ok(_) => transaction.commit().await,
            Err(_) => transaction.rollback().await,
        };
        let done = done?;
        ended.map_err(unwritable)?;
        Ok(done)
    }

    fn lock(connection: &mut PgConnection, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(sql::lock(connection, fresh, OBJECT))
    }

    fn save(
        connection: &mut PgConnection,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            sql::update(connection, &row).await.map_err(unwritable)?;
            feed::add(connection, &changes).await.map_err(unwritable)
        })
    }

    fn beat(
        connection: &mut PgConnection,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move { sql::beat(connection, now, BEAT).await.map_err(unwritable) })
    }

    fn repoll(connection: &mut PgConnection, now: Timestamp) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move { sql::repoll(connection, now).await.map_err(unwritable) })
    }

    async fn claim_due(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Row>, Error> {
        let mut transaction = begin(&self.pool).await?;
        let rows = sql::claim(&mut *transaction, now, lease, limit, CLAIM).await?;
        transaction.commit().await.map_err(unwritable)?;
        Ok(rows)
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::object(&mut *connection, object).await
    }

    async fn objects(
        &self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::objects(&mut *connection, selection, after, limit).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        feed::number(&self.pool).await?;
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::changes(&mut *connection, after, limit).await
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        let mut erased = 0;
        loop {
            let mut transaction = begin(&self.pool).await?;
            let step = sql::erase_changes(&mut *transaction, before).await;
            let some = step.map_err(unwritable)?;
            transaction.commit().await.map_err(unwritable)?;
            if some == 0 {
                return Ok(erased);
            }
            erased += some;
        }
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::latest_change(&mut *connection).await.map_err(unreadable)
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::counts(&mut *connection, now).await.map_err(unreadable)
    }
}
