//! What a store of a journal has to do.

use std::future::Future;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use super::entry::{Entry, Phase, Record};
use crate::error::{Error, Result};
use crate::store::StoredBody;
use crate::transaction::Store;

/// Whether the caller may work on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Begun {
    /// It may, with the token of the entry.
    Held(Box<Entry>),
    /// Another one does, at most until the hold of the entry ends.
    Busy(Box<Entry>),
}

/// An answer to a call, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// When it was recorded.
    pub at: Timestamp,
    /// The answer, as stored; from [`Journal::raw_answers`](super::Journal::raw_answers) as it came.
    pub body: StoredBody,
}

/// Which entries to read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Selection {
    /// Calls that are neither done nor refused, with a number above this.
    Open {
        /// Zero, or the number of the last one read.
        after: i64,
    },
    /// Calls whose outcome is unknown and which are due to be looked for, those due longest first.
    Due {
        /// The time.
        now: Timestamp,
        /// One that is due, or held, by more than this later is due as well: a clock that was wrong left it.
        furthest: Duration,
    },
    /// The call with this key.
    Key(String),
    /// Calls about the object with this id.
    Object(String),
}

/// Numbers of open calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallCounts {
    /// Calls of which it is certain that they were not sent.
    pub intended: u64,
    /// Calls that may have been sent: those being sent now, and those whose outcome is unknown.
    pub sending: u64,
    /// Calls that wait for a person.
    pub ambiguous: u64,
    /// Calls that the provider said were done, and whose objects are not known.
    pub confirmed: u64,
    /// When the oldest of them began.
    pub oldest: Option<Timestamp>,
}

impl CallCounts {
    /// Adds the number of calls in one open phase.
    pub fn add(&mut self, phase: Phase, number: u64, oldest: Option<Timestamp>) {
        match phase {
            Phase::Intended => self.intended += number,
            Phase::Sending => self.sending += number,
            Phase::Ambiguous => self.ambiguous += number,
            Phase::Confirmed => self.confirmed += number,
            Phase::Done | Phase::Refused => return,
        }
        self.oldest = [self.oldest, oldest].into_iter().flatten().min();
    }
}

/// How far ahead a hold or a pause is believed, if [`hold`](super::Journal::hold) and [`grace`](super::Journal::grace) are not
/// long: a clock that was wrong must not put a call out of sight for a year.
///
/// A worker that takes a call up too early does no harm: the one that held it is fenced off, and what it sent is looked for.
/// A person's verdict ends the search, so it waits for every hold.
pub const FURTHEST: Duration = Duration::from_hours(24);

/// Most answers of one call that are kept: the latest.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "testing"))]
pub(crate) const MOST_ANSWERS: usize = 32;

/// Where a journal is kept: a store, or an inbox in it. Each method is one transaction, durable when it returns `Ok`.
pub trait JournalStore: Send + Sync + 'static {
    /// The store.
    type Store: Store;

    /// The store.
    fn store(&self) -> &Self::Store;

    /// Stores the intent unless its key is known, and takes the call up if no other worker holds it, as [`Entry::take_up`]
    /// does.
    fn begin(
        &self,
        intent: Entry,
        now: Timestamp,
        hold: Duration,
        furthest: Duration,
    ) -> impl Future<Output = Result<Begun>> + Send {
        self.store().transact(move |calls| {
            Box::pin(async move {
                let key = intent.key.clone();
                calls.add_call(intent).await?;
                let mut entry = calls.lock_call(&key).await?;
                if !entry.take_up(now, hold, furthest) {
                    return Ok(Begun::Busy(Box::new(entry)));
                }
                calls.save_call(entry.clone()).await?;
                Ok(Begun::Held(Box::new(entry)))
            })
        })
    }

    /// Records how far a call is, as [`Entry::record`] does, and returns the entry as it is then. The hold ends, unless the
    /// call leaves now.
    ///
    /// [`Record::answers`] are added whoever brings them, unless the call is done and final, and the latest 32 of a call are
    /// kept.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the call is not as the record says. Its answers are stored even so.
    fn record(
        &self,
        key: &str,
        token: i64,
        mut record: Record,
    ) -> impl Future<Output = Result<Entry>> + Send {
        let key = key.to_owned();
        let recorded = self.store().transact(move |calls| {
            Box::pin(async move {
                let (at, answers) = (record.at, std::mem::take(&mut record.answers));
                let mut entry = calls.lock_call(&key).await?;
                let counts = entry.record(token, record);
                if counts {
                    calls.save_call(entry.clone()).await?;
                }
                let is_final = entry.phase == Phase::Done && entry.final_at.is_some();
                if !answers.is_empty() && !entry.erased && !is_final {
                    calls.add_answers(&key, at, answers).await?;
                }
                Ok(counts.then_some(entry))
            })
        });
        // After the commit: answers stay, whatever becomes of the verdict.
        async { recorded.await?.ok_or_else(Error::lease_lost) }
    }

    /// Reads entries, oldest first.
    fn select(&self, selection: Selection, limit: u32) -> impl Future<Output = Result<Vec<Entry>>> + Send {
        self.store()
            .view(move |calls| Box::pin(calls.calls(selection, limit)))
    }

    /// The answers to a call as they came, in their order.
    fn answers(&self, key: &str) -> impl Future<Output = Result<Vec<StoredAnswer>>> + Send {
        let key = key.to_owned();
        self.store().view(move |calls| Box::pin(calls.answers(key)))
    }
}

/// The calls of a store, in a transaction.
pub trait Calls: Send {
    /// Stores the intent unless its key is known.
    fn add_call(&mut self, intent: Entry) -> impl Future<Output = Result<()>> + Send;

    /// Reads an entry. Its row is locked until the commit: of two workers at once, the second is judged by what the first
    /// has written.
    ///
    /// # Errors
    /// If there is no such call.
    fn lock_call(&mut self, key: &str) -> impl Future<Output = Result<Entry>> + Send;

    /// Stores a locked entry.
    fn save_call(&mut self, entry: Entry) -> impl Future<Output = Result<()>> + Send;

    /// Adds answers to a call, and drops all but the latest 32.
    fn add_answers(
        &mut self,
        key: &str,
        at: Timestamp,
        answers: Vec<StoredBody>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Reads entries, oldest first.
    fn calls(&mut self, selection: Selection, limit: u32) -> impl Future<Output = Result<Vec<Entry>>> + Send;

    /// The answers to a call as they came, in their order.
    fn answers(&mut self, key: String) -> impl Future<Output = Result<Vec<StoredAnswer>>> + Send;

    /// Counts open calls.
    fn call_counts(&mut self) -> impl Future<Output = Result<CallCounts>> + Send;

    /// Marks the calls about an object as final and drops their raw answers; the number of calls.
    fn finish_calls(&mut self, object: String, at: Timestamp) -> impl Future<Output = Result<u64>> + Send;

    /// Erases request and answers of calls that have been final since this time or longer, as many as one transaction
    /// should; their number.
    fn erase_calls(&mut self, before: Timestamp) -> impl Future<Output = Result<u64>> + Send;
}
