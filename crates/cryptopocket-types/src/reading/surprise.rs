//! Differences between a reply and what is known of it.

use core::fmt;

use crate::{formats, words};

words! {
    /// What kind of JSON value stands at a place.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum JsonKind {
        /// `null`.
        Null = "null",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A number.
        Number = "number",
        /// A string.
        Text = "text",
        /// An array.
        List = "list",
        /// An object.
        Object = "object",
        /// Nothing: the field is missing.
        Nothing = "nothing",
    }
}

impl JsonKind {
    /// The kind of a JSON value.
    pub fn of(json: &str) -> Self {
        match json.as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::List,
            Some(b'"') => Self::Text,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number,
        }
    }
}

/// A field that could not be read: its place, what was expected there, and the kind that came.
///
/// It holds no value of the reply, so it can be logged and sent in a bug report.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Field;
/// use cryptopocket_types::reading::{ObjectReader, Surprises};
///
/// let mut surprises = Surprises::new();
/// let mut object = ObjectReader::open(r#"{"decimals": "six"}"#, &mut surprises).unwrap();
/// let decimals: Field<i32> = object.field("decimals");
/// assert!(decimals.is_unreadable());
/// assert_eq!(surprises.to_string(), "decimals: expected a whole number, found text");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Surprise {
    /// The JSON path, such as `data[2].fiat_amount`. It holds names that this SDK knows, and indexes. Empty when the value
    /// itself is not what was expected.
    pub path: String,
    /// What was expected, in words.
    pub expected: &'static str,
    /// The kind of value that came.
    pub found: JsonKind,
}

impl Surprise {
    /// A difference at `path`.
    pub fn new(path: impl Into<String>, expected: &'static str, found: JsonKind) -> Self {
        Self {
            path: path.into(),
            expected,
            found,
        }
    }

    /// The value itself, of which `json` is the text, is not what was expected.
    pub(crate) fn of(expected: &'static str, json: &str) -> Self {
        Self::new("", expected, JsonKind::of(json))
    }

    /// The same difference in an object that stands at `place`.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        self.path = join(place, &self.path);
        self
    }
}

formats! {
    Display of Surprise, |it, f| write!(f, "{}: expected {}, found {}", it.path, it.expected, it.found);
}

/// What a reader found different in one reply.
///
/// It holds the first [`Surprises::MOST`] and counts the rest, so that a list of odd rows stays bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surprises {
    found: Vec<Surprise>,
    more: usize,
}

impl Surprises {
    /// How many are kept.
    pub const MOST: usize = 32;

    /// None yet.
    pub const fn new() -> Self {
        Self {
            found: Vec::new(),
            more: 0,
        }
    }

    /// Whether everything was as expected.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn add(&mut self, surprise: Surprise) {
        if self.found.len() < Self::MOST {
            self.found.push(surprise);
        } else {
            self.more += 1;
        }
    }

    /// How many there were until now.
    pub(super) fn mark(&self) -> usize {
        self.found.len() + self.more
    }

    pub(super) fn since(&self, mark: usize) -> &[Surprise] {
        self.found.get(mark..).unwrap_or_default()
    }

    /// Forgets what was found since `mark`.
    pub(super) fn reset(&mut self, mark: usize) {
        self.found.truncate(mark);
        self.more = mark.saturating_sub(self.found.len());
    }

    /// What `read` gives. What it finds is noted as within `place`, or forgotten if it fails.
    pub(super) fn at<T, E>(
        &mut self,
        place: impl fmt::Display,
        read: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mark = self.mark();
        let value = read(self);
        if value.is_err() {
            self.reset(mark);
        }
        // A clean value has no use for its place, so that is written only where it is needed.
        for surprise in self.found.iter_mut().skip(mark) {
            surprise.path = join(&place.to_string(), &surprise.path);
        }
        value
    }
}

/// The path of `path` within `place`.
fn join(place: &str, path: &str) -> String {
    match path.chars().next() {
        None => place.to_owned(),
        Some('[') => format!("{place}{path}"),
        Some(_) => format!("{place}.{path}"),
    }
}

impl fmt::Display for Surprises {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, surprise) in self.found.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            surprise.fmt(f)?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
