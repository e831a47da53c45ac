//! The operations of the store, each on the thread of the store.

use std::sync::Arc;

use cryptopocket_inbox::journal::JournalStore;
use cryptopocket_inbox::sqlite::SqliteStore;
use cryptopocket_inbox::{Error, NewEvent, Store, Work};
use cryptopocket_webhooks::Sighting;
use sqlx::SqliteConnection;

use super::SqliteFile;
use super::disk::Disk;

impl JournalStore for SqliteFile {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }
}

impl Store for SqliteFile {
    type Transaction = SqliteConnection;

    async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        self.disk()
            .write(move |store| async move { store.insert(event).await })
            .await
    }

    async fn transact<R: Send + 'static>(&self, work: impl Work<SqliteConnection, R>) -> Result<R, Error> {
        let disk = self.disk();
        let gate = disk.gate();
        disk.write(move |store| async move {
            store
                .transact(move |connection| Disk::watched(&gate, work(connection)))
                .await
        })
        .await
    }

    async fn view<R: Send + 'static>(&self, work: impl Work<SqliteConnection, R>) -> Result<R, Error> {
        self.disk()
            .read(move |store| async move { store.view(work).await })
            .await
    }

    fn wake(&self) {
        self.disk().store().wake();
    }

    async fn woken(&self) {
        let store: Arc<SqliteStore> = self.disk().store();
        store.woken().await;
    }

    async fn close(&self) {}
}
