use std::fmt;

use cryptopocket_types::reading::{List, Row, Unreadable};
use cryptopocket_types::{Extra, setters};

/// The page to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// Page number, from 1; 0 once, at the end of a list of which no total was announced, to see whether pages count from 0.
    pub page: u32,
    /// Items a page, if the caller set it.
    pub per_page: Option<u32>,
}

/// One page of a list, and what the provider announced about the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Page<T> {
    rows: Vec<Row<T>>,
    current: Option<u32>,
    last: Option<u32>,
    total: Option<u64>,
    extra: Extra,
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
        self.len() == 0
    }

    /// The items that could be read.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.into_iter()
    }

    /// The items that could be read, taken.
    pub fn into_items(self) -> Vec<T> {
        self.rows.into_iter().filter_map(Result::ok).collect()
    }

    /// The rows that could not be read, each with its exact text.
    pub fn unreadable(&self) -> impl Iterator<Item = &Unreadable> {
        self.rows.iter().filter_map(|row| row.as_ref().err())
    }

    /// All rows in their order.
    pub fn rows(&self) -> &[Row<T>] {
        &self.rows
    }

    /// All rows in their order, taken.
    pub fn into_rows(self) -> Vec<Row<T>> {
        self.rows
    }

    /// The number of this page, if the provider gave it.
    pub fn number(&self) -> Option<u32> {
        self.current
    }

    /// The number of the last page, if the provider gave it.
    pub fn last_number(&self) -> Option<u32> {
        self.last
    }

    /// The number of items of the whole list, if the provider gave it.
    pub fn total_items(&self) -> Option<u64> {
        self.total
    }

    /// What the reply has beside the rows and their count, such as its `message`.
    pub fn extra(&self) -> &Extra {
        &self.extra
    }

    /// The items, and the same page without them.
    pub(super) fn split(mut self) -> (Vec<Row<T>>, Self) {
        (std::mem::take(&mut self.rows), self)
    }

    /// The same page with these items.
    pub(super) fn with_rows(mut self, rows: Vec<Row<T>>) -> Self {
        self.rows = rows;
        self
    }

    /// Whether the provider announced anything about the list.
    pub(super) fn is_announced(&self) -> bool {
        self.current.is_some() || self.last.is_some() || self.total.is_some()
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

impl<T> From<List<T>> for Page<T> {
    fn from(list: List<T>) -> Self {
        Self {
            rows: list.rows,
            current: list.place.current,
            last: list.place.last,
            total: list.place.total,
            extra: list.extra,
        }
    }
}

impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("rows", &self.rows.len())
            .field("current", &self.current)
            .field("last", &self.last)
            .field("total", &self.total)
            .field("extra", &self.extra)
            .finish()
    }
}
