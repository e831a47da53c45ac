//! Payments and off-ramps, and what changes of them.

use std::fmt;

use cryptopocket_types::{
    EventType, OfframpId, OfframpStatus, PaymentId, PaymentStatus, PaymentType, Timestamp,
};
use cryptopocket_webhooks::{Event, EventKind, ObjectState};

use super::observation::{Change, Source};
use crate::words::words;

/// Longest id of an object that a webhook is about, in bytes.
const LONGEST_ID: usize = 200;

words! {
    /// The kind of an object.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum ObjectKind {
        /// An on-ramp payment.
        Payment = "payment",
        /// An off-ramp.
        Offramp = "offramp",
    }
}

/// The states by their ranks.
const PAYMENT: [PaymentStatus; 4] = [
    PaymentStatus::Started,
    PaymentStatus::PendingBank,
    PaymentStatus::PaymentReceived,
    PaymentStatus::CoinsSent,
];
const OFFRAMP: [OfframpStatus; 3] = [
    OfframpStatus::Started,
    OfframpStatus::CryptoReceived,
    OfframpStatus::Finished,
];

impl ObjectKind {
    /// The state of this kind of object that the provider writes so.
    pub fn read_state(self, text: &str) -> ObjectState {
        match self {
            Self::Payment => PaymentStatus::from(text).into(),
            Self::Offramp => OfframpStatus::from(text).into(),
        }
    }

    pub(super) fn state(self, rank: u8) -> ObjectState {
        let rank = usize::from(rank.min(self.last()));
        match self {
            Self::Payment => PAYMENT[rank].clone().into(),
            Self::Offramp => OFFRAMP[rank].clone().into(),
        }
    }

    pub(super) const fn last(self) -> u8 {
        match self {
            Self::Payment => 3,
            Self::Offramp => 2,
        }
    }

    /// The rank of a state of this kind of object; `None` if it is unknown or of the other kind.
    pub(super) fn rank(self, state: &ObjectState) -> Option<u8> {
        match (self, state) {
            (Self::Payment, ObjectState::Payment(status)) => status.rank(),
            (Self::Offramp, ObjectState::Offramp(status)) => status.rank(),
            _ => None,
        }
    }
}

/// A payment or an off-ramp, by its id.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::tracker::{Object, ObjectKind};
///
/// let object = Object::payment("pay4H8nC");
/// assert_eq!((object.kind(), object.id()), (ObjectKind::Payment, "pay4H8nC"));
/// assert_eq!(object.to_string(), "payment pay4H8nC");
/// assert_ne!(object, Object::offramp("pay4H8nC"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Object {
    /// An on-ramp payment.
    Payment(PaymentId),
    /// An off-ramp.
    Offramp(OfframpId),
}

impl Object {
    /// The payment with this id.
    pub fn payment(id: impl Into<PaymentId>) -> Self {
        Self::Payment(id.into())
    }

    /// The off-ramp with this id.
    pub fn offramp(id: impl Into<OfframpId>) -> Self {
        Self::Offramp(id.into())
    }

    /// The object of this kind with this id.
    pub fn new(kind: ObjectKind, id: &str) -> Self {
        match kind {
            ObjectKind::Payment => Self::payment(id),
            ObjectKind::Offramp => Self::offramp(id),
        }
    }

    /// The kind.
    pub const fn kind(&self) -> ObjectKind {
        match self {
            Self::Payment(_) => ObjectKind::Payment,
            Self::Offramp(_) => ObjectKind::Offramp,
        }
    }

    /// The id.
    pub fn id(&self) -> &str {
        match self {
            Self::Payment(id) => id.as_str(),
            Self::Offramp(id) => id.as_str(),
        }
    }

    /// The object that an event is about, if the event says so in a form that every database can hold.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let kind = match event.state()? {
            ObjectState::Payment(_) => ObjectKind::Payment,
            ObjectState::Offramp(_) => ObjectKind::Offramp,
            _ => return None,
        };
        let id = event.object_id()?;
        let fits = !id.is_empty() && id.len() <= LONGEST_ID && !id.contains('\0');
        fits.then(|| Self::new(kind, &id))
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind().as_str(), self.id())
    }
}

/// The webhooks of payments and off-ramps that are documented, and the rank of the state that each is sent for, whatever
/// the state of the object in its body.
pub(super) const WEBHOOKS: [(EventKind, EventType, ObjectKind, u8); 4] = [
    (EventKind::PayIn, EventType::PayIn, ObjectKind::Payment, 2),
    (EventKind::CoinsSent, EventType::CoinsSent, ObjectKind::Payment, 3),
    (
        EventKind::CryptoReceived,
        EventType::CryptoReceived,
        ObjectKind::Offramp,
        1,
    ),
    (
        EventKind::OfframpFinished,
        EventType::TransferRampoffFinished,
        ObjectKind::Offramp,
        2,
    ),
];

/// An object that is to be tracked.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::Inbox;
/// use cryptopocket_inbox::testing::MemoryStore;
/// use cryptopocket_inbox::tracker::{NewObject, Object, Tracker};
/// use cryptopocket_types::PaymentType;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let tracker = Tracker::new(Inbox::new(MemoryStore::new()));
/// let new = NewObject::new(Object::payment("p1"), "2026-04-08T10:00:00Z".parse()?).method(PaymentType::Card);
/// assert!(tracker.track(new.clone()).await?, "it is new");
/// assert!(!tracker.track(new).await?, "it was tracked before");
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct NewObject {
    pub(super) object: Object,
    pub(super) created_at: Timestamp,
    pub(super) method: Option<PaymentType>,
}

impl NewObject {
    /// An object that was created at `created_at`.
    pub fn new(object: Object, created_at: Timestamp) -> Self {
        Self {
            object,
            created_at,
            method: None,
        }
    }

    /// Sets the payment method, by which the pauses between polls are chosen.
    pub fn method(mut self, method: PaymentType) -> Self {
        self.method = Some(method);
        self
    }
}

/// A change of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The object.
    pub object: Object,
    /// What changed.
    pub change: Change,
    /// The source that said so.
    pub source: Source,
    /// When it was observed here.
    pub at: Timestamp,
}

/// A change with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number: the cursor to go on after it. Numbers grow, and not always by one.
    pub number: i64,
    /// The change.
    pub changed: Changed,
}
