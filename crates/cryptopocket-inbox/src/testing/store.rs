//! The store in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use cryptopocket_webhooks::Sighting;
use tokio::sync::{Mutex, MutexGuard, Notify};

use super::table::Table;
use crate::error::{Error, Result};
use crate::journal::JournalStore;
use crate::store::NewEvent;
use crate::transaction::{Store, Work};

/// A store in memory, for tests and simulations. It loses everything when it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    table: Mutex<Table>,
    wake: Notify,
    closed: AtomicBool,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// What handlers have written and committed.
    pub async fn table(&self) -> BTreeMap<String, String> {
        (**self.table.lock().await).clone()
    }

    /// A copy of everything that is committed, as a backup makes it.
    pub async fn back_up(&self) -> Self {
        Self {
            table: Mutex::new(self.table.lock().await.clone()),
            ..Self::default()
        }
    }

    /// Puts a backup in place of everything.
    pub async fn restore(&self, backup: Self) {
        *self.table.lock().await = backup.table.into_inner();
    }

    async fn open(&self) -> Result<Open<'_>> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::closed());
        }
        Ok(Open(self.table.lock().await))
    }
}

/// A transaction, which is rolled back unless it is committed. A crash or a cancellation in the middle drops it.
struct Open<'a>(MutexGuard<'a, Table>);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.roll_back();
    }
}

impl JournalStore for MemoryStore {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }
}

impl Store for MemoryStore {
    type Transaction = Table;

    async fn insert(&self, event: NewEvent) -> Result<Sighting> {
        let mut open = self.open().await?;
        let sighting = open.0.receive(event);
        open.0.commit();
        drop(open);
        if sighting == Sighting::New {
            self.wake();
        }
        Ok(sighting)
    }

    async fn transact<R: Send + 'static>(&self, work: impl Work<Table, R>) -> Result<R> {
        let mut open = self.open().await?;
        let done = work(&mut open.0).await?;
        open.0.commit();
        Ok(done)
    }

    async fn view<R: Send + 'static>(&self, work: impl Work<Table, R>) -> Result<R> {
        work(&mut self.open().await?.0).await
    }

    fn wake(&self) {
        self.wake.notify_one();
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}
