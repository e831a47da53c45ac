//! The fields of one row, whatever format it comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Fields by name, in small letters; those of an object in a row as `name.field`. Empty and `null` fields are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields<'r> {
    /// Numbers keep their text. An array or object is none.
    values: BTreeMap<Cow<'r, str>, Option<Cow<'r, str>>>,
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
            Some(b'n') => return Ok(()),
            Some(b'{' | b'[') => None,
            Some(b'"') => Some(borrowed(raw.get())?),
            _ => Some(Cow::Borrowed(raw.get())),
        };
        if value.as_ref().is_none_or(|text| !text.trim().is_empty()) {
            self.values.insert(name, value);
        }
        Ok(())
    }

    /// Adds a field of a table.
    pub(super) fn add(&mut self, name: &str, text: &str) {
        let text = text.trim();
        if !text.is_empty() && !name.is_empty() {
            let value = Cow::Owned(text.to_owned());
            self.values.insert(Cow::Owned(name.to_owned()), Some(value));
        }
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.values.contains_key(*name))
    }

    pub(super) fn is_object(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(Option::is_none)
    }

    /// The text under the first of `names` that is there.
    pub(super) fn text(&self, names: &[&str]) -> Result<Option<&str>, String> {
        let mut found = names
            .iter()
            .filter_map(|name| Some((name, self.values.get(*name)?)));
        match found.next() {
            None => Ok(None),
            Some((_, Some(text))) => Ok(Some(text)),
            Some((name, None)) => Err(format!("{name}: not a text or a number")),
        }
    }

    pub(super) fn required(&self, names: &[&str]) -> Result<&str, String> {
        self.text(names)?.ok_or_else(|| format!("{}: missing", names[0]))
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
