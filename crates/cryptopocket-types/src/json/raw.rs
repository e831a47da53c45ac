//! JSON values as exact text.

use core::str::FromStr;

use serde_core::de::DeserializeOwned;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::scalar::read;
use crate::reading::JsonKind;
use crate::{ParseError, formats, from};

/// A JSON value as exact text: numbers keep every digit, objects keep their order.
///
/// Two values are equal if their texts are. Debug shows kind and length only, since the content may be personal.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::json::RawJson;
///
/// let raw: RawJson = serde_json::from_str("1.000000000000000000000000001")?;
/// assert_eq!(raw.get(), "1.000000000000000000000000001");
/// assert_eq!(format!("{raw:?}"), "RawJson(number, 29 bytes)");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// The JSON text.
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// Reads the text as `T`.
    ///
    /// # Errors
    ///
    /// When the text does not have the form of `T`. The message may quote the value: do not log it.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.get())
    }

    /// The JSON text of `value`.
    pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(Self)
    }

    /// What kind of value it is.
    pub fn kind(&self) -> JsonKind {
        JsonKind::of(self.get())
    }
}

impl FromStr for RawJson {
    type Err = ParseError;

    /// Checks that the text is exactly one JSON value.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        RawValue::from_string(text.to_owned()).map(Self).map_err(|_| {
            ParseError::new(
                "json",
                "not one JSON value",
                "pass the text of a single JSON value",
            )
        })
    }
}

from! {
    &RawValue => RawJson, |raw| Self(raw.to_owned());
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for RawJson {}

formats! {
    Debug of RawJson, |raw, f| write!(f, "RawJson({}, {} bytes)", raw.kind(), raw.get().len());
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, true).map(Self)
    }
}
