//! Reads the named fields of a small struct.
//!
//! By hand, because `serde`'s derive is a third of the compile time of the webhooks crate, and because each value has to
//! be read from its exact text.

use core::fmt;
use core::marker::PhantomData;

use serde_core::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::RawJson;

/// The fields of a struct that were present, by the name each stood under.
pub(crate) struct Fields<E> {
    found: Vec<(&'static str, RawJson)>,
    error: PhantomData<E>,
}

impl<E: Error> Fields<E> {
    /// Reads an object and keeps the fields in `names`. A name that stands twice is refused: an amount must have one
    /// reading.
    pub(crate) fn read<'de, D: Deserializer<'de, Error = E>>(
        deserializer: D,
        type_name: &'static str,
        names: &'static [&'static str],
    ) -> Result<Self, E> {
        let found = deserializer.deserialize_struct(type_name, names, Collect(names))?;
        Ok(Self {
            found,
            error: PhantomData,
        })
    }

    /// The value of the field that stands under the first of `names`, or under one of its other spellings.
    pub(crate) fn required<T: DeserializeOwned>(&self, names: &[&'static str]) -> Result<T, E> {
        let missing = names.first().copied().unwrap_or_default();
        self.optional(names)?.ok_or_else(|| E::missing_field(missing))
    }

    /// As [`required`](Self::required); `None` when the field is absent or null.
    pub(crate) fn optional<T: DeserializeOwned>(&self, names: &[&'static str]) -> Result<Option<T>, E> {
        let mut matching = self.found.iter().filter(|(name, _)| names.contains(name));
        match (matching.next(), matching.next()) {
            (Some(_), Some((twin, _))) => Err(E::duplicate_field(twin)),
            (Some((_, raw)), None) if raw.get() != "null" => raw.decode().map(Some).map_err(E::custom),
            _ => Ok(None),
        }
    }
}

struct Collect(&'static [&'static str]);

impl<'de> Visitor<'de> for Collect {
    type Value = Vec<(&'static str, RawJson)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the fields {}", self.0.join(", "))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::with_capacity(self.0.len());
        while let Some(name) = map.next_key::<String>()? {
            match self.0.iter().find(|known| **known == name) {
                Some(known) => found.push((*known, map.next_value()?)),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}
