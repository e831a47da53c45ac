//! Tracked objects in the file of the inbox.

use std::time::Duration;

use cryptopocket_types::Timestamp;
use sqlx::SqliteConnection;

use super::SqliteStore;
use crate::error::Error;
use crate::handler::BoxFuture;
use crate::sql::Connection as _;
use crate::tracker::sql::{self, unreadable, unwritable};
use crate::tracker::{Changed, Counts, Entry, Object, Row, Selection, TrackerStore, Transacted};

// The writer has the only transaction that writes, so nothing needs to be locked.
const OBJECT: &str = "SELECT * FROM cryptopocket_inbox_objects WHERE kind = $1 AND id = $2";
const BEAT: &str = "SELECT beat_at FROM cryptopocket_inbox_tracker";
const CLAIM: &str = "UPDATE cryptopocket_inbox_objects SET token = token + 1, due_at = $2
     WHERE (kind, id) IN (SELECT kind, id FROM cryptopocket_inbox_objects WHERE due_at <= $1
                          ORDER BY due_at, kind, id LIMIT $3)
     RETURNING *";

impl TrackerStore for SqliteStore {
    async fn transact<R: Send + 'static>(&self, work: Transacted<SqliteConnection, R>) -> Result<R, Error> {
        self.writer.call(work).await
    }

    fn lock(connection: &mut SqliteConnection, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        Box::pin(sql::lock(connection, fresh, OBJECT))
    }

    fn save(
        connection: &mut SqliteConnection,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move { save(connection, row, changes).await.map_err(unwritable) })
    }

    fn beat(
        connection: &mut SqliteConnection,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        Box::pin(async move { sql::beat(connection, now, BEAT).await.map_err(unwritable) })
    }

    fn repoll(connection: &mut SqliteConnection, now: Timestamp) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move { sql::repoll(connection, now).await.map_err(unwritable) })
    }

    async fn claim_due(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Row>, Error> {
        let claim = self
            .writer
            .atomic(move |connection| Box::pin(sql::claim(connection, now, lease, limit, CLAIM)));
        claim.await.0
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::object(&mut *connection, object).await
    }

    async fn objects(
        &self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::objects(&mut *connection, selection, after, limit).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::changes(&mut *connection, after, limit).await
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        let mut erased = 0;
        loop {
            let step = self.writer.call(move |connection| {
                Box::pin(async move { sql::erase_changes(connection, before).await.map_err(unwritable) })
            });
            match step.await? {
                0 => return Ok(erased),
                some => erased += some,
            }
        }
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::latest_change(&mut *connection).await.map_err(unreadable)
    }

    async fn tracked(&self, now: Timestamp) -> Result<Counts, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::counts(&mut *connection, now).await.map_err(unreadable)
    }
}

async fn save(connection: &mut SqliteConnection, row: Row, changes: Vec<Changed>) -> Result<(), sqlx::Error> {
    sql::update(connection, &row).await?;
    for changed in &changes {
        // Transactions of a file are committed one after the other, so numbers follow the order of commits.
        connection
            .change(
                "UPDATE cryptopocket_inbox_tracker SET number = number + 1",
                Vec::new(),
            )
            .await?;
        connection
            .change(
                "INSERT INTO cryptopocket_inbox_changes (number, kind, object_id, change, source, at)
                 SELECT number, $1, $2, $3, $4, $5 FROM cryptopocket_inbox_tracker",
                sql::columns_of(changed),
            )
            .await?;
    }
    Ok(())
}
