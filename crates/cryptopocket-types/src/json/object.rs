//! The JSON form of small structs.

use core::fmt;

use serde_core::de::{Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::scalar::read;

/// Reads an object, and keeps the fields of these names with their text.
///
/// Not by way of a value of `serde_json`, which keeps the last of two amounts in silence.
pub(crate) struct Known(pub(crate) &'static [&'static str]);

impl<'de> Visitor<'de> for Known {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the fields {}", self.0.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Vec::with_capacity(self.0.len());
        while let Some(name) = map.next_key::<String>()? {
            match self.0.iter().find(|known| **known == name) {
                Some(known) => found.push((*known, map.next_value::<Exact>()?.0)),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Found(found))
    }
}

/// The text of a value. A number that came as a float is refused: an amount is not exact then.
struct Exact(Box<RawValue>);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, false).map(Self)
    }
}

/// The fields that an object has, by the name each stood under.
pub(crate) struct Found(Vec<(&'static str, Box<RawValue>)>);

impl Found {
    /// The value of the field that stands under one of `names`; `null` counts as missing. Two of them are refused: an amount
    /// must have one reading.
    pub(crate) fn decode<T: DeserializeOwned, E: Error>(&self, names: &[&'static str]) -> Result<T, E> {
        let mut found = self.0.iter().filter(|(name, _)| names.contains(name));
        let raw = found.next().map_or("null", |(_, raw)| raw.get());
        if let Some((twin, _)) = found.next() {
            return Err(E::duplicate_field(twin));
        }
        serde_json::from_str(raw).map_err(|error| match raw {
            "null" => E::missing_field(names[0]),
            _ => E::custom(error),
        })
    }
}

/// Serde and JSON Schema of a struct: an object of its fields. Each is read under any of its names, and written under the
/// first as `$written`; an `optional` one is left out if it is `None`.
///
/// By hand, because `serde`'s derive is a third of the compile time of the webhooks crate, and because each value has to be
/// read from its exact text.
macro_rules! json_object {
    ($name:ident, $text:literal, |$value:ident| {
        $($field:ident $(or $other:literal)*: $type:ty = $written:expr;)+
    } $(optional $optional:ident: $inner:ty)?) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde_core::ser::SerializeStruct as _;
                let $value = self;
                let length = [$(stringify!($field)),+].len() $(+ usize::from($value.$optional.is_some()))?;
                let mut fields = serializer.serialize_struct(stringify!($name), length)?;
                $(fields.serialize_field(stringify!($field), $written)?;)+
                $(match &$value.$optional {
                    Some(optional) => fields.serialize_field(stringify!($optional), optional)?,
                    None => fields.skip_field(stringify!($optional))?,
                })?
                fields.end()
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const NAMES: &[&str] = &[
                    $(stringify!($field), $($other,)*)+
                    $(stringify!($optional))?
                ];
                // As a struct: serde's `flatten` hands over the named fields only, and some formats read nothing else.
                let known = $crate::json::Known(NAMES);
                let fields = deserializer.deserialize_struct(stringify!($name), NAMES, known)?;
                Ok(Self {
                    $($field: fields.decode(&[stringify!($field) $(, $other)*])?,)+
                    $($optional: fields.decode(&[stringify!($optional)])?,)?
                })
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let properties = ::serde_json::json!({
                    $(stringify!($field): generator.subschema_for::<$type>(),)+
                    $(stringify!($optional): generator.subschema_for::<$inner>(),)?
                });
                ::schemars::json_schema!({
                    "type": "object",
                    "description": $text,
                    "properties": properties,
                    "required": [$(stringify!($field)),+],
                })
            }
        }
    };
}

pub(crate) use json_object;
