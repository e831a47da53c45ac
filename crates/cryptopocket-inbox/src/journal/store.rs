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
    /// Several objects carry its reference.
    Ambiguous,
}

impl Phase {
    const ALL: [Self; 5] = [
        Self::Intended,
        Self::Sending,
        Self::Done,
        Self::Refused,
        Self::Ambiguous,
    ];

    /// The number that stands for the phase in a database.
    pub const fn code(self) -> i16 {
        match self {
            Self::Intended => 0,
            Self::Sending => 1,
            Self::Done => 2,
            Self::Refused => 3,
            Self::Ambiguous => 4,
        }
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
    /// Hash of the request.
    pub request_hash: [u8; 32],
    /// The request.
    pub request: StoredBody,
}

/// A call in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key, which is the reference of the call.
    pub key: String,
    /// Hash of the request.
    pub request_hash: Vec<u8>,
    /// The request.
    pub request: StoredBody,
    /// How far it is.
    pub phase: Phase,
    /// When it was last recorded that it may be sent.
    pub sent_at: Option<Timestamp>,
    /// The answer, or what was found in its place.
    pub answer: Option<StoredBody>,
    /// Whether the answer is what a search found.
    pub recovered: bool,
    /// Why it was refused, or how many were found.
    pub reason: Option<String>,
    /// Fencing token: grows with each worker that takes the call up.
    pub token: i64,
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
    /// When it may have been sent, if that is what is recorded.
    pub sent_at: Option<Timestamp>,
    /// The answer.
    pub answer: Option<StoredBody>,
    /// Whether the answer is what a search found.
    pub recovered: bool,
    /// Why it was refused, or how many were found.
    pub reason: Option<String>,
    /// Whether the worker goes on with the call.
    pub keep_hold: bool,
}

/// Where a journal is kept. Each method is one transaction, durable when it returns `Ok`.
pub trait JournalStore: Send + Sync + 'static {
    /// Stores the intent unless its key is known, and takes the call up if no other worker holds it.
    fn begin(
        &self,
        entry: NewEntry,
        now: Timestamp,
        hold: Duration,
    ) -> impl Future<Output = Result<Begun, Error>> + Send;

    /// Records how far a call is. What is `None` in the record stays as it was.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the token is not the latest.
    fn record(&self, key: &str, token: i64, record: Record)
    -> impl Future<Output = Result<(), Error>> + Send;

    /// Lists calls that are neither done nor refused, oldest first.
    fn unsettled(&self, limit: u32) -> impl Future<Output = Result<Vec<Entry>, Error>> + Send;
}
