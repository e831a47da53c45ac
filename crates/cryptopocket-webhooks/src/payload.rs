//! The object of an event.

/// Declares a payload: a struct of fields, how each is read, and its JSON form, an object of the fields that are not absent.
macro_rules! payload {
    (
        $(#[$doc:meta])*
        pub struct $name:ident = $expected:literal {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = |$object:ident| $read:expr;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Field<$type>,)+
            /// All other fields as received.
            pub extra: Extra,
        }

        impl FromJson for $name {
            const EXPECTED: &'static str = $expected;

            fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
                let mut object = ObjectReader::of(fields, surprises);
                $(let $field = {
                    let $object = &mut object;
                    $read
                };)+
                Ok(Self { $($field,)+ extra: object.extra() })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut fields = serializer.serialize_map(None)?;
                $(if !self.$field.is_absent() {
                    fields.serialize_entry(stringify!($field), &self.$field)?;
                })+
                if !self.extra.is_empty() {
                    fields.serialize_entry("extra", &self.extra)?;
                }
                fields.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = Extra::deserialize(deserializer)?;
                Ok(Self {
                    $($field: take(&mut fields, stringify!($field))?,)+
                    extra: take(&mut fields, "extra")?,
                })
            }
        }
    };
}

mod offramp;
mod payment;

use cryptopocket_types::{Extra, OfframpStatus, PaymentStatus};
use serde_core::de::{DeserializeOwned, Error};

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

/// Takes the field `name` out; the default value when it is absent or null.
fn take<T: DeserializeOwned + Default, E: Error>(fields: &mut Extra, name: &str) -> Result<T, E> {
    let present = fields.remove(name).filter(|raw| raw.get() != "null");
    present.map_or_else(|| Ok(T::default()), |raw| raw.decode().map_err(E::custom))
}

/// The state of an event's object.
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
