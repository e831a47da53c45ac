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

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{debug_fields, setters};
use tokio::sync::watch;

use crate::body::Bodies;
use crate::inbox::Inbox;
use crate::runtime::{Runtime, TokioRuntime};
use crate::transaction::Store;

pub use call::{Answer, Call, Found, Once, Sent};
pub use entry::{Entry, Phase, Record};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "testing"))]
pub(crate) use store::MOST_ANSWERS;
pub use store::{Begun, CallCounts, Calls, FURTHEST, JournalStore, Selection, StoredAnswer};
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
/// use cryptopocket_inbox::testing::MemoryStore;
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
/// let journal = Journal::new(MemoryStore::new());
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
    /// Each call at work has a receiver.
    at_work: watch::Sender<()>,
    grace: Duration,
    hold: Duration,
    look_first: bool,
}

/// A call of a [`Journal`] that is at work until this is dropped.
#[derive(Debug)]
#[must_use = "`idle` waits for as long as it lives"]
pub struct AtWork {
    _waited_for: watch::Receiver<()>,
}

/// The journal of an inbox is in the same store.
impl<S: Store + JournalStore> JournalStore for Inbox<S> {
    type Store = S::Store;

    fn store(&self) -> &S::Store {
        JournalStore::store(Inbox::store(self))
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
            at_work: self.at_work.clone(),
            ..*self
        }
    }
}

debug_fields! { Journal<J> => |journal| grace: journal.grace, hold: journal.hold }

impl<J: JournalStore> Journal<J> {
    /// A journal with the default settings.
    pub fn new(store: J) -> Self {
        Self {
            store: Arc::new(store),
            runtime: Arc::new(TokioRuntime),
            bodies: Bodies::default(),
            attempts: Arc::default(),
            at_work: watch::Sender::new(()),
            grace: Duration::from_mins(5),
            hold: Duration::from_mins(2),
            look_first: false,
        }
    }

    setters! {
        /// Sets how long a lost request may still be at work at the provider. Default: five minutes.
        ///
        /// It is counted by the timer of the process that sends again, from the moment at which it first knows of the lost
        /// request, since a clock can be wrong: after a restart it begins again. If another process sent it, half of the
        /// [hold](Self::hold) is added, for which that one may still be sending.
        ///
        /// Evidence: assumed; the provider states no limit.
        grace = |grace: Duration| grace;
        /// Sets how long a worker may be at one call before another one may look into it. Default: two minutes. It must be
        /// longer than a call with its timeouts takes, and what is longer is cut off.
        hold = |hold: Duration| hold;
        /// Sets whether a call is looked for before it is sent for the first time, too. Default: no.
        ///
        /// For a store that was restored from a backup: it does not know what was sent after the backup, and sends that
        /// again. With this, a call whose intent is new or unsent is sent only if a search proves that it was not done, and
        /// after the [grace period](Self::grace). Leave it on until nothing comes again under a key from between the backup
        /// and the restore.
        look_first = |yes: bool| yes;
        /// Replaces clock, timer and randomness, for tests.
        runtime = |runtime: Arc<dyn Runtime>| runtime;
    }

    /// Seals requests and answers at rest.
    #[cfg(feature = "encryption")]
    #[must_use]
    pub fn keyring(mut self, keyring: crate::body::Keyring) -> Self {
        self.bodies.keyring = Some(keyring);
        self
    }

    /// Waits until no call of this journal and its clones is at work. New ones can begin at any time, so first stop making
    /// them, and then close the store or end the program: what is cut off then is left to a search, as after a crash.
    ///
    /// It takes half of the [hold](Self::hold) at most, and the store's time, since no call takes longer.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_inbox::journal::Journal;
    /// use cryptopocket_inbox::testing::MemoryStore;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = Journal::new(MemoryStore::new());
    /// let at_work = journal.at_work();
    /// let call = tokio::spawn(async move {
    ///     // Here `journal.once(…)` makes the call.
    ///     drop(at_work);
    /// });
    /// journal.idle().await;
    /// // Now the store can be closed.
    /// assert!(call.is_finished());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
    /// ```
    pub async fn idle(&self) {
        self.at_work.closed().await;
    }

    /// Has [`idle`](Self::idle) wait until what it returns is dropped, for a task that calls [`once`](Self::once) and may not
    /// have begun to. `once` itself is waited for in any case.
    pub fn at_work(&self) -> AtWork {
        AtWork {
            _waited_for: self.at_work.subscribe(),
        }
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
