//! Events as stores keep them, and what a transaction does to them.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use cryptopocket_types::{Timestamp, debug_fields, setters};

use crate::error::Result;
use crate::words::words;

/// A body in the form in which it is stored.
#[derive(Clone, Default, PartialEq, Eq)]
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

/// The mark of a finished event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When.
    pub at: Timestamp,
    /// Replaces the stored body, where a policy redacts it.
    pub body: Option<StoredBody>,
}

/// What becomes of a claimed event that is not done.
#[derive(Clone, PartialEq, Eq)]
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

/// Hides the reason, which is in the words of others.
impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retry { due_at, counted, .. } => {
                let mut retry = f.debug_struct("Retry");
                retry
                    .field("due_at", due_at)
                    .field("counted", counted)
                    .finish_non_exhaustive()
            }
            Self::Dead { at, .. } => f.debug_struct("Dead").field("at", at).finish_non_exhaustive(),
        }
    }
}

words! {
    /// State of a stored event.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum EventState {
        /// Waits to be handled, now or later.
        Ready = "ready",
        /// Is being handled.
        Leased = "leased",
        /// Was handled.
        Done = "done",
        /// Was given up.
        Dead = "dead",
    }
}

/// A stored event.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Number of the event in the store; grows in the order of arrival.
    pub seq: i64,
    /// Fencing token of the latest claim.
    pub token: i64,
    /// Identity.
    pub key: String,
    /// Name of the event; empty for a body that is no event.
    pub name: String,
    /// Id of the payment or off-ramp, if present.
    pub object_id: Option<String>,
    /// The body, unless retention has erased it. Lists have none.
    pub body: Option<StoredBody>,
    /// State.
    pub state: EventState,
    /// When it came.
    pub received_at: Timestamp,
    /// When the provider signed it.
    pub signed_at: Timestamp,
    /// When it is due: handled again, or its lease taken over.
    pub due_at: Timestamp,
    /// Failed attempts.
    pub attempts: u32,
    /// Leases lost.
    pub lost: u32,
    /// Why the latest attempt failed, in the words of the handler.
    pub reason: Option<String>,
}

debug_fields! {
    /// Hides the reason, which is in the words of others.
    StoredEvent => |event|
        seq: event.seq,
        token: event.token,
        key: event.key,
        name: event.name,
        object_id: event.object_id,
        body: event.body,
        state: event.state,
        received_at: event.received_at,
        signed_at: event.signed_at,
        due_at: event.due_at,
        attempts: event.attempts,
        lost: event.lost,
}

impl StoredEvent {
    /// The right to handle it that the latest claim gave.
    pub fn lease(&self) -> Lease {
        Lease {
            seq: self.seq,
            token: self.token,
        }
    }
}

/// Which events a list or a replay is about.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::testing::MemoryStore;
/// use cryptopocket_inbox::{EventState, Filter, Inbox};
/// # use cryptopocket_webhooks::{Signer, Verifier};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Inbox::new(MemoryStore::new());
/// # let body = br#"{"type":"COINS_SENT","data":{"id":"p1","status":"coins_sent"}}"#;
/// # let headers = Signer::new("api-secret")?.sign(body);
/// # let verifier = Verifier::new("api-secret")?;
/// # let verified = verifier.verify(&headers, body)?;
/// inbox.receive(&verified).await?;
/// let waiting = inbox.list(Filter::all().state(EventState::Ready), 100).await?;
/// assert_eq!(waiting[0].object_id.as_deref(), Some("p1"));
/// let next_page = Filter::all().state(EventState::Ready).after(waiting[0].seq);
/// assert_eq!(inbox.list(next_page, 100).await?, []);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
/// ```
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

/// The events of a store, in a transaction.
pub trait Events: Send + 'static {
    /// Claims up to `limit` due events, those first that have been due longest, and returns them in order of arrival.
    ///
    /// A claimed event is due again after `lease`, twice as long for each lease that was lost. A claim of an event whose
    /// lease ran out counts as lost.
    fn claim(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<StoredEvent>>> + Send;

    /// Marks a claimed event as done.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the token is not the latest.
    fn mark_done(&mut self, lease: Lease, done: Done) -> impl Future<Output = Result<()>> + Send;

    /// Settles a claimed event without work.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the token is not the latest.
    fn settle(&mut self, lease: Lease, settlement: Settlement) -> impl Future<Output = Result<()>> + Send;

    /// Moves the end of a lease.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost) if the token is not the latest.
    fn extend(&mut self, lease: Lease, until: Timestamp) -> impl Future<Output = Result<()>> + Send;

    /// Makes events that are done or dead ready again, as many as one transaction should. Those without a body stay. Returns
    /// their number, and the last event that it looked at; `None` if there was none.
    fn replay(
        &mut self,
        filter: Filter,
        now: Timestamp,
    ) -> impl Future<Output = Result<(u64, Option<i64>)>> + Send;

    /// Erases the bodies and reasons of events done before `before`, as many as one transaction should, and returns their
    /// number. Keys and hashes stay.
    fn erase_bodies(&mut self, before: Timestamp) -> impl Future<Output = Result<u64>> + Send;

    /// Reads events in order of arrival, up to `limit`, with their bodies or without.
    fn events(
        &mut self,
        filter: Filter,
        limit: u32,
        with_bodies: bool,
    ) -> impl Future<Output = Result<Vec<StoredEvent>>> + Send;

    /// Lists contents in quarantine, oldest first, up to `limit`.
    fn quarantined(&mut self, limit: u32) -> impl Future<Output = Result<Vec<Quarantined>>> + Send;

    /// Takes content out of quarantine; `false` if it is not there.
    fn resolve(
        &mut self,
        id: i64,
        resolution: Resolution,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Counts events by state.
    fn counts(&mut self, now: Timestamp) -> impl Future<Output = Result<Counts>> + Send;

    /// Counts the events that are done. On SQLite this reads every stored event.
    fn done(&mut self) -> impl Future<Output = Result<u64>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_words_of_handlers() {
        let at = Timestamp::saturating_from_unix_micros(0);
        let reason = || Some("CANARY".to_owned());
        let event = StoredEvent {
            seq: 1,
            token: 1,
            key: "PAY_IN|id:p1".to_owned(),
            name: "PAY_IN".to_owned(),
            object_id: None,
            body: None,
            state: EventState::Dead,
            received_at: at,
            signed_at: at,
            due_at: at,
            attempts: 1,
            lost: 0,
            reason: reason(),
        };
        let dead = Settlement::Dead { at, reason: reason() };
        let retry = Settlement::Retry {
            due_at: at,
            counted: true,
            reason: reason(),
        };
        let shown = format!("{event:?} {dead:?} {retry:?}");
        assert!(!shown.contains("CANARY"), "{shown}");
        assert!(shown.contains("PAY_IN|id:p1") && shown.contains("counted: true"));
    }
}
