//! Reading objects.

use core::fmt;
use std::borrow::Cow;

use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::surprise::{JsonKind, Misfit, Surprise, Surprises};
use super::{Field, Scalar, scalar};
use crate::{Extra, RawJson};

/// A type that can be read from JSON text in each form that has one reading.
pub trait FromJson: Sized {
    /// What is expected, in words: `an amount in cents`.
    const EXPECTED: &'static str;

    /// Reads one JSON value. `None` when it has no reading, or more than one.
    ///
    /// An object notes why its key could not be read, and which of its other fields were a surprise.
    fn from_json(json: &str, surprises: &mut Surprises) -> Option<Self>;
}

/// Reads the answer of a call.
///
/// Besides the object itself it accepts a list with the object as its only item, and an object with the object in one of
/// its fields: frameworks wrap answers in both ways.
///
/// # Errors
///
/// The reason why the object's key could not be read.
pub fn read_reply<T: FromJson>(json: &str, surprises: &mut Surprises) -> Result<T, Misfit> {
    if let Some(value) = T::from_json(json, surprises) {
        return Ok(value);
    }
    let misfit = surprises.take_misfit();
    // Only after the plain form failed, so that a good reply costs nothing more.
    if let Some((place, inner)) = wrapped(json) {
        let mark = surprises.mark();
        if let Some(value) = T::from_json(inner, surprises) {
            surprises.enter(mark, &place);
            return Ok(value);
        }
        surprises.reset(mark);
    }
    surprises.take_misfit();
    Err(misfit.unwrap_or(Misfit {
        path: String::new(),
        expected: T::EXPECTED,
        found: Some(JsonKind::of(json)),
    }))
}

/// What may be the answer inside of another value: the only item of a list, or the only object among the fields.
fn wrapped(json: &str) -> Option<(String, &str)> {
    if json.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        // Of a bare text in a list nobody knows whether it is the answer.
        return match items.as_slice() {
            [only] if JsonKind::of(only.get()) == JsonKind::Object => Some(("[0]".to_owned(), only.get())),
            _ => None,
        };
    }
    let fields = serde_json::from_str::<Fields<'_>>(json).ok()?.0;
    let mut objects = fields
        .iter()
        .filter(|(_, raw)| JsonKind::of(raw.get()) == JsonKind::Object);
    match (objects.next(), objects.next()) {
        // The name is the provider's and could be data, so the path does not show it.
        (Some((_, raw)), None) => Some(("?".to_owned(), raw.get())),
        _ => None,
    }
}

/// The fields of one object, taken one by one.
///
/// Fields that are left at the end, and fields that could not be read, go to [`extra`](Self::extra) with their exact text.
pub struct ObjectReader<'a, 's> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
    kept: Extra,
    surprises: &'s mut Surprises,
    mark: usize,
}

