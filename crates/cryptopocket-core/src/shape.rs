//! Shapes of JSON documents: which kinds of values stand at which places, never a value.
//!
//! A shape can be attached to a bug report: it tells what the provider really sends without any personal datum. Field
//! names come from the provider and can be data themselves, as in a map keyed by e-mail address, so a name that does not
//! look like the name of a field is written as `{key}`.

mod kind;
mod name;
mod read;
mod record;
mod recorder;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::kind::Kind;
pub use self::record::ShapeRecord;
pub(crate) use self::recorder::Recorder;

/// Name of a field whose own name could be personal data.
pub const PLACEHOLDER: &str = "{key}";

/// The shape of one JSON document, or of several of the same kind.
///
/// It maps paths to the kinds of values seen there: `data[].id` is the field `id` of each row of the list `data`, and
/// the empty path is the document itself.
///
/// # Examples
///
/// ```
/// use cryptopocket_core::shape::{Kind, Shape};
///
/// let mut shape = Shape::of_json(r#"{"data":[{"id":"p1","holder":"Jane Roe"},{"id":7}]}"#);
/// shape.merge(&Shape::of_json(r#"{"data":null}"#));
/// assert!(shape.kinds("data[].id").eq([Kind::Integer, Kind::Text]));
/// assert!(shape.kinds("data[].holder").eq([Kind::Absent, Kind::Text]));
/// assert!(shape.kinds("data").eq([Kind::Null, Kind::FewRows]));
/// assert!(!serde_json::to_string(&shape)?.contains("Jane"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shape {
    places: BTreeMap<String, BTreeSet<Kind>>,
}

impl Shape {
    /// The shape of nothing.
    pub const fn new() -> Self {
        Self {
            places: BTreeMap::new(),
        }
    }

    /// The kinds seen at `path`, in their order.
    pub fn kinds(&self, path: &str) -> impl Iterator<Item = Kind> {
        self.places.get(path).into_iter().flatten().copied()
    }

    /// Whether `kind` was seen at `path`.
    pub fn has(&self, path: &str, kind: Kind) -> bool {
        self.places.get(path).is_some_and(|kinds| kinds.contains(&kind))
    }

    /// Every path with the kinds seen there, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &BTreeSet<Kind>)> {
        self.places.iter().map(|(path, kinds)| (path.as_str(), kinds))
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Adds what another document of the same kind holds, and tells whether that was new.
    ///
    /// A field that only some of the objects have gets the kind [`Kind::Absent`] too.
    pub fn merge(&mut self, other: &Self) -> bool {
        if self.is_empty() {
            self.places.clone_from(&other.places);
            return !other.is_empty();
        }
        let before = self.places.values().map(BTreeSet::len).sum::<usize>();
        let lacking: Vec<String> = self.lacking(other).chain(other.lacking(self)).collect();
        for (path, kinds) in &other.places {
            for kind in kinds {
                self.add(path, *kind);
            }
        }
        for path in lacking {
            self.add(&path, Kind::Absent);
        }
        before != self.places.values().map(BTreeSet::len).sum::<usize>()
    }

    /// The fields of this shape that an object of `other` does not have.
    fn lacking<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = String> + 'a {
        self.places.keys().filter_map(|path| {
            let object = parent(path)?;
            let is_object = other.has(object, Kind::Object) || other.has(object, Kind::EmptyObject);
            (is_object && !other.places.contains_key(path)).then(|| path.clone())
        })
    }

    fn add(&mut self, path: &str, kind: Kind) {
        /// A document with thousands of places would fill the disk and tell no more.
        const PLACES: usize = 600;
        if let Some(kinds) = self.places.get_mut(path) {
            kinds.insert(kind);
        } else if self.places.len() < PLACES {
            self.places.insert(path.to_owned(), BTreeSet::from([kind]));
        }
    }
}

/// The object around a field; `None` for the document and for the rows of a list.
fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('.') {
        Some((_, field)) if field.ends_with(']') => None,
        Some((object, _)) => Some(object),
        None if path.is_empty() || path.ends_with(']') => None,
        None => Some(""),
    }
}

#[cfg(test)]
mod tests;
