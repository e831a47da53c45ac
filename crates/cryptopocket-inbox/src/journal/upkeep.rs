//! Looking after a journal: open calls, what people find out, raw answers, retention.

use std::time::Duration;

use super::once::raw_place;
use super::{
    Begun, CallCounts, Calls as _, Entry, Journal, JournalStore, Phase, Record, Selection, StoredAnswer,
};
use crate::error::{Error, ErrorKind, Result};
use crate::measure;
use crate::transaction::{Store as _, in_steps};

/// What a person found out about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was done, and made this object. [`Journal::once`] then gives [`Once::Named`](super::Once::Named).
    Done {
        /// Id of the object.
        object: String,
    },
    /// It was not done, and is not to be done any more.
    NotDone,
    /// It was not done. The next [`Journal::once`] sends it.
    ///
    /// If that is wrong, money moves twice: nothing checks it.
    SendAgain,
}

impl<J: JournalStore> Journal<J> {
    /// Lists calls that are neither done nor refused, oldest first, up to `limit`: after a restart, call
    /// [`once`](Self::once) for each that is not ambiguous.
    pub async fn unsettled(&self, limit: u32) -> Result<Vec<Entry>> {
        self.store.select(Selection::Open { after: 0 }, limit).await
    }

    /// Lists calls whose outcome is unknown and which it is time to look for, up to `limit`: call [`once`](Self::once) for
    /// each. The pauses grow while a search finds nothing.
    pub async fn due(&self, limit: u32) -> Result<Vec<Entry>> {
        let due = Selection::Due {
            now: self.runtime.now(),
            furthest: self.furthest(),
        };
        self.store.select(due, limit).await
    }

    /// Reads entries, oldest first, up to `limit`.
    pub async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>> {
        self.store.select(selection, limit).await
    }

