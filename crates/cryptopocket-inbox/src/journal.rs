//! Calls that move money, made once for each key, across crashes and lost answers.
//!
#![doc = include_str!("../docs/journal.md")]

mod attempts;
mod call;
mod entry;
mod once;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) mod sql;
mod store;
mod upkeep;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::body::Bodies;
use crate::error::Error;
use crate::inbox::Inbox;
use crate::runtime::{Runtime, TokioRuntime};
use crate::store::Store;

pub use call::{Answer, Call, Found, Once, Sent};
pub use entry::{Entry, NewEntry, Phase, Record};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "testing"))]
pub(crate) use store::MOST_ANSWERS;
pub use store::{Begun, CallCounts, FURTHEST, JournalStore, Selection, StoredAnswer};
pub use upkeep::Verdict;

/// A journal of calls that move money.
///
/// The intent is durable before the call is sent, and its outcome after. A call whose outcome is not known, because of a
/// crash, a timeout or a lost answer, is looked for before it is ever sent again; it is sent again only if the search
/// proves that it was not done, and if the grace period has passed in which a lost request may still be at work.
///
/// The key is the reference that the call carries. What is in the journal under a key never changes its request.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::journal::{Call, Found, Journal, Once, Sent};
/// use cryptopocket_inbox::testing::MemoryJournal;
///
/// struct Pay;
///
/// impl Call for Pay {
///     fn operation(&self) -> &'static str {
///         "pay"
///     }
///
///     async fn send(&self, reference: &str) -> Sent {
///         Sent::Done(format!("paid {reference}").into())
///     }
///
///     async fn find(&self, _: &str) -> Found {
///         Found::None
///     }
/// }
///
/// # async fn example() -> Result<(), cryptopocket_inbox::Error> {
/// let journal = Journal::new(MemoryJournal::default());
/// for _ in 0..2 {
///     let Once::Done { answer, .. } = journal.once("order-17", b"15.00 EUR", &Pay).await? else { panic!() };
///     assert_eq!(answer, b"paid order-17");
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
/// ```
///
/// Cheap to clone; clones share the store.
pub struct Journal<J> {
    store: Arc<J>,
    runtime: Arc<dyn Runtime>,
    bodies: Bodies,
    attempts: Arc<attempts::Attempts>,
    grace: Duration,
    hold: Duration,
    look_first: bool,
}

/// The journal of an inbox is in the same store.
impl<S: JournalStore> JournalStore for Inbox<S>
where
    S: Store,
{
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        JournalStore::begin(self.store(), entry, now, hold).await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry, Error> {
        JournalStore::record(self.store(), key, token, record).await
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        JournalStore::select(self.store(), selection, limit).await
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        JournalStore::answers(self.store(), key).await
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        JournalStore::call_counts(self.store()).await
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        JournalStore::finish(self.store(), object, at).await
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        JournalStore::erase_final(self.store(), before).await
    }
}

// Derived, it would ask for a store that is `Clone`.
impl<J> Clone for Journal<J> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            runtime: Arc::clone(&self.runtime),
            bodies: self.bodies.clone(),
            attempts: Arc::clone(&self.attempts),
            ..*self
        }
    }
}

impl<J> fmt::Debug for Journal<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("grace", &self.grace)
            .field("hold", &self.hold)
            .finish_non_exhaustive()
    }
}

impl<J: JournalStore> Journal<J> {
    /// A journal with the default settings.
    pub fn new(store: J) -> Self {
        Self {
            store: Arc::new(store),
            runtime: Arc::new(TokioRuntime),
            bodies: Bodies::default(),
            attempts: Arc::default(),
            grace: Duration::from_mins(5),
            hold: Duration::from_mins(2),
            look_first: false,
        }
    }

    /// Sets how long a lost request may still be at work at the provider. Default: five minutes.
    ///
    /// It is counted by the timer of the process that sends again, from the moment at which it first knows of the lost
    /// request, since a clock can be wrong: after a restart it begins again. If another process sent it, half of the
    /// [hold](Self::hold) is added, for which that one may still be sending.
    ///
    /// Evidence: assumed; the provider states no limit.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how long a worker may be at one call before another one may look into it. Default: two minutes. It must be
    /// longer than a call with its timeouts takes, and what is longer is cut off.
    #[must_use]
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// Sets whether a call is looked for before it is sent for the first time, too. Default: no.
    ///
    /// For a store that was restored from a backup: it does not know what was sent after the backup, and sends that again.
    /// With this, a call whose intent is new or unsent is sent only if a search proves that it was not done, and after the
    /// [grace period](Self::grace). Leave it on until nothing comes again under a key from between the backup and the
    /// restore.
    #[must_use]
    pub fn look_first(mut self, yes: bool) -> Self {
        self.look_first = yes;
        self
    }

    /// Seals requests and answers at rest.
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn keyring(mut self, keyring: crate::body::Keyring) -> Self {
        self.bodies.keyring = Some(keyring);
        self
    }

    /// Replaces clock, timer and randomness, for tests.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// How far ahead a hold or a pause is believed. Those of this journal always are.
    fn furthest(&self) -> Duration {
        let own = self.hold.max(self.grace).saturating_mul(2);
        FURTHEST.max(own)
    }

    /// The store.
    pub fn store(&self) -> &J {
        &self.store
    }
}

#[cfg(test)]
mod tests;
