//! What a store has to do.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Timestamp, debug_fields, setters};
use cryptopocket_webhooks::Sighting;

use crate::error::Error;
use crate::handler::{BoxFuture, Failure};

/// Work that is done in the transaction that marks its event as done.
pub type Work<T> = Box<dyn for<'t> FnOnce(&'t mut T) -> BoxFuture<'t, Result<(), Failure>> + Send>;

/// What becomes of an event whose work failed.
pub type Settle = Arc<dyn Fn(&Failure) -> Settlement + Send + Sync>;

/// A body in the form in which it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredBody {
    /// The bytes, sealed or not.
    pub bytes: Vec<u8>,
    /// The number of the key that the bytes are sealed with.
    pub sealed_with: Option<u32>,
}

debug_fields! { StoredBody => |body| bytes: body.bytes.len(), sealed_with: body.sealed_with }

/// A verified event on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Identity: kind of event and its object.
    pub key: String,
    /// Name of the event; empty for a body that is no event.
    pub name: String,
    /// Id of the payment or off-ramp, if present.
    pub object_id: Option<String>,
    /// Hash of the content. The same key with another one is a change.
    pub fingerprint: [u8; 32],
    /// The body.
    pub body: StoredBody,
    /// When it came.
    pub received_at: Timestamp,
    /// When the provider signed it.
    pub signed_at: Timestamp,
}

/// The right to handle one event, until another worker claims it.
///
/// The token grows with each claim. A store checks it in the transaction that it protects, so a worker whose lease was
/// taken over cannot write, whatever its clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// Number of the event in the store.
    pub seq: i64,
    /// Fencing token.
    pub token: i64,
}

/// An event that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// The right to handle it.
    pub lease: Lease,
    /// Identity.
    pub key: String,
    /// The body, unless retention has erased it.
    pub body: Option<StoredBody>,
    /// When it came.
    pub received_at: Timestamp,
    /// When the provider signed it.
    pub signed_at: Timestamp,
    /// Failed attempts so far.
    pub attempts: u32,
    /// Leases lost so far.
    pub lost: u32,
}

/// The mark of a finished event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// Replaces the stored body, where a policy redacts it.
    pub body: Option<StoredBody>,
}

/// What becomes of a claimed event that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// It is handled again from this time on.
    Retry {
        /// The earliest time.
        due_at: Timestamp,
        /// Whether the failure counts as an attempt.
        counted: bool,
        /// Why it failed.
        reason: Option<String>,
    },
    /// It is given up.
    Dead {
        /// When.
        at: Timestamp,
        /// Why it failed.
        reason: Option<String>,
    },
}

/// How the work on an event ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The work and the mark "done" are committed.
    Done,
    /// The work failed and left nothing; the event was settled so.
    Failed(Settlement),
}

/// State of a stored event. Its number is in databases and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventState {
    /// Waits to be handled, now or later.
    Ready = 0,
    /// Is being handled.
    Leased = 1,
    /// Was handled.
    Done = 2,
    /// Was given up.
    Dead = 3,
}

impl EventState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Ready, Self::Leased, Self::Done, Self::Dead];

    /// `ready`, `leased`, `done` or `dead`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The number that stands for the state in a database.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// The state that a number stands for.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.code() == code)
    }
}

/// One event in a list, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Number of the event in the store; grows in the order of arrival.
    pub seq: i64,
    /// Identity.
    pub key: String,
    /// Name of the event; empty for a body that is no event.
    pub name: String,
    /// Id of the payment or off-ramp, if present.
    pub object_id: Option<String>,
    /// State.
    pub state: EventState,
    /// When it came.
    pub received_at: Timestamp,
    /// When it is due: handled again, or its lease taken over.
    pub due_at: Timestamp,
    /// Failed attempts.
    pub attempts: u32,
    /// Leases lost.
    pub lost: u32,
    /// Why the latest attempt failed, in the words of the handler.
    pub reason: Option<String>,
}

/// A stored event with its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Number of the event in the store; grows in the order of arrival.
    pub seq: i64,
    /// Identity.
    pub key: String,
    /// The body, unless it was erased.
    pub body: Option<StoredBody>,
    /// When it came.
    pub received_at: Timestamp,
    /// When the provider signed it.
    pub signed_at: Timestamp,
    /// Failed attempts.
    pub attempts: u32,
}

/// Which events a list or a replay is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filter {
    /// Only events received at this time or later.
    pub since: Option<Timestamp>,
    /// Only events in this state.
    pub state: Option<EventState>,
    /// Only the event with this key.
    pub key: Option<String>,
    /// Only events with a greater number, to continue a list.
    pub after: Option<i64>,
}

