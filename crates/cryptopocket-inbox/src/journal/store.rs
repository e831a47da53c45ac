//! What a store of a journal has to do.

use std::future::Future;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::error::Error;
use crate::store::StoredBody;

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// It is certain that nothing has been sent since this was recorded.
    Intended,
    /// It may have been sent.
    Sending,
    /// It was done.
    Done,
    /// It was refused, with nothing done.
    Refused,
    /// Several objects may be its effect.
    Ambiguous,
    /// The provider said that it was done, and what it made is not known.
    Confirmed,
}

impl Phase {
    const ALL: [Self; 6] = [
        Self::Intended,
        Self::Sending,
        Self::Done,
        Self::Refused,
        Self::Ambiguous,
        Self::Confirmed,
    ];

    /// `intended`, `sending`, `done`, `refused`, `ambiguous` or `confirmed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Ambiguous => "ambiguous",
            Self::Confirmed => "confirmed",
        }
    }

    /// Whether the call is neither done nor refused.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Refused)
    }

    /// The number that stands for the phase in a database.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// The phase that a number stands for.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.code() == code)
    }
}

/// An intent on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The key, which is the reference of the call.
    pub key: String,
    /// Name of the operation.
    pub operation: String,
    /// Hash of the request.
    pub request_hash: Vec<u8>,
    /// The request.
    pub request: StoredBody,
    /// How far ahead the hold of another worker is believed: at least [`FURTHEST`].
    pub furthest: Duration,
}

/// A call in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number of the entry; grows in the order of intents.
    pub seq: i64,
    /// The key, which is the reference of the call.
    pub key: String,
    /// Name of the operation, such as `create_payment`.
    pub operation: String,
    /// Hash of the request.
    pub request_hash: Vec<u8>,
    /// The request.
    pub request: StoredBody,
    /// How far it is.
    pub phase: Phase,
    /// When the intent was recorded.
    pub begun_at: Option<Timestamp>,
    /// When it was last recorded that it may be sent.
    pub sent_at: Option<Timestamp>,
    /// When it became done, refused or ambiguous.
    pub settled_at: Option<Timestamp>,
    /// When its object was said to be final, or the call was refused.
    pub final_at: Option<Timestamp>,
    /// When to look for it, while its outcome is unknown.
    pub due_at: Option<Timestamp>,
    /// The answer, or what was found in its place.
    pub answer: Option<StoredBody>,
    /// Id of the object that it made or is about.
    pub object: Option<String>,
    /// Ids of objects that may be its effect, while it is ambiguous.
    pub candidates: Vec<String>,
    /// Whether the answer is what a search found.
    pub recovered: bool,
    /// Why it was refused or is not known, or what a person said.
    pub reason: Option<String>,
    /// Who settled it, if a person did.
    pub settled_by: Option<String>,
    /// Whether request and answers were erased.
    pub erased: bool,
    /// Fencing token: grows with each worker that takes the call up.
    pub token: i64,
}

impl Entry {
    /// Takes in a record that comes with this token, as every store does; `false` if the record does not count. Answers as
    /// they came are none of its matters.
    #[must_use]
    pub fn record(&mut self, token: i64, mut record: Record) -> bool {
        if self.token != token {
            let Some(counts) = record.overtaken(self) else {
                return false;
            };
            record = counts;
            // The new token ends the work of the present holder.
            self.token += 1;
        }
        let is_settled = !matches!(record.phase, Phase::Intended | Phase::Sending | Phase::Confirmed);
        let stays_done = self.phase == Phase::Done && record.phase == Phase::Done;
        if !(stays_done && record.object.is_some() && record.object == self.object) {
            // Nothing can become of a call that was refused.
            self.final_at = (record.phase == Phase::Refused).then_some(record.at);
        }
        let is_another = record.object.is_some() && self.object.is_some() && record.object != self.object;
        if record.answer.is_some() || is_another {
            self.erased &= record.answer.is_none();
            self.answer = record.answer;
        }
        self.phase = record.phase;
        self.sent_at = record.leaves.then_some(record.at).or(self.sent_at);
        self.settled_at = is_settled.then_some(record.at);
        self.object = record.object.or(self.object.take());
        self.candidates = record.candidates;
        self.recovered = record.recovered;
        self.reason = record.reason;
        self.settled_by = record.settled_by.or(self.settled_by.take());
        self.due_at = record.due_at;
        true
    }
}

/// Whether the caller may work on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Begun {
    /// It may, with the token of the entry.
    Held(Box<Entry>),
    /// Another one does, at most until this time.
    Busy {
        /// When its hold ends.
        until: Timestamp,
    },
}

