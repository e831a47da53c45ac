//! The object of an event.

mod offramp;
mod payment;

use cryptopocket_types::{Extra, OfframpStatus, PaymentStatus};

pub use offramp::OfframpPayload;
pub use payment::PaymentPayload;

/// The object of an event.
///
/// Evidence: assumed. The provider documents no payload; we expect the form of the object's GET. A field that cannot be
/// read never refuses the event: it is unreadable, apart from absent, and its text is kept in `extra`.
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

/// The state of an event's object.
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
    /// State of a payment.
    Payment(PaymentStatus),
    /// State of an off-ramp.
    Offramp(OfframpStatus),
}

impl ObjectState {
    /// Whether this state precedes `other` in the lifecycle of one object.
    ///
    /// False for equal states and for an unknown order: an unknown status, or states of different kinds of object.
    pub fn is_before(&self, other: &Self) -> bool {
        let ranks = match (self, other) {
            (Self::Payment(a), Self::Payment(b)) => a.rank().zip(b.rank()),
            (Self::Offramp(a), Self::Offramp(b)) => a.rank().zip(b.rank()),
            _ => None,
        };
        ranks.is_some_and(|(a, b)| a < b)
    }

    /// The status in the spelling of the provider.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Payment(status) => status.as_str(),
            Self::Offramp(status) => status.as_str(),
        }
    }
}

macro_rules! states {
    ($($status:ident = $state:ident;)+) => {$(
        impl From<$status> for ObjectState {
            fn from(status: $status) -> Self {
                Self::$state(status)
            }
        }

        impl From<&$status> for ObjectState {
            fn from(status: &$status) -> Self {
                Self::$state(status.clone())
            }
        }
    )+};
}

states! {
    PaymentStatus = Payment;
    OfframpStatus = Offramp;
}