impl<'a, 's> ObjectReader<'a, 's> {
    /// Opens an object. `[]` is an empty object, as PHP writes it. `None` for any other value.
    pub fn open(json: &'a str, surprises: &'s mut Surprises) -> Option<Self> {
        let fields = match serde_json::from_str::<Fields<'a>>(json) {
            Ok(fields) => fields.0,
            Err(_) if is_empty_list(json) => Vec::new(),
            Err(_) => {
                surprises.refuse(Misfit {
                    path: String::new(),
                    expected: "an object",
                    found: Some(JsonKind::of(json)),
                });
                return None;
            }
        };
        let mark = surprises.mark();
        Some(Self {
            fields,
            kept: Extra::new(),
            surprises,
            mark,
        })
    }

    /// Reads a field without which the object is of no use. An empty text is not a value.
    pub fn key<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        let misfit = match self.take::<T>(name, true) {
            Ok(value) => return Some(value),
            Err(misfit) => misfit.unwrap_or(Misfit {
                path: name.to_owned(),
                expected: T::EXPECTED,
                found: None,
            }),
        };
        self.surprises.refuse(misfit);
        None
    }

    /// Reads a field.
    pub fn field<T: FromJson>(&mut self, name: &'static str) -> Field<T> {
        self.bend(name, false)
    }

    /// As [`field`](Self::field); an empty text is unreadable, since it could be taken for a value.
    pub fn filled<T: FromJson>(&mut self, name: &'static str) -> Field<T> {
        self.bend(name, true)
    }

    fn bend<T: FromJson>(&mut self, name: &'static str, filled: bool) -> Field<T> {
        match self.take(name, filled) {
            Ok(value) => Field::Value(value),
            Err(None) => Field::Absent,
            Err(Some(misfit)) => {
                self.surprises.add(Surprise {
                    path: misfit.path,
                    expected: misfit.expected,
                    found: misfit.found.unwrap_or(JsonKind::Object),
                });
                Field::Unreadable
            }
        }
    }

    /// `Err(None)` when the field is absent or null.
    fn take<T: FromJson>(&mut self, name: &'static str, filled: bool) -> Result<T, Option<Misfit>> {
        let Some(raw) = self.remove(name)? else {
            return Err(None);
        };
        let json = raw.get();
        let mark = self.surprises.mark();
        let is_blank = || matches!(scalar(json), Some(Scalar::Text(text)) if text.trim().is_empty());
        let read = if filled && is_blank() {
            None
        } else {
            T::from_json(json, self.surprises)
        };
        if read.is_none() {
            self.surprises.reset(mark);
            self.kept.insert(name, RawJson::from(raw));
        }
        let inner = self.surprises.take_misfit().filter(|_| read.is_none());
        if let Some(value) = read {
            self.surprises.enter(mark, name);
            return Ok(value);
        }
        let mut misfit = inner.unwrap_or(Misfit {
            path: String::new(),
            expected: T::EXPECTED,
            found: Some(JsonKind::of(json)),
        });
        misfit.path = match misfit.path.as_str() {
            "" => name.to_owned(),
            path if path.starts_with('[') => format!("{name}{path}"),
            path => format!("{name}.{path}"),
        };
        Err(Some(misfit))
    }

    /// Takes a field out. One that stands twice with different values has two readings, and so none.
    fn remove(&mut self, name: &'static str) -> Result<Option<&'a RawValue>, Option<Misfit>> {
        let mut found: Option<&RawValue> = None;
        let mut twins = 0;
        while let Some(index) = self.fields.iter().position(|(known, _)| known == name) {
            let (_, raw) = self.fields.swap_remove(index);
            match found {
                None => found = Some(raw),
                Some(first) if first.get() == raw.get() => {}
                Some(_) => {
                    twins += 1;
                    self.kept.insert(format!("{name}[{twins}]"), RawJson::from(raw));
                }
            }
        }
        match found {
            Some(first) if twins > 0 => {
                self.kept.insert(name, RawJson::from(first));
                Err(Some(Misfit {
                    path: name.to_owned(),
                    expected: "one value",
                    found: Some(JsonKind::of(first.get())),
                }))
            }
            found => Ok(found.filter(|raw| raw.get() != "null")),
        }
    }

    /// The fields that were not asked for, and the texts of those that could not be read; with the surprises of the object.
    pub fn extra(self) -> Extra {
        let mut extra = self.kept;
        for (name, raw) in self.fields {
            extra.insert(name, RawJson::from(raw));
        }
        let surprises = self.surprises.since(self.mark);
        if !surprises.is_empty() {
            extra.set_surprises(surprises.to_vec());
        }
        extra
    }
}

impl fmt::Debug for ObjectReader<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectReader")
            .field("fields", &self.fields.len())
            .finish_non_exhaustive()
    }
}

fn is_empty_list(json: &str) -> bool {
    json.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|inside| inside.trim().is_empty())
}

/// The fields of an object in their order, each with its exact text.
pub(super) struct Fields<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some((Name(name), raw)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    fields.push((name, raw));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A field's name, copied only if it has escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}
