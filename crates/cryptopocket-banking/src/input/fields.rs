//! The fields of one row, whatever format it comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The value of a field.
#[derive(Clone, Debug)]
enum Value<'r> {
    /// Empty or `null`.
    Nothing,
    /// A text, or a number as it is written.
    Text(Cow<'r, str>),
    Flag(bool),
    Object,
    Array,
}

/// Fields by name, in small letters; those of an object in a row as `name.field`.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields<'r> {
    values: BTreeMap<Cow<'r, str>, Value<'r>>,
    /// Whether amounts may be written as in a spreadsheet.
    pub(super) loose: bool,
}

impl<'r> Fields<'r> {
    /// Reads a JSON object.
    pub(super) fn from_json(raw: &'r RawValue) -> Result<Self, String> {
        let mut fields = Self::default();
        for (name, raw) in object(raw)? {
            if raw.get().starts_with('{') {
                for (inner, raw) in object(raw)? {
                    fields.put(format!("{name}.{inner}").into(), raw)?;
                }
            }
            fields.put(name, raw)?;
        }
        Ok(fields)
    }

    fn put(&mut self, name: Cow<'r, str>, raw: &'r RawValue) -> Result<(), String> {
        let value = match raw.get().as_bytes().first() {
            Some(b'n') => Value::Nothing,
            Some(b't') => Value::Flag(true),
            Some(b'f') => Value::Flag(false),
            Some(b'{') => Value::Object,
            Some(b'[') => Value::Array,
            Some(b'"') => text(borrowed(raw.get())?),
            _ => Value::Text(Cow::Borrowed(raw.get())),
        };
        self.values.insert(name, value);
        Ok(())
    }

    /// Adds a field of a table.
    pub(super) fn add(&mut self, name: &str, cell: &str) {
        let value = text(Cow::Owned(cell.trim().to_owned()));
        let is_named = !name.is_empty();
        // Of two columns with one name, the later one that is filled counts.
        if is_named && (!matches!(value, Value::Nothing) || !self.values.contains_key(name)) {
            self.values.insert(Cow::Owned(name.to_owned()), value);
        }
    }

    /// Whether one of `names` is there, filled or not.
    pub(super) fn names_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.values.contains_key(*name))
    }

    /// The first of `names` that is filled.
    pub(super) fn filled<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        let mut names = names.iter().copied();
        names.find(|name| self.value(name).is_some())
    }

    fn value(&self, name: &str) -> Option<&Value<'r>> {
        let value = self.values.get(name);
        value.filter(|value| !matches!(value, Value::Nothing))
    }

    pub(super) fn is_object(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Object))
    }

    /// The flag under `name`, if it is one and not a text or a number.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The text under the first of `names` that is there.
    pub(super) fn text(&self, names: &[&str]) -> Result<Option<&str>, String> {
        let mut found = names.iter().filter_map(|name| Some((name, self.value(name)?)));
        match found.next() {
            None => Ok(None),
            Some((_, Value::Text(text))) => Ok(Some(text)),
            Some((name, _)) => Err(format!("{name}: not a text or a number")),
        }
    }

    pub(super) fn required(&self, names: &[&str]) -> Result<&str, String> {
        self.text(names)?.ok_or_else(|| format!("{}: missing", names[0]))
    }
}

fn text(text: Cow<'_, str>) -> Value<'_> {
    if text.trim().is_empty() {
        Value::Nothing
    } else {
        Value::Text(text)
    }
}

fn object(raw: &RawValue) -> Result<BTreeMap<Cow<'_, str>, &RawValue>, String> {
    serde_json::from_str(raw.get()).map_err(|_| "not a JSON object".to_owned())
}

/// A JSON string; without escapes it is not copied.
fn borrowed(text: &str) -> Result<Cow<'_, str>, String> {
    match serde_json::from_str::<&str>(text) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => serde_json::from_str::<String>(text)
            .map(Cow::Owned)
            .map_err(|_| "a string with a broken escape".to_owned()),
    }
}
