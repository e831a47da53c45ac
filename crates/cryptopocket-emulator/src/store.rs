//! Groups of records that a state file keeps, and what changed in them.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// A group of records that a state file keeps. A record's name is the group and its key.
pub(crate) trait Store {
    /// Starts or stops to collect the keys of changed records, beginning with none.
    fn track(&self, on: bool);

    /// All records as JSON.
    fn records(&self, group: &str) -> Vec<(String, String)>;

    /// The records that changed since the last call, as JSON; `None` for a removed one.
    fn changes(&self, group: &str) -> Vec<(String, Option<String>)>;
}

/// Keys of changed records. Nothing is collected unless a state file is kept.
#[derive(Debug)]
pub(crate) struct DirtyKeys<K>(Mutex<Option<BTreeSet<K>>>);

impl<K> Default for DirtyKeys<K> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<K: Ord> DirtyKeys<K> {
    fn lock(&self) -> MutexGuard<'_, Option<BTreeSet<K>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&mut self, key: impl Into<K>) {
        if let Some(keys) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner) {
            keys.insert(key.into());
        }
    }

    pub(crate) fn track(&self, on: bool) {
        *self.lock() = on.then(BTreeSet::new);
    }

    pub(crate) fn take(&self) -> BTreeSet<K> {
        self.lock().as_mut().map(take).unwrap_or_default()
    }
}

/// A record as the state file keeps it.
pub(crate) fn json<T: Serialize>(record: &T) -> String {
    // Only a map with keys that are not text cannot be written, and records have none.
    serde_json::to_string(record).unwrap_or_default()
}
