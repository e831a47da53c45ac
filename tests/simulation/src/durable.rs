//! What survives a crash: a store with an inbox, a journal and the effects of the handler.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::journal::{
    Begun, CallCounts, Entry, JournalStore, NewEntry, Record, Selection, StoredAnswer,
};
use cryptopocket_inbox::testing::{MemoryJournal, MemoryStore, Table};
use cryptopocket_inbox::tracker::{self, Bucket, Changed, Object, Row, TrackerStore, Transacted};
use cryptopocket_inbox::{
    BoxFuture, Counts, Done, Error, Failure, Filter, Lease, Leased, NewEvent, Outcome, Quarantined,
    Resolution, Settle, Settlement, Store, Stored, Summary, Work,
};
use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;

use crate::gate::Gate;

/// A store that a simulated system runs on.
pub(crate) trait Durable: Store + JournalStore + TrackerStore + fmt::Debug {
    /// How many machines can share it.
    const MACHINES: usize = 2;

    /// Adds one to the effect `name`, in the transaction of the handler.
    fn add(transaction: &mut Self::Transaction, name: String) -> BoxFuture<'_, Result<(), Failure>>;

    /// Each committed effect, and how often it was made.
    fn effects(&self) -> impl Future<Output = BTreeMap<String, u64>> + Send;

    /// A copy of everything.
    fn back_up(&self) -> impl Future<Output = Self> + Send
    where
        Self: Sized;

    /// Puts a copy in place of everything.
    fn restore(&self, copy: Self) -> impl Future<Output = ()> + Send
    where
        Self: Sized;

    /// The process that had it open died.
    fn crash(&self) {}

    /// What holds the world while the store does real work.
    fn gate(&self) -> Option<Arc<Gate>> {
        None
    }
}

/// The stores in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    inbox: MemoryStore,
    journal: MemoryJournal,
}

impl Durable for Memory {
    fn add(transaction: &mut Table, name: String) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let count = transaction.get(&name).and_then(|count| count.parse().ok());
            transaction.insert(name, (count.unwrap_or(0) + 1_u64).to_string());
            Ok(())
        })
    }

    async fn effects(&self) -> BTreeMap<String, u64> {
        let table = self.inbox.table().await.into_iter();
        table
            .map(|(name, count)| (name, count.parse().unwrap_or(u64::MAX)))
            .collect()
    }

    async fn back_up(&self) -> Self {
        Self {
            inbox: self.inbox.back_up().await,
            journal: self.journal.back_up().await,
        }
    }

    async fn restore(&self, copy: Self) {
        self.inbox.restore(copy.inbox).await;
        self.journal.restore(copy.journal).await;
    }
}

impl TrackerStore for Memory {
    async fn transact<R: Send + 'static>(&self, work: Transacted<Table, R>) -> Result<R, Error> {
        self.inbox.transact(work).await
    }

    fn lock(table: &mut Table, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        MemoryStore::lock(table, fresh)
    }

    fn save(table: &mut Table, row: Row, changes: Vec<Changed>) -> BoxFuture<'_, Result<(), Error>> {
        MemoryStore::save(table, row, changes)
    }

    fn beat(table: &mut Table, now: Timestamp) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        MemoryStore::beat(table, now)
    }

    fn repoll(table: &mut Table, now: Timestamp, number: i64) -> BoxFuture<'_, Result<u64, Error>> {
        MemoryStore::repoll(table, now, number)
    }

    fn bucket(table: &mut Table) -> BoxFuture<'_, Result<Bucket, Error>> {
        MemoryStore::bucket(table)
    }

    fn set_bucket(table: &mut Table, bucket: Bucket) -> BoxFuture<'_, Result<(), Error>> {
        MemoryStore::set_bucket(table, bucket)
    }

    fn claim_objects(
        table: &mut Table,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Row>, Error>> {
        MemoryStore::claim_objects(table, now, until, limit)
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        self.inbox.object(object).await
    }

    async fn objects(
        &self,
        selection: tracker::Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        self.inbox.objects(selection, after, limit).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<tracker::Entry>, Error> {
        self.inbox.changes(after, limit).await
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        self.inbox.latest_change().await
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        self.inbox.erase_changes(before).await
    }

    async fn tracked(&self, now: Timestamp) -> Result<tracker::Counts, Error> {
        self.inbox.tracked(now).await
    }
}

impl JournalStore for Memory {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        self.journal.begin(entry, now, hold).await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry, Error> {
        self.journal.record(key, token, record).await
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        self.journal.select(selection, limit).await
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        self.journal.answers(key).await
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        self.journal.call_counts().await
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        self.journal.finish(object, at).await
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        self.journal.erase_final(before).await
    }
}

impl Store for Memory {
    type Transaction = Table;

    async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        self.inbox.insert(event).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Leased>, Error> {
        self.inbox.claim(now, lease, limit).await
    }

    async fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<Table>,
        settle: Settle,
    ) -> Result<Outcome, Error> {
        self.inbox.complete(lease, done, work, settle).await
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<(), Error> {
        self.inbox.settle(lease, settlement).await
    }

    async fn extend(&self, lease: Lease, until: Timestamp) -> Result<(), Error> {
        self.inbox.extend(lease, until).await
    }

    async fn replay(&self, filter: Filter, now: Timestamp) -> Result<u64, Error> {
        self.inbox.replay(filter, now).await
    }

    async fn erase_bodies(&self, before: Timestamp) -> Result<u64, Error> {
        self.inbox.erase_bodies(before).await
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
        self.inbox.list(filter, limit).await
    }

    async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<Stored>, Error> {
        self.inbox.read(filter, limit).await
    }

    async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>, Error> {
        self.inbox.quarantined(limit).await
    }

    async fn resolve(&self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool, Error> {
        self.inbox.resolve(id, resolution, now).await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, Error> {
        self.inbox.counts(now).await
    }

    async fn done(&self) -> Result<u64, Error> {
        self.inbox.done().await
    }

    async fn woken(&self) {
        self.inbox.woken().await;
    }

    async fn close(&self) {
        self.inbox.close().await;
    }
}
