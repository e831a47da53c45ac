//! Reads a JSON string or number from its text.
//!
//! By hand: `serde_json` gives the text as a [`RawValue`], but only directly from a JSON reader. Inside `#[serde(flatten)]`
//! or an untagged enum, and from other formats, serde passes on a buffered value. Strings and whole numbers are still
//! exact there and are accepted; a fraction has passed through `f64` and is refused.

use core::fmt;

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use zeroize::Zeroizing;

use crate::reading::with_text;

/// The content of a string, or the digits of a number as they were written; zeroed when dropped, as it may be a secret.
pub(crate) fn scalar_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    let json = scalar_json(deserializer)?;
    let text = with_text(&json, |text| Some(Zeroizing::new(text.to_owned())));
    text.ok_or_else(|| D::Error::custom("expected a string or a number"))
}

/// The JSON of a string or a number. A number that came as a float is refused.
pub(crate) fn scalar_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    let raw = read(deserializer, false)?;
    Ok(Zeroizing::new(Box::<str>::from(raw).into_string()))
}

/// The text of a JSON value: as it was written, or of the value that another layer had buffered.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    takes_floats: bool,
) -> Result<Box<RawValue>, D::Error> {
    let mut buffered = None;
    let text = Box::<RawValue>::deserialize(Tap {
        inner: deserializer,
        buffered: &mut buffered,
    });
    let Some(value) = buffered else { return text };
    if let Value::Number(number) = &value
        && !(takes_floats || number.is_u64() || number.is_i64() || numbers_keep_their_text())
    {
        return Err(D::Error::custom(
            "a fraction arrived as a float, which is not exact; do not put an amount under serde's `flatten` or `untagged`",
        ));
    }
    let text = to_raw_value(&value).map_err(D::Error::custom);
    if let Value::String(text) = value {
        // It may be a secret.
        drop(Zeroizing::new(text));
    }
    text
}

/// Whether a crate of this build enables `arbitrary_precision` of `serde_json`.
fn numbers_keep_their_text() -> bool {
    serde_json::from_str::<serde_json::Number>("1.00").is_ok_and(|number| number.to_string() == "1.00")
}

/// Passes a deserializer, and then its visitor, on. If the format does not know the request for raw text, the value is
/// recorded.
struct Tap<'b, T> {
    inner: T,
    buffered: &'b mut Option<Value>,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tap<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        inner: V,
    ) -> Result<V::Value, D::Error> {
        let buffered = self.buffered;
        self.inner
            .deserialize_newtype_struct(name, Tap { inner, buffered })
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Tap<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(map)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        *self.buffered = Some(Value::deserialize(deserializer)?);
        Err(D::Error::custom("buffered"))
    }
}
