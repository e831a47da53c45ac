//! One field of a reply.

use core::fmt;
use core::ops::Deref;

use serde_core::de::{DeserializeOwned, Error as _};
use serde_core::ser::SerializeMap as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::RawJson;

/// A field of a reply: its value, absent, or there in a form that this version cannot read.
///
/// The text of an unreadable field is kept in the `extra` of its object, under the name that it has on the wire. Never take
/// an unreadable amount for zero or for absent.
///
/// Its JSON is that of the value, `null` when absent, and `{"unreadable":true}` when unreadable; it reads back as the same.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{Field, Money};
///
/// let shown = |fiat: &Field<Money>| match fiat {
///     Field::Value(fiat) => fiat.to_string(),
///     Field::Absent => "no amount yet".to_owned(),
///     // Not zero and not absent: its exact text is in the `extra` of the object.
///     Field::Unreadable => "ask the provider".to_owned(),
/// };
/// let fiat: Field<Money> = Field::Value("150.50 EUR".parse()?);
/// assert_eq!(shown(&fiat), "150.50 EUR");
/// assert_eq!(shown(&Field::Unreadable), "ask the provider");
///
/// // Where only a value counts:
/// assert_eq!(fiat.value().map(Money::to_string).as_deref(), Some("150.50 EUR"));
/// assert_eq!(Field::<Money>::Unreadable.value(), None);
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a caller that decides about money has to handle each of the three"
)]
pub enum Field<T> {
    /// The reply does not have the field, or has `null`.
    #[default]
    Absent,
    /// The value.
    Value(T),
    /// The reply has the field in a form that this version cannot read.
    Unreadable,
}

impl<T> Field<T> {
    /// The value, if it was readable.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unreadable => None,
        }
    }

    /// The value, taken.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unreadable => None,
        }
    }

    /// Whether there is a value.
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Whether there is no value: for serde's `skip_serializing_if`, where the text of an unreadable field is in `extra`.
    pub const fn is_no_value(&self) -> bool {
        !self.is_value()
    }

    /// Whether the field is absent or `null`.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the field is there and cannot be read.
    pub const fn is_unreadable(&self) -> bool {
        matches!(self, Self::Unreadable)
    }

    /// The same field with a reference to its value.
    pub const fn borrowed(&self) -> Field<&T> {
        match self {
            Self::Value(value) => Field::Value(value),
            Self::Absent => Field::Absent,
            Self::Unreadable => Field::Unreadable,
        }
    }

    /// The target of the value, such as the `str` of a `String`.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: Deref,
    {
        self.value().map(T::deref)
    }

    /// The field with its value replaced by `change`.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        self.and_then(|value| Some(change(value)))
    }

    /// The field with its value replaced by what `read` gives; unreadable where that is nothing.
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Field<U> {
        match self {
            Self::Value(value) => read(value).map_or(Field::Unreadable, Field::Value),
            Self::Absent => Field::Absent,
            Self::Unreadable => Field::Unreadable,
        }
    }

    /// Both values. Absent only if this field is; without the other the value has no meaning, so it is unreadable.
    pub fn zip<U>(self, other: Field<U>) -> Field<(T, U)> {
        self.and_then(|value| Some((value, other.into_value()?)))
    }

    /// The value, or `value` when the field is absent. An unreadable field stays unreadable.
    #[must_use]
    pub fn or(self, value: Option<T>) -> Self {
        match (self, value) {
            (Self::Absent, Some(value)) => Self::Value(value),
            (field, _) => field,
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<T: PartialEq> PartialEq<T> for Field<T> {
    fn eq(&self, other: &T) -> bool {
        self.value() == Some(other)
    }
}

/// An absent field equals `None`. An unreadable one does not.
impl<T: PartialEq> PartialEq<Option<T>> for Field<T> {
    fn eq(&self, other: &Option<T>) -> bool {
        match (self, other) {
            (Self::Value(value), Some(other)) => value == other,
            (Self::Absent, None) => true,
            _ => false,
        }
    }
}

/// The value as it shows itself, or the word `absent` or `unreadable`.
impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Absent => f.write_str("absent"),
            Self::Unreadable => f.write_str("unreadable"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Absent => f.pad("absent"),
            Self::Unreadable => f.pad("unreadable"),
        }
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Absent => serializer.serialize_none(),
            Self::Unreadable => {
                let mut mark = serializer.serialize_map(Some(1))?;
                mark.serialize_entry("unreadable", &true)?;
                mark.end()
            }
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As an option, so that a missing field is absent without `#[serde(default)]`.
        let Some(raw) = Option::<RawJson>::deserialize(deserializer)? else {
            return Ok(Self::Absent);
        };
        match raw.get() {
            "null" => Ok(Self::Absent),
            json if is_mark(json) => Ok(Self::Unreadable),
            _ => raw.decode().map(Self::Value).map_err(D::Error::custom),
        }
    }
}

/// Whether the JSON is the mark of an unreadable field. A `jsonb` column and a pretty printer put white space into it.
fn is_mark(json: &str) -> bool {
    let written = json.bytes().filter(|byte| !byte.is_ascii_whitespace());
    written.eq(r#"{"unreadable":true}"#.bytes())
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        Option::<T>::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;

    #[test]
    fn each_state_reads_back_the_same() {
        let money: Money = "150.50 EUR".parse().unwrap();
        for (field, text) in [
            (Field::Value(money), r#"{"amount":"150.50","currency":"EUR"}"#),
            (Field::Absent, "null"),
            (Field::Unreadable, r#"{"unreadable":true}"#),
        ] {
            assert_eq!(serde_json::to_string(&field).unwrap(), text);
            assert_eq!(serde_json::from_str::<Field<Money>>(text).unwrap(), field);
        }
        assert!(serde_json::from_str::<Field<Money>>("7").is_err());
    }

    #[test]
    fn missing_field_is_absent() {
        #[derive(serde::Deserialize)]
        struct Reply {
            fee: Field<Money>,
        }
        for text in ["{}", r#"{"fee":null}"#] {
            let reply: Reply = serde_json::from_str(text).unwrap();
            assert!(reply.fee.is_absent(), "{text}");
        }
    }

    #[test]
    fn unreadable_survives_other_white_space() {
        // As a `jsonb` column gives it back, and as a pretty printer writes it.
        for text in [r#"{"unreadable": true}"#, "{\n  \"unreadable\": true\n}"] {
            let read = serde_json::from_str::<Field<Money>>(text).unwrap();
            assert!(read.is_unreadable(), "{text}");
        }
    }

    #[test]
    fn unreadable_is_neither_replaced_nor_shown_as_absent() {
        assert_eq!(Field::Unreadable.or(Some(1)), Field::Unreadable);
        assert_eq!(Field::Absent.or(Some(1)), 1);
        assert_eq!(Field::<u8>::Unreadable.to_string(), "unreadable");
        assert_eq!(Field::<u8>::Absent.to_string(), "absent");
    }
}
