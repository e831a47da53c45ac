//! Pages of lists.

mod read;
#[cfg(test)]
mod tests;

use core::fmt;

use super::Surprise;
use crate::{Extra, RawJson, debug_fields, setters};

/// A row of a list that could not be read, with its exact text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The row as it came. It may hold personal data: do not log it.
    pub raw: RawJson,
    /// Why it could not be read.
    pub surprise: Surprise,
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unreadable({}, {:?})", self.surprise, self.raw)
    }
}

/// A row of a list: its value, or what could not be read.
pub type Row<T> = Result<T, Unreadable>;

/// One page of a list, and what the provider announced about the list.
///
/// The rows are found as a bare list; in `data`; in the paginator of the framework that the provider's replies look like,
/// around `data` or inside of it; in a collection with `data`, `links` and `meta`; or in the only list of the reply. `null` is
/// an empty list, and so is `{}`. A row that cannot be read costs that row only.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::reading::{FromJson, Page, Surprises};
///
/// let page = r#"{"data": {"current_page": 1, "data": ["7", 8, {}], "last_page": "3"}}"#;
/// let mut surprises = Surprises::new();
/// let page = Page::<String>::from_json(page, &mut surprises).unwrap();
/// assert_eq!((page.rows.len(), page.last), (3, Some(3)));
/// assert_eq!(page.into_items(), ["7", "8"]);
/// assert_eq!(surprises.to_string(), "[2]: expected text, found object");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows in their order.
    pub rows: Vec<Row<T>>,
    /// The number of this page, if the provider gave it.
    pub current: Option<u32>,
    /// The number of the last page, if the provider gave it.
    pub last: Option<u32>,
    /// The number of rows of the whole list, if the provider gave it.
    pub total: Option<u64>,
    /// Fields of the reply beside the rows, such as its `message`.
    pub extra: Extra,
}

impl<T> Page<T> {
    /// A page with these items and no announcements.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            rows: items.into_iter().map(Ok).collect(),
            current: None,
            last: None,
            total: None,
            extra: Extra::new(),
        }
    }

    setters! {
        /// Sets the number of this page, as the provider gives it.
        current = |number: impl Into<Option<u32>>| number.into();
        /// Sets the number of the last page.
        last = |number: impl Into<Option<u32>>| number.into();
        /// Sets the number of items of the whole list.
        total = |count: impl Into<Option<u64>>| count.into();
    }

    /// The number of items that could be read.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no item could be read.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The items that could be read.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.into_iter()
    }

    /// The items that could be read, taken.
    pub fn into_items(self) -> Vec<T> {
        self.rows.into_iter().filter_map(Result::ok).collect()
    }

    /// The rows that could not be read.
    pub fn unreadable(&self) -> impl Iterator<Item = &Unreadable> {
        self.rows.iter().filter_map(|row| row.as_ref().err())
    }

    /// The same page with each item replaced by `change`.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(|row| row.map(&mut change)).collect(),
            current: self.current,
            last: self.last,
            total: self.total,
            extra: self.extra,
        }
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    /// The items that could be read.
    fn into_iter(self) -> Self::IntoIter {
        self.into_items().into_iter()
    }
}

impl<'p, T> IntoIterator for &'p Page<T> {
    type Item = &'p T;
    type IntoIter = std::iter::FilterMap<std::slice::Iter<'p, Row<T>>, fn(&'p Row<T>) -> Option<&'p T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter().filter_map(|row| row.as_ref().ok())
    }
}

debug_fields! {
    Page<T> => |page|
        rows: page.rows.len(), current: page.current, last: page.last, total: page.total, extra: page.extra
}
