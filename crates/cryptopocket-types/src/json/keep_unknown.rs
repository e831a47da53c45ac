//! Unknown fields of an object, kept by their exact text.
//!
//! `#[serde(flatten)]` buffers what it collects, and a number does not survive that. Here the unknown fields are set
//! aside while the object is read, straight from its text.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use super::{Extra, RawJson};

/// Lets a reply struct keep the fields it does not know, each with its exact text.
///
/// The struct derives serde under `#[serde(remote = "Self")]` and has a field `extra` of type
/// [`Extra`](crate::Extra), marked `#[serde(flatten, skip_deserializing)]`; the macro writes the two serde
/// implementations that fill and write it.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::{Extra, PaymentId, keep_unknown};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Serialize, Deserialize)]
/// #[serde(remote = "Self")]
/// struct Created {
///     payment_id: PaymentId,
///     #[serde(flatten, skip_deserializing)]
///     extra: Extra,
/// }
/// keep_unknown!(Created);
///
/// let text = r#"{"payment_id":"p1","fee":0.1000000000000000000000000001}"#;
/// let created: Created = serde_json::from_str(text)?;
/// assert_eq!(created.extra.get("fee").unwrap().get(), "0.1000000000000000000000000001");
/// assert_eq!(serde_json::to_string(&created)?, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! keep_unknown {
    ($($name:ident),+ $(,)?) => {$(
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                let mut extra = $crate::Extra::new();
                let mut value = Self::deserialize($crate::json::Collecting::new(deserializer, &mut extra))?;
                value.extra = extra;
                ::core::result::Result::Ok(value)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
    )+};
}

/// A deserializer that hands a struct the fields it asks for and puts the others aside.
#[derive(Debug)]
pub struct Collecting<'e, D> {
    inner: D,
    extra: &'e mut Extra,
}

impl<'e, D> Collecting<'e, D> {
    /// Reads from `inner`; fields the struct does not name go to `extra`.
    pub fn new(inner: D, extra: &'e mut Extra) -> Self {
        Self { inner, extra }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Collecting<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        // Not `deserialize_struct`: a format may then leave out what the list does not name.
        self.inner.deserialize_map(Sorting {
            inner: visitor,
            known: fields,
            extra: self.extra,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Visits a map for `inner`, which sees only the entries it knows.
struct Sorting<'e, T> {
    inner: T,
    known: &'static [&'static str],
    extra: &'e mut Extra,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Sorting<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Sorting {
            inner: map,
            known: self.known,
            extra: self.extra,
        })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Sorting<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.inner.next_key::<String>()? {
            if self.known.contains(&name.as_str()) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            self.extra.insert(name, self.inner.next_value::<RawJson>()?);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}
