//! Reading objects.

use serde_json::value::RawValue;

use super::surprise::{JsonKind, Surprise, Surprises};
use super::{Field, Fields, with_text};
use crate::{Extra, debug_fields};

/// A type that can be read from JSON text in each form that has one reading.
pub trait FromJson: Sized {
    /// What is expected, in words: `an amount in cents`.
    const EXPECTED: &'static str;

    /// Reads one JSON value. Which of its fields were a surprise is noted.
    ///
    /// By default the value is an object, of which [`from_fields`](Self::from_fields) reads the fields.
    ///
    /// # Errors
    ///
    /// Why it has no reading, or more than one: for an object, why its key could not be read.
    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        Self::from_fields(Fields::open(json)?, surprises)
    }

    /// Reads an object whose fields have been split. An error for a type that is no object.
    fn from_fields(_fields: Fields<'_>, _surprises: &mut Surprises) -> Result<Self, Surprise> {
        Err(Surprise::new("", Self::EXPECTED, JsonKind::Object))
    }
}

/// Reads the answer of a call.
///
/// Besides the object itself it accepts a list with the object as its only item, and an object with the object in one of
/// its fields: frameworks wrap answers in both ways.
pub fn read_reply<T: FromJson>(json: &str, surprises: &mut Surprises) -> Result<T, Surprise> {
    T::from_json(json, surprises).or_else(|misfit| {
        // Only after the plain form failed, so that a good reply costs nothing more.
        let (place, inner) = wrapped(json).ok_or_else(|| misfit.clone())?;
        let read = surprises.at(place, |surprises| T::from_json(inner, surprises));
        read.map_err(|_| misfit)
    })
}

/// What may be the answer inside of another value: the only item of a list, or the only object among the fields.
fn wrapped(json: &str) -> Option<(&str, &str)> {
    let is_object = |raw: &RawValue| JsonKind::of(raw.get()) == JsonKind::Object;
    if let Ok([only]) = serde_json::from_str::<[&RawValue; 1]>(json) {
        // Of a bare text in a list nobody knows whether it is the answer.
        return is_object(only).then(|| ("[0]", only.get()));
    }
    let fields = serde_json::from_str::<Fields<'_>>(json).ok()?;
    let mut objects = fields.iter().filter(|(_, raw)| is_object(raw));
    let (_, raw) = objects.next().filter(|_| objects.next().is_none())?;
    // The name is the provider's and could be data, so the path does not show it.
    Some(("?", raw.get()))
}

/// The fields of one object, taken one by one.
///
/// Fields that are left at the end, and fields that could not be read, go to [`extra`](Self::extra) with their exact text.
pub struct ObjectReader<'a, 's> {
    fields: Fields<'a>,
    kept: Extra,
    surprises: &'s mut Surprises,
    mark: usize,
}

impl<'a, 's> ObjectReader<'a, 's> {
    /// Opens an object, as [`Fields::open`] does.
    pub fn open(json: &'a str, surprises: &'s mut Surprises) -> Result<Self, Surprise> {
        Ok(Self::of(Fields::open(json)?, surprises))
    }

    /// Opens an object whose fields have been read.
    pub fn of(fields: Fields<'a>, surprises: &'s mut Surprises) -> Self {
        let mark = surprises.mark();
        Self {
            fields,
            kept: Extra::new(),
            surprises,
            mark,
        }
    }

    /// Reads a field without which the object is of no use. An empty text is not a value.
    pub fn key<T: FromJson>(&mut self, name: &'static str) -> Result<T, Surprise> {
        let missing = || Surprise::new(name, T::EXPECTED, JsonKind::Nothing);
        self.take(name, true)
            .map_err(|misfit| misfit.unwrap_or_else(missing))
    }

    /// Reads a field.
    pub fn field<T: FromJson>(&mut self, name: &'static str) -> Field<T> {
        self.bend(name, false)
    }

    /// As [`field`](Self::field); an empty text is unreadable, since it could be taken for a value.
    pub fn filled<T: FromJson>(&mut self, name: &'static str) -> Field<T> {
        self.bend(name, true)
    }

