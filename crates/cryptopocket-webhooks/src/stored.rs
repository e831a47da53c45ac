//! JSON forms of events and their parts, for a database or a queue.
//!
//! By hand, since `serde`'s derive would be a third of the compile time of this crate.

use cryptopocket_types::Extra;
use serde_core::de::{Deserialize, Deserializer, Error as _};
use serde_core::ser::{Serialize, Serializer};

use crate::catalogue::{Domain, EventKind};
use crate::dedup::Sighting;
use crate::error::VerifyErrorKind;
use crate::event::Event;
use crate::key::EventKey;
use crate::payload::{ObjectState, Payload};

/// Types whose JSON form is a text: `$write` gives it and `$read` takes it.
macro_rules! texts {
    ($($name:ty, $write:expr, $read:expr;)+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($write(self))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $read(String::deserialize(deserializer)?.as_str()).map_err(D::Error::custom)
            }
        }
    )+};
}

texts! {
    Event, Event::raw, |body: &str| Event::parse(body.as_bytes());
    EventKey, EventKey::as_str, |key: &str| Ok::<_, &str>(EventKey(key.into()));
    EventKind, |kind: &EventKind| kind.name().unwrap_or("UNKNOWN"), |name| Ok::<_, &str>(EventKind::from_name(name));
    Domain, |domain: &Domain| domain.as_str(), |text| Domain::of_word(text).ok_or(UNKNOWN);
    Sighting, |sighting: &Sighting| sighting.as_str(), |text| Sighting::of_word(text).ok_or(UNKNOWN);
    VerifyErrorKind, |kind: &VerifyErrorKind| kind.as_str(), |text| VerifyErrorKind::of_word(text).ok_or(UNKNOWN);
}

const UNKNOWN: &str = "unknown value";

/// Enums with data: an object with one member, named for the variant.
macro_rules! tagged {
    ($($name:ident { $($tag:literal $variant:ident)+ })+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => {
                        serializer.serialize_newtype_variant(stringify!($name), 0, $tag, value)
                    })+
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut members = Extra::deserialize(deserializer)?.into_iter();
                match (members.next(), members.next()) {
                    (Some((tag, value)), None) => match tag.as_str() {
                        $($tag => value.decode().map(Self::$variant).map_err(D::Error::custom),)+
                        _ => Err(D::Error::custom("unknown variant")),
                    },
                    _ => Err(D::Error::custom("expected an object with one member")),
                }
            }
        }
    )+};
}

tagged! {
    Payload { "payment" Payment "offramp" Offramp "other" Other }
    ObjectState { "payment" Payment "offramp" Offramp }
}

#[cfg(test)]
mod tests {
    use core::fmt::Debug;

    use cryptopocket_types::{OfframpStatus, PaymentStatus};
    use serde_core::de::DeserializeOwned;

    use super::*;

    fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
        json
    }

    #[test]
    fn events_and_payloads_round_trip() {
        for body in [
            r#" {"type":"PAY_IN","data":{"id":"p1","user_id":"007","status":"frozen","fiat_amount":15050,"fiat_symbol":"EUR",
                "coin_amount":148.320,"coin_symbol":"USDC","created_at":"2026-04-08T12:00:00.25+02:00","holder":"Ana",
                "txid":"0x1","fee":1.10}} "#,
            r#"{"type":"PAY_IN","id":[],"status":"","fiat_amount":1.5,"fiat_symbol":"EUR"}"#,
            r#"{"event":"CRYPTO_RECEIVED","rampoff_id":7,"amount":"20","decimals":0,"crypto":"DAI","fiat_amount":"4800.240"}"#,
            r#"{"type":"NEW","x":[1.50, null]}"#,
            "{}",
        ] {
            let event = Event::parse(body.as_bytes()).unwrap();
            let stored: Event = serde_json::from_str(&round_trips(&event)).unwrap();
            assert_eq!((stored.raw(), stored.fingerprint()), (body, event.fingerprint()));
            round_trips(event.payload());
            round_trips(&event.key());
            round_trips(&event.kind());
        }
    }

    #[test]
    fn stored_forms_are_stable() {
        let event = Event::parse(
            br#"{"type":"PAY_IN","data":{"id":"p1","fiat_amount":15050,"fiat_symbol":"EUR","fee":1.10}}"#,
        );
        assert_eq!(
            round_trips(event.unwrap().payload()),
            r#"{"payment":{"id":"p1","fiat":{"amount":"150.50","currency":"EUR"},"extra":{"fee":1.10}}}"#
        );
        let state = ObjectState::from(PaymentStatus::CoinsSent);
        assert_eq!(round_trips(&state), r#"{"payment":"coins_sent"}"#);
        let state = ObjectState::from(OfframpStatus::from("held"));
        assert_eq!(round_trips(&state), r#"{"offramp":"held"}"#);
        assert_eq!(
            round_trips(&EventKind::OfframpFinished),
            r#""TRANSFER_RAMPOFF_FINISHED""#
        );
        assert_eq!(round_trips(&EventKind::Unknown), r#""UNKNOWN""#);
        assert_eq!(round_trips(&Domain::OnRamp), r#""on-ramp""#);
        for sighting in Sighting::ALL {
            round_trips(sighting);
        }
        for kind in VerifyErrorKind::ALL {
            round_trips(kind);
        }
    }

    #[test]
    fn unknown_variants_are_refused() {
        assert!(serde_json::from_str::<Sighting>(r#""old""#).is_err());
        for json in [r#"{"x":{}}"#, "{}", r#"{"payment":"a","offramp":"b"}"#] {
            assert!(serde_json::from_str::<ObjectState>(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<Event>(r#""[]""#).is_err());
    }
}
