//! What survives a crash: a store with an inbox, a journal and the effects of the handler.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use cryptopocket_inbox::journal::JournalStore;
use cryptopocket_inbox::testing::{MemoryStore, Table};
use cryptopocket_inbox::{BoxFuture, Failure, Store};

use crate::gate::Gate;

/// A store that a simulated system runs on.
pub(crate) trait Durable: Store + JournalStore<Store = Self> + fmt::Debug {
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

impl Durable for MemoryStore {
    fn add(transaction: &mut Table, name: String) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let count = transaction.get(&name).and_then(|count| count.parse().ok());
            transaction.insert(name, (count.unwrap_or(0) + 1_u64).to_string());
            Ok(())
        })
    }

    async fn effects(&self) -> BTreeMap<String, u64> {
        let table = self.table().await.into_iter();
        table
            .map(|(name, count)| (name, count.parse().unwrap_or(u64::MAX)))
            .collect()
    }

    async fn back_up(&self) -> Self {
        Self::back_up(self).await
    }

    async fn restore(&self, copy: Self) {
        Self::restore(self, copy).await;
    }
}
