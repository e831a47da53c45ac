//! The fields of one row, whatever format it comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The value of a field. Numbers keep their text.
#[derive(Clone, Debug)]
pub(super) enum Value<'r> {
    Text(Cow<'r, str>),
    Bool(bool),
    Object(Box<Fields<'r>>),
    /// An array.
    Other,
}

/// Fields by name, in small letters. Empty and `null` fields are left out.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields<'r> {
    values: BTreeMap<Cow<'r, str>, Value<'r>>,
    /// Whether amounts may be written as in a spreadsheet.
    pub(super) loose: bool,
}

impl<'r> Fields<'r> {
    /// Reads a JSON object.
    pub(super) fn from_json(raw: &'r RawValue) -> Result<Self, String> {
        let object: BTreeMap<Cow<'r, str>, &'r RawValue> =
            serde_json::from_str(raw.get()).map_err(|_| "not a JSON object".to_owned())?;
        let mut fields = Self::default();
        for (name, raw) in object {
            if let Some(value) = value(raw)? {
                fields.values.insert(name, value);
            }
        }
        Ok(fields)
    }

    /// Adds a field of a table.
    pub(super) fn add(&mut self, name: &str, text: &str) {
        let text = text.trim();
        if !text.is_empty() && !name.is_empty() {
            let value = Value::Text(Cow::Owned(text.to_owned()));
            self.values.insert(Cow::Owned(name.to_owned()), value);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value<'r>> {
        self.values.get(name)
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.values.contains_key(*name))
    }

    /// The text under the first of `names` that is there.
    pub(super) fn text(&self, names: &[&str]) -> Result<Option<&str>, String> {
        for name in names {
            match self.get(name) {
                None => {}
                Some(Value::Text(text)) => return Ok(Some(text)),
                Some(_) => return Err(format!("{name}: not a text or a number")),
            }
        }
        Ok(None)
    }

    pub(super) fn required(&self, names: &[&str]) -> Result<&str, String> {
        self.text(names)?.ok_or_else(|| format!("{}: missing", names[0]))
    }
}

fn value(raw: &RawValue) -> Result<Option<Value<'_>>, String> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'n') => None,
        Some(b't') => Some(Value::Bool(true)),
        Some(b'f') => Some(Value::Bool(false)),
        Some(b'"') => {
            let text: Cow<'_, str> = borrowed(text)?;
            (!text.trim().is_empty()).then_some(Value::Text(text))
        }
        Some(b'{') => Some(Value::Object(Box::new(Fields::from_json(raw)?))),
        Some(b'[') => Some(Value::Other),
        _ => Some(Value::Text(Cow::Borrowed(text))),
    })
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
