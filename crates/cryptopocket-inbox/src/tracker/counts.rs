//! Numbers of tracked objects.

use cryptopocket_types::Timestamp;

/// Numbers of tracked objects. Those that are final are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Not final.
    pub open: u64,
    /// Due to be polled now.
    pub due: u64,
    /// Unknown to the provider.
    pub missing: u64,
    /// Since when the one that has waited longest has been due.
    pub due_since: Option<Timestamp>,
}
