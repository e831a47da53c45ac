//! The fields of a reply that no type of this SDK knows.

use core::fmt;
use std::collections::{BTreeMap, btree_map};

use serde::{Deserialize, Serialize};

use super::RawJson;

/// The fields of a reply that no type of this SDK knows, by name, each as exact JSON text.
///
/// The reply types of this SDK fill it straight from the text. A struct of your own may hold it under
/// `#[serde(flatten)]`; serde buffers the fields then, and a fraction has been a float before it arrives here.
///
/// Debug shows the names only, since a new field may hold personal data.
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
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
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

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a field, or replaces it.
    pub fn insert(&mut self, name: impl Into<String>, value: RawJson) -> Option<RawJson> {
        self.0.insert(name.into(), value)
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<RawJson> {
        self.0.remove(name)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extra ")?;
        f.debug_set().entries(self.0.keys()).finish()
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