    /// The entry under `key`.
    pub async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let found = self.store.select(Selection::Key(key.to_owned()), 1).await?;
        Ok(found.into_iter().next())
    }

    /// How long ago the intent was recorded.
    pub fn age(&self, entry: &Entry) -> Option<Duration> {
        entry
            .begun_at
            .and_then(|begun_at| self.runtime.now().duration_since(begun_at))
    }

    /// The request that is in the journal under an entry's key. Empty once it is erased.
    pub fn request(&self, entry: &Entry) -> Result<Vec<u8>> {
        self.bodies.read(&entry.key, entry.request.clone())
    }

    /// The answers to a call as they came, in their order, whether they could be read or not: the latest 32. They hold
    /// secrets and personal data: an account, a link. None is left after [`finish`](Self::finish).
    pub async fn raw_answers(&self, key: &str) -> Result<Vec<StoredAnswer>> {
        let place = raw_place(key);
        let mut answers = self.store.answers(key).await?;
        for StoredAnswer { body, .. } in &mut answers {
            body.bytes = self.bodies.read(&place, body.clone())?;
            body.sealed_with = None;
        }
        Ok(answers)
    }

    /// Records what a person, `by`, found out about an open call, and from what evidence: `reason`.
    ///
    /// # Errors
    /// [`NotOpen`](ErrorKind::NotOpen) if the key is unknown, or its call is done or refused;
    /// [`LeaseLost`](ErrorKind::LeaseLost) while a worker is at it.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_inbox::journal::{Journal, JournalStore, Verdict};
    ///
    /// # async fn example(journal: Journal<impl JournalStore>) -> Result<(), cryptopocket_inbox::Error> {
    /// let found = Verdict::Done { object: "88231".into() };
    /// journal.settle("payout-17", found, "ada@example.com", "the provider's desk named the id, mail of 3 May").await
    /// # }
    /// ```
    pub async fn settle(&self, key: &str, verdict: Verdict, by: &str, reason: &str) -> Result<()> {
        let entry = self.taken_up(self.known(key).await?).await?;
        if !entry.phase.is_open() {
            return Err(not_open(key));
        }
        let (phase, object) = match verdict {
            Verdict::Done { object } => (Phase::Done, Some(object)),
            Verdict::NotDone => (Phase::Refused, None),
            Verdict::SendAgain => (Phase::Intended, None),
        };
        let record = Record {
            object,
            reason: Some(reason.to_owned()),
            settled_by: Some(by.to_owned()),
            ..Record::of(phase, self.runtime.now())
        };
        self.settle_as(&entry, record).await?;
        Ok(())
    }

    /// Refuses a call of which it is certain that it was never sent, in the name of `by` and for this `reason`: the customer
    /// has gone, say. Returns `false`, and lets the call be, if that is not certain: it was sent meanwhile, it is settled,
    /// or the journal has to [look first](Self::look_first).
    ///
    /// # Errors
    /// [`NotOpen`](ErrorKind::NotOpen) if the key is unknown; [`LeaseLost`](ErrorKind::LeaseLost) while a worker is at it.
    pub async fn give_up(&self, key: &str, by: &str, reason: &str) -> Result<bool> {
        let known = self.known(key).await?;
        if self.look_first || known.phase != Phase::Intended {
            return Ok(false);
        }
        let entry = self.taken_up(known).await?;
        match entry.phase {
            Phase::Intended => {
                let record = Record {
                    reason: Some(reason.to_owned()),
                    settled_by: Some(by.to_owned()),
                    ..Record::of(Phase::Refused, self.runtime.now())
                };
                self.settle_as(&entry, record).await?;
                return Ok(true);
            }
            Phase::Sending => self.give_back(&entry).await?,
            _ => {}
        }
        Ok(false)
    }

    async fn known(&self, key: &str) -> Result<Entry> {
        self.entry(key).await?.ok_or_else(|| not_open(key))
    }

    /// Takes a call up as a worker does: what a call under way brings must not meet a verdict given without it. Every hold
    /// is believed, since a verdict is not checked by a search.
    async fn taken_up(&self, known: Entry) -> Result<Entry> {
        let begun = self
            .store
            .begin(known, self.runtime.now(), self.hold, Duration::MAX);
        match begun.await? {
            Begun::Held(entry) => Ok(*entry),
            Begun::Busy(_) => Err(Error::lease_lost()),
        }
    }

    /// Counts open calls.
    ///
    /// With the feature `metrics` this also sets the gauges: call it at intervals.
    pub async fn counts(&self) -> Result<CallCounts> {
        let counted = self.store.store().view(|calls| Box::pin(calls.call_counts()));
        let counts = counted.await?;
        measure::open_calls(&counts, self.runtime.now());
        Ok(counts)
    }

    /// Says that a payment or off-ramp is final: drops the raw answers of the calls about it, and lets
    /// [`erase`](Self::erase) have the rest. Returns the number of calls.
    ///
    /// A reconciliation is a call about its payment.
    pub async fn finish(&self, object: &str) -> Result<u64> {
        let (object, now) = (object.to_owned(), self.runtime.now());
        let store = self.store.store();
        store
            .transact(move |calls| Box::pin(calls.finish_calls(object, now)))
            .await
    }

    /// Erases requests and answers of calls that were refused, or whose object was [final](Self::finish), `age` ago or
    /// longer, and returns the number of calls. Open calls are never touched.
    ///
    /// Key, hash of the request, phase, object and reason stay for ever, so that a key is never used twice.
    pub async fn erase(&self, age: Duration) -> Result<u64> {
        match self.runtime.now().checked_sub(age) {
            Some(before) => {
                in_steps(self.store.store(), move |calls| {
                    Box::pin(calls.erase_calls(before))
                })
                .await
            }
            None => Ok(0),
        }
    }
}

fn not_open(key: &str) -> Error {
    Error::new(
        ErrorKind::NotOpen,
        format!("the journal has no open call under the key {key}"),
    )
}
