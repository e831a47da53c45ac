//! Unknown fields of a reply.

use core::fmt;
use std::collections::{BTreeMap, btree_map};

use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use super::RawJson;
use crate::shown;

/// The unknown fields of a reply by name, each as exact JSON text.
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
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extra(BTreeMap<String, RawJson>);

impl Extra {
    /// No fields.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The field called `name`.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.0.get(name)
    }

    /// The fields in the order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, raw)| (name.as_str(), raw))
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds or replaces a field and returns the previous value.
    pub fn insert(&mut self, name: impl Into<String>, value: RawJson) -> Option<RawJson> {
        self.0.insert(name.into(), value)
    }

    /// Removes a field and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<RawJson> {
        self.0.remove(name)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extra ")?;
        f.debug_set()
            .entries(self.0.keys().map(|name| shown::name(name)))
            .finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self)
    }
}

impl FromIterator<(String, RawJson)> for Extra {
    fn from_iter<I: IntoIterator<Item = (String, RawJson)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl IntoIterator for Extra {
    type Item = (String, RawJson);
    type IntoIter = btree_map::IntoIter<String, RawJson>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
