//! The journal in the file of the inbox.

use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::SqliteStore;
use crate::error::Error;
use crate::journal::sql::{self, unreadable, unwritable};
use crate::journal::{Begun, CallCounts, Entry, JournalStore, NewEntry, Record, Selection};

impl JournalStore for SqliteStore {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        self.writer
            .call(move |connection| {
                Box::pin(async move { sql::begin(connection, entry, now, hold).await.map_err(unwritable) })
            })
            .await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<(), Error> {
        let key = key.to_owned();
        let record = self
            .writer
            .atomic(move |connection| Box::pin(sql::record(connection, key, token, record)));
        record.await.0
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::select(&mut *connection, selection, limit)
            .await
            .map_err(unreadable)
    }

    async fn claimed(&self, operation: &str, objects: Vec<String>, key: &str) -> Result<Vec<String>, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::claimed(&mut *connection, operation.to_owned(), objects, key.to_owned())
            .await
            .map_err(unreadable)
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        let mut connection = self.reader.acquire().await.map_err(unreadable)?;
        sql::counts(&mut *connection).await.map_err(unreadable)
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        let object = object.to_owned();
        let finish = self.writer.call(move |connection| {
            Box::pin(async move { sql::finish(connection, object, at).await.map_err(unwritable) })
        });
        finish.await
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        let mut erased = 0;
        loop {
            let step = self.writer.call(move |connection| {
                Box::pin(async move { sql::erase(connection, before).await.map_err(unwritable) })
            });
            match step.await? {
                0 => return Ok(erased),
                some => erased += some,
            }
        }
    }
}
