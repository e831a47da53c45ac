//! Unknown fields of a reply.

use std::borrow::Cow;
use std::collections::{BTreeMap, btree_map};

use serde_core::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::RawJson;
use crate::reading::{Field, FromJson, Surprise, Surprises};
use crate::{formats, shown};

/// How many values of one name are kept: a reply of nothing else must not cost the square of its length.
const MOST_TWINS: usize = 8;

/// The unknown and the unreadable fields of a reply by name, each as exact JSON text.
///
/// The reply types of this SDK fill it straight from the text. A struct of your own may hold it under
/// `#[serde(flatten)]`. Serde buffers the fields in that case, and a fraction is a float before it arrives here.
///
/// Debug shows the names only: the value of a new field may be personal data. A name that does not look like one is hidden
/// as well: where an object is keyed by persons or accounts, names are data too.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Extra;
///
/// let extra: Extra = serde_json::from_str(r#"{"fee": 0.10, "note": "for Ana"}"#)?;
/// assert_eq!(extra.get("fee").map(|raw| raw.get()), Some("0.10"));
/// assert_eq!(format!("{extra:?}"), r#"Extra {"fee", "note"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Extra {
    fields: BTreeMap<String, RawJson>,
    surprises: Vec<Surprise>,
}

impl Extra {
    /// No fields.
    pub const fn new() -> Self {
        Self {
            fields: BTreeMap::new(),
            surprises: Vec::new(),
        }
    }

    /// The field called `name`.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.fields.get(name)
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &RawJson)> {
        self.fields.iter().map(|(name, raw)| (name.as_str(), raw))
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Adds or replaces a field and returns the previous value.
    pub fn insert(&mut self, name: impl Into<String>, value: RawJson) -> Option<RawJson> {
        self.fields.insert(name.into(), value)
    }

    /// The fields of this object that could not be read, those of its inner objects included.
    ///
    /// Empty for an object that was read back from storage.
    pub fn surprises(&self) -> &[Surprise] {
        &self.surprises
    }

    /// Adds a field of a reply. One whose name is taken by another value goes under `name[1]`, `name[2]` and so on.
    pub(crate) fn add(&mut self, name: &str, raw: &RawValue) {
        let mut key = Cow::Borrowed(name);
        for twin in 1..=MOST_TWINS {
            match self.fields.get(&*key) {
                Some(known) if known.get() == raw.get() => return,
                Some(_) => key = format!("{name}[{twin}]").into(),
                None => break,
            }
        }
        self.fields.insert(key.into_owned(), raw.into());
    }

    pub(crate) fn set_surprises(&mut self, surprises: Vec<Surprise>) {
        self.surprises = surprises;
    }

    /// Reads a field that the object has no place for. It stays here. One that stood twice with different values is unreadable.
    pub fn read<T: FromJson>(&self, name: &str) -> Field<T> {
        match self.get(name).map(RawJson::get) {
            // It stood twice with different values: neither is the one that was meant.
            _ if self.get(&format!("{name}[1]")).is_some() => Field::Unreadable,
            None | Some("null") => Field::Absent,
            Some(json) => T::from_json(json, &mut Surprises::new()).map_or(Field::Unreadable, Field::Value),
        }
    }

    /// Keeps a value that the object has no place for, under its name on the wire.
    pub fn keep<T: Serialize>(&mut self, name: &str, value: Field<T>) {
        // An unreadable one is here already.
        if let Some(raw) = value.into_value().and_then(|value| RawJson::encode(&value).ok()) {
            self.insert(name, raw);
        }
    }

    /// A value made of two fields, such as an amount and its currency.
    ///
    /// Absent only if the first is. An amount whose currency is missing or unreadable is unreadable itself, and what could be
    /// read of the two is kept here.
    pub fn pair<A: Serialize, B: Serialize>(
        &mut self,
        (name, value): (&str, Field<A>),
        (other_name, other): (&str, Field<B>),
    ) -> Field<(A, B)> {
        if !(value.is_value() && other.is_value()) {
            self.keep(name, value.borrowed());
            self.keep(other_name, other.borrowed());
        }
        value.zip(other)
    }

    /// Removes a field and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<RawJson> {
        self.fields.remove(name)
    }
}

/// Equal fields are equal: the surprises only explain how they came here.
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Extra {}

formats! {
    Debug of Extra, |extra, f| {
        f.write_str("Extra ")?;
        f.debug_set()
            .entries(extra.fields.keys().map(|name| shown::name(name)))
            .finish()
    };
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self::from_iter)
    }
}

impl FromIterator<(String, RawJson)> for Extra {
    fn from_iter<I: IntoIterator<Item = (String, RawJson)>>(fields: I) -> Self {
        let fields = fields.into_iter().collect();
        Self {
            fields,
            ..Self::new()
        }
    }
}

impl IntoIterator for Extra {
    type Item = (String, RawJson);
    type IntoIter = btree_map::IntoIter<String, RawJson>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}