impl Filter {
    /// All events.
    pub fn all() -> Self {
        Self::default()
    }

    setters! {
        /// Only events received at this time or later.
        since = |time: Timestamp| Some(time);
        /// Only events in this state.
        state = |state: EventState| Some(state);
        /// Only the event with this key.
        key = |key: impl Into<String>| Some(key.into());
        /// Only events with a greater number, to continue a list.
        after = |seq: i64| Some(seq);
    }
}

/// Content that came under the key of an event with other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Number of the content.
    pub id: i64,
    /// Key of the event.
    pub key: String,
    /// The body, as stored; in a list of the inbox as received.
    pub body: Option<StoredBody>,
    /// When it first came.
    pub received_at: Timestamp,
    /// How often it came.
    pub deliveries: u32,
}

/// What becomes of content in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resolution {
    /// It is handled as an event of its own, with the key [`released_key`](crate::released_key).
    Release,
    /// It is known and not handled.
    Dismiss,
}

/// Numbers of events by state. Those that are done are counted by [`Inbox::done`](crate::Inbox::done): it takes longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Due now.
    pub ready: u64,
    /// Due later, after a failure.
    pub scheduled: u64,
    /// Being handled, or their worker died less than a lease ago.
    pub leased: u64,
    /// Given up.
    pub dead: u64,
    /// Contents in quarantine.
    pub quarantined: u64,
    /// When the oldest event came that is neither done nor dead.
    pub oldest: Option<Timestamp>,
}

/// Where events are kept. Implemented by `SqliteStore` and `PostgresStore`; another database needs an implementation.
///
/// Each method is one transaction, durable when it returns `Ok` and without effect when it returns `Err`. An error about
/// a lost connection may hide a commit; every method can be repeated then.
pub trait Store: Send + Sync + 'static {
    /// What a handler writes through.
    type Transaction: Send;

    /// Stores an event: `New` if the key is new, `Duplicate` if the content is known, otherwise `Changed`, with the
    /// content in quarantine.
    fn insert(&self, event: NewEvent) -> impl Future<Output = Result<Sighting, Error>> + Send;

    /// Claims up to `limit` due events, those first that have been due longest.
    ///
    /// A claimed event is due again after `lease`, twice as long for each lease that was lost. A claim of an event whose
    /// lease ran out counts as lost.
    fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Leased>, Error>> + Send;

    /// Does `work` and marks the event as done in one transaction.
    ///
    /// When the work fails its writes are rolled back and the event is settled as `settle` says.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost), before any work, if the token is not the latest.
    fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<Self::Transaction>,
        settle: Settle,
    ) -> impl Future<Output = Result<Outcome, Error>> + Send;

    /// Settles a claimed event without work.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the token is not the latest.
    fn settle(&self, lease: Lease, settlement: Settlement) -> impl Future<Output = Result<(), Error>> + Send;

    /// Moves the end of a lease.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the token is not the latest.
    fn extend(&self, lease: Lease, until: Timestamp) -> impl Future<Output = Result<(), Error>> + Send;

    /// Makes events that are done or dead ready again and returns their number. Those without a body stay.
    fn replay(&self, filter: Filter, now: Timestamp) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Erases the bodies and reasons of events done before `before`, and returns their number. Keys and hashes stay.
    fn erase_bodies(&self, before: Timestamp) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Lists events in order of arrival, up to `limit`.
    fn list(&self, filter: Filter, limit: u32) -> impl Future<Output = Result<Vec<Summary>, Error>> + Send;

    /// Reads events with their bodies in order of arrival, up to `limit`. Nothing is claimed.
    fn read(&self, filter: Filter, limit: u32) -> impl Future<Output = Result<Vec<Stored>, Error>> + Send;

    /// Lists contents in quarantine, oldest first, up to `limit`.
    fn quarantined(&self, limit: u32) -> impl Future<Output = Result<Vec<Quarantined>, Error>> + Send;

    /// Takes content out of quarantine; `false` if it is not there.
    fn resolve(
        &self,
        id: i64,
        resolution: Resolution,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Counts events by state.
    fn counts(&self, now: Timestamp) -> impl Future<Output = Result<Counts, Error>> + Send;

    /// Counts the events that are done.
    fn done(&self) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Completes when an event may have become ready. May miss some, so a worker also looks at intervals.
    fn woken(&self) -> impl Future<Output = ()> + Send;

    /// Finishes what was begun and closes the store.
    fn close(&self) -> impl Future<Output = ()> + Send;
}