    /// Reads a field that has several names. The first readable one of `names` counts; another that is readable too stays in
    /// [`extra`](Self::extra).
    pub fn first_of<T: FromJson>(&mut self, names: &[&'static str]) -> Field<T> {
        let mut found = Field::Absent;
        for name in names {
            let raw = self.fields.get(name);
            let reads = |raw: &RawValue| T::from_json(raw.get(), &mut Surprises::new()).is_ok();
            if found.is_value() && raw.is_some_and(reads) {
                continue;
            }
            match self.filled(name) {
                Field::Absent => {}
                Field::Unreadable if found.is_value() => {}
                read => found = read,
            }
        }
        found
    }

    /// Reads a value that is made of the fields `names`, such as an amount and its currency. If there is none, the text of
    /// each of them goes to [`extra`](Self::extra).
    pub fn made_of<T>(
        &mut self,
        names: &[&'static str],
        read: impl FnOnce(&mut Self) -> Field<T>,
    ) -> Field<T> {
        let texts: Vec<_> = names
            .iter()
            .filter_map(|name| Some((*name, self.fields.get(name)?)))
            .collect();
        let value = read(self);
        if !value.is_value() {
            for (name, raw) in texts {
                self.kept.add(name, raw);
            }
        }
        value
    }

    fn bend<T: FromJson>(&mut self, name: &'static str, filled: bool) -> Field<T> {
        match self.take(name, filled) {
            Ok(value) => Field::Value(value),
            Err(None) => Field::Absent,
            Err(Some(misfit)) => {
                self.surprises.add(misfit);
                Field::Unreadable
            }
        }
    }

    /// `Err(None)` when the field is absent or null.
    fn take<T: FromJson>(&mut self, name: &'static str, filled: bool) -> Result<T, Option<Surprise>> {
        let Some(raw) = self.remove(name)? else {
            return Err(None);
        };
        let json = raw.get();
        let is_blank = || with_text(json, |text| Some(text.trim().is_empty())) == Some(true);
        let read = self.surprises.at(name, |surprises| {
            if filled && is_blank() {
                return Err(Surprise::of(T::EXPECTED, json));
            }
            T::from_json(json, surprises)
        });
        read.map_err(|misfit| {
            self.kept.add(name, raw);
            Some(misfit.within(name))
        })
    }

    /// Takes a field out. One that stands twice with different values has two readings, and so none.
    fn remove(&mut self, name: &'static str) -> Result<Option<&'a RawValue>, Option<Surprise>> {
        let (found, mut twins) = self.fields.take(name);
        let Some(first) = found else { return Ok(None) };
        twins.retain(|twin| twin.get() != first.get());
        if twins.is_empty() {
            return Ok(Some(first).filter(|raw| raw.get() != "null"));
        }
        for raw in [first].into_iter().chain(twins) {
            self.kept.add(name, raw);
        }
        Err(Some(Surprise::new(name, "one value", JsonKind::of(first.get()))))
    }

    /// The fields that were not asked for, and the texts of those that could not be read; with the surprises of the object.
    pub fn extra(self) -> Extra {
        let mut extra = self.kept;
        for (name, raw) in self.fields.iter() {
            extra.add(name, raw);
        }
        let surprises = self.surprises.since(self.mark);
        if !surprises.is_empty() {
            extra.set_surprises(surprises.to_vec());
        }
        extra
    }
}

debug_fields! { ObjectReader<'_, '_> => |reader| fields: reader.fields.iter().len() }

/// A reply that is one text, such as `subscription_created`, and the fields beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextReply {
    /// The text.
    pub text: String,
    /// The fields beside it.
    pub extra: Extra,
}

impl FromJson for TextReply {
    const EXPECTED: &'static str = "text";

    fn from_json(json: &str, surprises: &mut Surprises) -> Result<Self, Surprise> {
        if JsonKind::of(json) == JsonKind::Object {
            return Self::from_fields(Fields::open(json)?, surprises);
        }
        Ok(Self {
            text: String::from_json(json, surprises)?,
            extra: Extra::new(),
        })
    }

    fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mut object = ObjectReader::of(fields, surprises);
        Ok(Self {
            text: object.key("data")?,
            extra: object.extra(),
        })
    }
}
