//! The values of a request's fields, borrowed from the body.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
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

/// The most fields that a request can have: they are searched linearly.
pub(super) const MOST_FIELDS: usize = 1_000;

/// The members of a JSON object in their order, at most one more than is allowed.
pub(super) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, Value<'a>)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut members: Vec<(Cow<'de, str>, Value<'de>)> = Vec::new();
        while let Some(name) = map.next_key::<&RawValue>()? {
            let name = text_of(name.get()).ok_or_else(|| A::Error::custom("a name that is no text"))?;
            let value: &RawValue = map.next_value()?;
            if members.len() <= MOST_FIELDS {
                members.push((name, value_of(value.get())));
            }
        }
        Ok(Object(members))
    }
}

fn value_of(json: &str) -> Value<'_> {
    match json.as_bytes().first() {
        Some(b'n') => Value::Null,
        // Half of a surrogate pair is valid JSON but not valid text.
        Some(b'"') => text_of(json).map_or(Value::Other, Value::Text),
        Some(b'-' | b'0'..=b'9') => Value::Number(json),
        Some(b't') => Value::Flag(true),
        Some(b'f') => Value::Flag(false),
        _ => Value::Other,
    }
}

/// The text that a JSON string stands for.
fn text_of(json: &str) -> Option<Cow<'_, str>> {
    let plain = json.strip_prefix('"')?.strip_suffix('"')?;
    if plain.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(plain))
}
