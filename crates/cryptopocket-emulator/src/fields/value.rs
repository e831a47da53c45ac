//! The values of a request's fields, borrowed from the body.

use std::borrow::Cow;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

#[derive(Debug)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    /// Other JSON, as it was written: numbers keep their digits.
    Other(&'a str),
}

impl Value<'_> {
    /// Null counts as absent.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Other("null"))
    }

    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone().into_owned()),
            Self::Other(_) => None,
        }
    }

    /// The digits of a JSON number.
    pub(crate) fn number(&self) -> Option<&str> {
        match self {
            Self::Other(json) => json
                .starts_with(|c: char| c == '-' || c.is_ascii_digit())
                .then_some(json),
            Self::Text(_) => None,
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Other(json) => json.parse().ok(),
            Self::Text(_) => None,
        }
    }

    /// A JSON number, or a text with digits.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Other(_) => self.number()?.parse().ok(),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        // Half of a surrogate pair is valid JSON but not valid text.
        let text: Option<String> = json
            .starts_with('"')
            .then(|| serde_json::from_str(json).ok())
            .flatten();
        Ok(text.map_or(Self::Other(json), |text| Self::Text(text.into())))
    }
}
