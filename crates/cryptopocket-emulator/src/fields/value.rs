//! The values of a request's fields, borrowed from the body.

use std::borrow::Cow;

use cryptopocket_types::Decimal;
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

impl Value<'_> {
    pub(super) fn text(&self) -> Option<String> {
        if let Self::Text(text) = self {
            Some(text.clone().into_owned())
        } else {
            None
        }
    }

    /// The digits of a JSON number.
    pub(super) fn number(&self) -> Option<&str> {
        if let Self::Number(digits) = self {
            Some(digits)
        } else {
            None
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self {
            Some(*flag)
        } else {
            None
        }
    }

    /// A JSON number, or a text with digits.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
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
