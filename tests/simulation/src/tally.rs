//! Counts of what happens in a world, kept while it runs.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of what happens in a world.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Requests to the provider.
    pub(crate) calls: Count,
    /// Operations of the store.
    pub(crate) operations: Count,
    /// Faults that struck, crashes not among them.
    pub(crate) faults: Count,
    /// Handlers that lost the lease of their event.
    pub(crate) lost_leases: Count,
    /// Comparisons of the system with what must hold.
    pub(crate) checks: Count,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, number: usize) {
        self.0.fetch_add(number as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
