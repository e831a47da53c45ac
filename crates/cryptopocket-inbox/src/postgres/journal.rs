//! The journal in the database of the inbox.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::PostgresStore;
use super::calls::begin as transaction;
use crate::error::Error;
use crate::journal::sql::{self, unreadable, unwritable};
use crate::journal::{Begun, CallCounts, Entry, JournalStore, NewEntry, Record, Selection};

impl JournalStore for PostgresStore {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        let mut transaction = transaction(&self.pool).await?;
        let begun = sql::begin(&mut *transaction, entry, now, hold)
            .await
            .map_err(unwritable)?;
        transaction.commit().await.map_err(unwritable)?;
        Ok(begun)
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<(), Error> {
        let mut transaction = transaction(&self.pool).await?;
        sql::record(&mut *transaction, key.to_owned(), token, record).await?;
        transaction.commit().await.map_err(unwritable)
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::select(&mut *connection, selection, limit)
            .await
            .map_err(unreadable)
    }

    async fn claimed(&self, operation: &str, objects: Vec<String>, key: &str) -> Result<Vec<String>, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::claimed(&mut *connection, operation.to_owned(), objects, key.to_owned())
            .await
            .map_err(unreadable)
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        let mut connection = self.pool.acquire().await.map_err(unreadable)?;
        sql::counts(&mut *connection).await.map_err(unreadable)
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        let mut transaction = transaction(&self.pool).await?;
        let finished = sql::finish(&mut *transaction, object.to_owned(), at)
            .await
            .map_err(unwritable)?;
        transaction.commit().await.map_err(unwritable)?;
        Ok(finished)
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        let mut erased = 0;
        loop {
            let mut transaction = transaction(&self.pool).await?;
            let some = sql::erase(&mut *transaction, before).await.map_err(unwritable)?;
            transaction.commit().await.map_err(unwritable)?;
            if some == 0 {
                return Ok(erased);
            }
            erased += some;
        }
    }
}
