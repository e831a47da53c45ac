//! What an event tells of its object.

mod offramp;
mod payment;
mod reader;

use cryptopocket_types::{Extra, OfframpStatus, PaymentStatus};

pub use offramp::OfframpPayload;
pub use payment::PaymentPayload;
pub(crate) use reader::Reader;

/// What an event tells of its object.
///
/// Evidence: assumed. The provider documents no payload; the object is taken to look as its GET shows it. What cannot
/// be read that way is kept in `extra`, never dropped and never a reason to refuse the event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// A payment, for the on-ramp events.
    Payment(Box<PaymentPayload>),
    /// An off-ramp, for the off-ramp events.
    Offramp(Box<OfframpPayload>),
    /// The fields of an event that this version does not know.
    Other(Extra),
}

/// How far the object of an event has come.
///
/// # Examples
/// ```
/// use cryptopocket_types::PaymentStatus;
/// use cryptopocket_webhooks::ObjectState;
///
/// let received = ObjectState::from(PaymentStatus::PaymentReceived);
/// assert!(received.is_before(&PaymentStatus::CoinsSent.into()));
/// assert!(!received.is_before(&PaymentStatus::from("frozen").into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectState {
    /// Of a payment.
    Payment(PaymentStatus),
    /// Of an off-ramp.
    Offramp(OfframpStatus),
}

impl ObjectState {
    /// Whether this state comes before `other` in the life of one object. False for equal states, and whenever the
    /// order is not known: an unknown status, or states of different things.
    pub fn is_before(&self, other: &Self) -> bool {
        let ranks = match (self, other) {
            (Self::Payment(a), Self::Payment(b)) => a.rank().zip(b.rank()),
            (Self::Offramp(a), Self::Offramp(b)) => a.rank().zip(b.rank()),
            _ => None,
        };
        ranks.is_some_and(|(a, b)| a < b)
    }

    /// The status as the provider spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Payment(status) => status.as_str(),
            Self::Offramp(status) => status.as_str(),
        }
    }
}

impl From<PaymentStatus> for ObjectState {
    fn from(status: PaymentStatus) -> Self {
        Self::Payment(status)
    }
}

impl From<OfframpStatus> for ObjectState {
    fn from(status: OfframpStatus) -> Self {
        Self::Offramp(status)
    }
}

impl From<&PaymentStatus> for ObjectState {
    fn from(status: &PaymentStatus) -> Self {
        Self::Payment(status.clone())
    }
}

impl From<&OfframpStatus> for ObjectState {
    fn from(status: &OfframpStatus) -> Self {
        Self::Offramp(status.clone())
    }
}
