//! The values of a request's fields, borrowed from the body.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

#[derive(Debug)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    /// A JSON number, as it was written.
    Number(&'a str),
    Flag(bool),
    /// Treated as absent.
    Null,
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        Ok(match json.as_bytes().first() {
            Some(b'n') => Self::Null,
            // Half of a surrogate pair is valid JSON but not valid text.
            Some(b'"') => {
                serde_json::from_str(json).map_or(Self::Other, |text: String| Self::Text(text.into()))
            }
            Some(b'-' | b'0'..=b'9') => Self::Number(json),
            Some(b't') => Self::Flag(true),
            Some(b'f') => Self::Flag(false),
            _ => Self::Other,
        })
    }
}