/// What is recorded of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// How far it is.
    pub phase: Phase,
    /// When this is recorded.
    pub at: Timestamp,
    /// The answer.
    pub answer: Option<StoredBody>,
    /// Answers as they came. They are added to those of before.
    pub answers: Vec<StoredBody>,
    /// Id of the object.
    pub object: Option<String>,
    /// Ids of objects that may be its effect. Replaces those of before.
    pub candidates: Vec<String>,
    /// Whether it is what a search found or left, not the provider's answer to the call.
    pub recovered: bool,
    /// Why it was refused or is not known, or what a person said. Replaces that of before.
    pub reason: Option<String>,
    /// Who settled it, if a person did.
    pub settled_by: Option<String>,
    /// When to look for it, while its outcome is unknown. Replaces that of before.
    pub due_at: Option<Timestamp>,
    /// Whether the call leaves now: `at` is when it may have been sent, and the worker goes on with it.
    pub leaves: bool,
}

impl Record {
    /// A record of the phase alone.
    pub const fn of(phase: Phase, at: Timestamp) -> Self {
        Self {
            phase,
            at,
            answer: None,
            answers: Vec::new(),
            object: None,
            candidates: Vec::new(),
            recovered: false,
            reason: None,
            settled_by: None,
            due_at: None,
            leaves: false,
        }
    }

    /// What this is worth if it comes from a worker that has lost the call, which is `known` as it is now; `None` if the
    /// verdict of others stands.
    ///
    /// That the provider said "done" is true whoever heard it. It outweighs what a search found or proved, ends the work of
    /// another worker, and keeps the call from being sent again. If the sendings of two workers were done, or may have been,
    /// a person has to see that: the call is ambiguous. So it is if a late sending may have been done and the call counts as
    /// refused; one that counts as not sent is looked for first. Nothing else that a late worker says counts.
    #[must_use]
    pub fn overtaken(self, known: &Entry) -> Option<Self> {
        // What a search found or left is no news, and what was to leave has not left.
        if self.recovered || self.leaves {
            return None;
        }
        let at = self.at;
        let done_twice = |candidates: Vec<String>| Self {
            candidates,
            ..Self::of(Phase::Ambiguous, at)
        };
        // The other worker's own sending was answered. What a search found may be what this one made.
        let is_answered = !known.recovered && known.answer.is_some();
        match (self.phase, known.phase) {
            // A refusal too: it is that of a second request, often because of what the first one did. A confirmed call is
            // looked for again, and never sent again; if nothing is found, a person decides.
            // If only the second request was not sent, the call is looked for again as well.
            (Phase::Done | Phase::Confirmed, Phase::Sending | Phase::Refused)
            | (Phase::Done | Phase::Confirmed | Phase::Sending, Phase::Intended) => Some(self),
            (Phase::Confirmed | Phase::Sending, Phase::Done) if is_answered => {
                Some(done_twice(known.object.iter().cloned().collect()))
            }
            // The refusal is that of the second request, often because of what this one did.
            (Phase::Sending, Phase::Refused) => Some(done_twice(Vec::new())),
            (Phase::Done, Phase::Done) if known.object == self.object => {
                (known.recovered || known.answer.is_none()).then_some(self)
            }
            (Phase::Done, Phase::Done) => {
                let both = [known.object.clone(), self.object];
                Some(done_twice(both.into_iter().flatten().collect()))
            }
            // Of the other object nothing is known but that there is one.
            (Phase::Done, Phase::Confirmed) => Some(Self {
                phase: Phase::Ambiguous,
                candidates: self.object.iter().cloned().collect(),
                ..self
            }),
            _ => None,
        }
    }
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

/// Where a journal is kept. Each method is one transaction, durable when it returns `Ok`.
pub trait JournalStore: Send + Sync + 'static {
    /// Stores the intent unless its key is known, and takes the call up if no other worker holds it.
    ///
    /// A hold that ends more than [`NewEntry::furthest`] after `now` is none: a clock that was wrong left it.
    fn begin(
        &self,
        entry: NewEntry,
        now: Timestamp,
        hold: Duration,
    ) -> impl Future<Output = Result<Begun, Error>> + Send;

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
        record: Record,
    ) -> impl Future<Output = Result<Entry, Error>> + Send;

    /// Reads entries, oldest first.
    fn select(
        &self,
        selection: Selection,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Entry>, Error>> + Send;

    /// The answers to a call as they came, in their order.
    fn answers(&self, key: &str) -> impl Future<Output = Result<Vec<StoredAnswer>, Error>> + Send;

    /// Counts open calls.
    fn call_counts(&self) -> impl Future<Output = Result<CallCounts, Error>> + Send;

    /// Marks the calls about an object as final and drops their raw answers; the number of calls.
    fn finish(&self, object: &str, at: Timestamp) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Erases request and answers of calls that have been final since this time or longer; their number.
    fn erase_final(&self, before: Timestamp) -> impl Future<Output = Result<u64, Error>> + Send;
}
