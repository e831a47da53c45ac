//! What a store of tracked objects has to do.

use std::future::Future;
use std::time::Duration;

use cryptopocket_types::{Timestamp, debug_fields};

use super::object::{Changed, Entry, Object};
use super::rate::{Bucket, RateLimit};
use super::tracked::Tracked;
use crate::error::Result;

/// An object as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The object.
    pub object: Object,
    /// Its state.
    pub tracked: Tracked,
    /// The payment method, if it was told.
    pub method: Option<String>,
    /// Whether the application has asked to track it; otherwise a webhook or a bank credit came before that.
    pub expected: bool,
    /// When it is polled next, or the claim of a sweeper ends; `None` once it is final.
    pub due_at: Option<Timestamp>,
    /// Fencing token: grows with each claim.
    pub token: i64,
    /// Polls in a row that changed nothing.
    pub quiet: u32,
    /// Polls in a row that failed.
    pub failures: u32,
    /// Why the latest poll failed.
    pub reason: Option<String>,
}

impl Row {
    /// An object that nothing is known of yet.
    pub fn fresh(object: Object, created_at: Timestamp) -> Self {
        Self {
            tracked: Tracked::new(object.kind(), created_at),
            object,
            method: None,
            expected: false,
            due_at: Some(created_at),
            token: 0,
            quiet: 0,
            failures: 0,
            reason: None,
        }
    }
}

debug_fields! {
    /// Hides the reason, which is in the words of others.
    Row => |row|
        object: row.object,
        tracked: row.tracked,
        method: row.method,
        expected: row.expected,
        due_at: row.due_at,
        token: row.token,
        quiet: row.quiet,
        failures: row.failures,
}

/// Objects that a sweeper has claimed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claimed {
    /// The objects, by kind and id.
    pub objects: Vec<Row>,
    /// How long to wait for the rate, if it may have held some back.
    pub wait: Option<Duration>,
}

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

/// Which objects a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Selection {
    /// All.
    All,
    /// Those that are not final.
    Open,
    /// Those of which the provider says that they do not exist.
    Missing,
    /// Those of which a webhook has been missing since this time or longer.
    Gaps(Timestamp),
}

impl Selection {
    /// Whether an object belongs to it.
    pub fn holds(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::Open => row.due_at.is_some(),
            Self::Missing => row.tracked.missing_since().is_some(),
            Self::Gaps(before) => row.tracked.gap_since().is_some_and(|since| since <= before),
        }
    }
}

/// The tracked objects of a store, in a transaction: one holds an event, what it changes, and what the application writes.
pub trait Objects: Send {
    /// Reads an object and locks it until the end of the transaction. One that is not there is stored as `fresh`, which
    /// the answer says.
    fn lock(&mut self, fresh: Row) -> impl Future<Output = Result<(Row, bool)>> + Send;

    /// Stores a locked object with what changed of it.
    fn save(&mut self, row: Row, changes: Vec<Changed>) -> impl Future<Output = Result<()>> + Send;

    /// Stores `now` as the time at which a tracker was last at work, and returns the one before.
    fn beat(&mut self, now: Timestamp) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    /// Makes every object that is not final due now, ends all claims, and lets the numbers of changes go on from `number`
    /// at least. Returns how many objects there are.
    fn repoll(&mut self, now: Timestamp, number: i64) -> impl Future<Output = Result<u64>> + Send;

    /// Reads the state of the rate, and keeps it from others until the end of the transaction.
    fn bucket(&mut self) -> impl Future<Output = Result<Bucket>> + Send;

    /// Stores the state of the rate.
    fn set_bucket(&mut self, bucket: Bucket) -> impl Future<Output = Result<()>> + Send;

    /// Claims up to `limit` objects that are due at `now`, those first that have been due longest, and returns them by kind
    /// and id. They are due again at `until`, and their token grows.
    fn claim_objects(
        &mut self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Stores that the provider asked not to be polled before `until`, as [`Bucket::hold_back`] says.
    fn hold_back(&mut self, now: Timestamp, until: Timestamp) -> impl Future<Output = Result<()>> + Send {
        async move {
            let mut bucket = self.bucket().await?;
            bucket.hold_back(now, until);
            self.set_bucket(bucket).await
        }
    }

    /// Claims up to `limit` objects for `lease`, and no more than `rate` allows. The state of the rate is locked for that
    /// long, so that all machines share it.
    fn claim_due(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
        rate: RateLimit,
    ) -> impl Future<Output = Result<Claimed>> + Send {
        async move {
            let mut bucket = self.bucket().await?;
            let permits = bucket.fill(rate, now).min(limit);
            let objects = match permits {
                0 => Vec::new(),
                _ => {
                    self.claim_objects(now, now.saturating_add(lease), permits)
                        .await?
                }
            };
            if bucket.take(permits, objects.len()) {
                self.set_bucket(bucket).await?;
            }
            let is_short = permits < limit && objects.len() == permits as usize;
            let wait = is_short.then(|| bucket.wait(rate, now));
            Ok(Claimed { objects, wait })
        }
    }

    /// Reads an object.
    fn object(&mut self, object: Object) -> impl Future<Output = Result<Option<Row>>> + Send;

    /// Lists objects by kind and id, after one of them, up to `limit`.
    fn objects(
        &mut self,
        selection: Selection,
        after: Option<Object>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Lists changes with a greater number than `after`, in order, up to `limit`; `None` if changes have to be
    /// [numbered](Self::number_changes) first.
    ///
    /// A change must never appear before one that was listed: numbers follow the order of commits.
    fn changes(&mut self, after: i64, limit: u32) -> impl Future<Output = Result<Option<Vec<Entry>>>> + Send;

    /// Numbers committed changes, if a store does not number them when they are saved.
    fn number_changes(&mut self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Erases listed changes that were observed before `before`, as many as one transaction should, and returns their number.
    fn erase_changes(&mut self, before: Timestamp) -> impl Future<Output = Result<u64>> + Send;

    /// The number of the latest change that was listed, or 0.
    fn latest_change(&mut self) -> impl Future<Output = Result<i64>> + Send;

    /// Counts objects.
    fn tracked(&mut self, now: Timestamp) -> impl Future<Output = Result<Counts>> + Send;
}
