//! The operations of the store, each on the thread of the store.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::journal::{
    Begun, CallCounts, Entry, JournalStore, NewEntry, Record, Selection, StoredAnswer,
};
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::tracker::{self, Bucket, Changed, Object, Row, TrackerStore, Transacted};
use cryptopocket_inbox::{
    BoxFuture, Counts, Done, Error, Filter, Lease, Leased, NewEvent, Outcome, Quarantined, Resolution,
    Settle, Settlement, Store, Stored, Summary, Work,
};
use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;
use sqlx::SqliteConnection;

use super::SqliteFile;
use super::disk::Disk;

type Connection = SqliteConnection;

impl Store for SqliteFile {
    type Transaction = Connection;

    async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        self.disk()
            .write(move |store| async move { store.insert(event).await })
            .await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Leased>, Error> {
        self.disk()
            .write(move |store| async move { store.claim(now, lease, limit).await })
            .await
    }

    async fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<Connection>,
        settle: Settle,
    ) -> Result<Outcome, Error> {
        let disk = self.disk();
        let gate = disk.gate();
        let work: Work<Connection> = Box::new(move |connection| {
            let work = work(connection);
            Disk::watched(&gate, work)
        });
        disk.write(move |store| async move { store.complete(lease, done, work, settle).await })
            .await
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<(), Error> {
        self.disk()
            .write(move |store| async move { store.settle(lease, settlement).await })
            .await
    }

    async fn extend(&self, lease: Lease, until: Timestamp) -> Result<(), Error> {
        self.disk()
            .write(move |store| async move { store.extend(lease, until).await })
            .await
    }

    async fn replay(&self, filter: Filter, now: Timestamp) -> Result<u64, Error> {
        self.disk()
            .write(move |store| async move { store.replay(filter, now).await })
            .await
    }

    async fn erase_bodies(&self, before: Timestamp) -> Result<u64, Error> {
        self.disk()
            .write(move |store| async move { store.erase_bodies(before).await })
            .await
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
        self.disk()
            .read(move |store| async move { store.list(filter, limit).await })
            .await
    }

    async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<Stored>, Error> {
        self.disk()
            .read(move |store| async move { store.read(filter, limit).await })
            .await
    }

    async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>, Error> {
        self.disk()
            .read(move |store| async move { store.quarantined(limit).await })
            .await
    }

    async fn resolve(&self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool, Error> {
        self.disk()
            .write(move |store| async move { store.resolve(id, resolution, now).await })
            .await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, Error> {
        self.disk()
            .read(move |store| async move { store.counts(now).await })
            .await
    }

    async fn done(&self) -> Result<u64, Error> {
        self.disk()
            .read(move |store| async move { store.done().await })
            .await
    }

    async fn woken(&self) {
        let store: Arc<SqliteStore> = self.disk().store();
        store.woken().await;
    }

    async fn close(&self) {}
}

impl TrackerStore for SqliteFile {
    async fn transact<R: Send + 'static>(&self, work: Transacted<Connection, R>) -> Result<R, Error> {
        let disk = self.disk();
        let gate = disk.gate();
        let work: Transacted<Connection, R> = Box::new(move |connection| {
            let work = work(connection);
            Disk::watched(&gate, work)
        });
        disk.write(move |store| async move { store.transact(work).await })
            .await
    }

    fn lock(connection: &mut Connection, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        SqliteStore::lock(connection, fresh)
    }

    fn save(
        connection: &mut Connection,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        SqliteStore::save(connection, row, changes)
    }

    fn beat(connection: &mut Connection, now: Timestamp) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        SqliteStore::beat(connection, now)
    }

    fn repoll(connection: &mut Connection, now: Timestamp, number: i64) -> BoxFuture<'_, Result<u64, Error>> {
        SqliteStore::repoll(connection, now, number)
    }

    fn bucket(connection: &mut Connection) -> BoxFuture<'_, Result<Bucket, Error>> {
        SqliteStore::bucket(connection)
    }

    fn set_bucket(connection: &mut Connection, bucket: Bucket) -> BoxFuture<'_, Result<(), Error>> {
        SqliteStore::set_bucket(connection, bucket)
    }

    fn claim_objects(
        connection: &mut Connection,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Row>, Error>> {
        SqliteStore::claim_objects(connection, now, until, limit)
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        let object = object.clone();
        self.disk()
            .read(move |store| async move { store.object(&object).await })
            .await
    }

    async fn objects(
        &self,
        selection: tracker::Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        self.disk()
            .read(move |store| async move { store.objects(selection, after, limit).await })
            .await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<tracker::Entry>, Error> {
        self.disk()
            .read(move |store| async move { store.changes(after, limit).await })
            .await
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        self.disk()
            .read(move |store| async move { store.latest_change().await })
            .await
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        self.disk()
            .write(move |store| async move { store.erase_changes(before).await })
            .await
    }

    async fn tracked(&self, now: Timestamp) -> Result<tracker::Counts, Error> {
        self.disk()
            .read(move |store| async move { store.tracked(now).await })
            .await
    }
}

impl JournalStore for SqliteFile {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        self.disk()
            .write(move |store| async move { store.begin(entry, now, hold).await })
            .await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry, Error> {
        let key = key.to_owned();
        self.disk()
            .write(move |store| async move { store.record(&key, token, record).await })
            .await
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        self.disk()
            .read(move |store| async move { store.select(selection, limit).await })
            .await
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        let key = key.to_owned();
        self.disk()
            .read(move |store| async move { store.answers(&key).await })
            .await
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        self.disk()
            .read(move |store| async move { store.call_counts().await })
            .await
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        let object = object.to_owned();
        self.disk()
            .write(move |store| async move { store.finish(&object, at).await })
            .await
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        self.disk()
            .write(move |store| async move { store.erase_final(before).await })
            .await
    }
}
