//! The fields of an object as text.

use crate::formats;
use core::fmt;
use core::marker::PhantomData;
use std::borrow::Cow;

use serde_core::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Surprise, string};

/// The fields of a JSON object in their order, each with its exact text.
#[derive(Clone, Default)]
pub struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// The fields of an object. `[]` is an empty object, as PHP writes it. Any other value is an error.
    pub fn open(json: &'a str) -> Result<Self, Surprise> {
        match serde_json::from_str(json) {
            Ok(fields) => Ok(fields),
            Err(_) if serde_json::from_str::<[IgnoredAny; 0]>(json).is_ok() => Ok(Self::default()),
            Err(_) => Err(Surprise::of("an object", json)),
        }
    }

    /// The value of a field, unless it is absent or `null`. One that stands twice with different values has two readings,
    /// and so none.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let named = self.iter().filter(|(known, _)| *known == name);
        let mut named = named.map(|(_, raw)| raw);
        let first = named.next()?;
        Some(first).filter(|first| first.get() != "null" && named.all(|twin| twin.get() == first.get()))
    }

    /// Whether the field is there, be it `null`.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Whether a name stands twice with different values.
    pub fn has_twins(&self) -> bool {
        // Sorted, since comparing each with each would take a long reply as long as its sender likes.
        let mut all: Vec<_> = self.iter().map(|(name, raw)| (name, raw.get())).collect();
        all.sort_unstable();
        all.windows(2)
            .any(|two| two[0].0 == two[1].0 && two[0].1 != two[1].1)
    }

    /// The text of a field that is a string and not blank.
    pub fn text(&self, name: &str) -> Option<String> {
        text_of(self.get(name)?)
    }

    /// The fields of a field that is an object.
    pub fn object(&self, name: &str) -> Option<Self> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// The names and values in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, raw)| (&**name, *raw))
    }

    /// Takes the fields of this name out: the first, and its twins. The order of the others is lost.
    pub(super) fn take(&mut self, name: &str) -> (Option<&'a RawValue>, Vec<&'a RawValue>) {
        let (mut first, mut twins, mut index) = (None, Vec::new(), 0);
        while let Some((known, raw)) = self.0.get(index) {
            if known != name {
                index += 1;
                continue;
            }
            match first {
                None => first = Some(*raw),
                Some(_) => twins.push(*raw),
            }
            self.0.swap_remove(index);
        }
        (first, twins)
    }
}

/// The text of a JSON string that is not blank.
pub fn text_of(raw: &RawValue) -> Option<String> {
    let text = string(raw.get()).filter(|text| !text.trim().is_empty());
    text.map(Cow::into_owned)
}

formats! {
    /// Shows how many there are: names and values may be personal data.
    Debug of Fields<'_>, |fields, f| write!(f, "Fields({})", fields.0.len());
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = deserializer.deserialize_map(Object::<IgnoredAny>(None, PhantomData))?;
        Ok(object.1)
    }
}

/// Reads an object: the field of this name as an `R`, and all others as text.
pub(super) struct Object<R>(pub(super) Option<&'static str>, pub(super) PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for Object<R> {
    type Value = (Option<R>, Fields<'de>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut apart, mut fields) = (None, Vec::with_capacity(map.size_hint().unwrap_or(16)));
        while let Some(key) = map.next_key::<&'de RawValue>()? {
            let name = string(key.get()).ok_or_else(|| A::Error::custom("a name that is no text"))?;
            if self.0 != Some(&name) {
                fields.push((name, map.next_value()?));
            } else if apart.replace(map.next_value()?).is_some() {
                return Err(A::Error::custom("a name that stands twice"));
            }
        }
        Ok((apart, Fields(fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_with_two_values_has_none() {
        let fields: Fields<'_> =
            serde_json::from_str(r#"{"a":1,"b":1,"a":2,"b":1,"c":null,"c":1,"d":1,"\u0064":2}"#).unwrap();
        let values = ["a", "b", "c", "d"].map(|name| fields.get(name).map(RawValue::get));
        assert_eq!(values, [None, Some("1"), None, None]);
        assert!(fields.contains("a"));
    }
}
