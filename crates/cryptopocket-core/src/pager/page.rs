use std::fmt;

/// The page to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// Page number, from 1; 0 once, at the end of a list of which nothing was announced, to see whether pages count from 0.
    pub page: u32,
    /// Items a page, if the caller set it.
    pub per_page: Option<u32>,
}

/// One page of a list, and what the provider announced about the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Page<T> {
    items: Vec<T>,
    current: Option<u32>,
    last: Option<u32>,
    total: Option<u64>,
}

impl<T> Page<T> {
    /// A page with these items and no announcements.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            items,
            current: None,
            last: None,
            total: None,
        }
    }

    /// Sets the number of this page, as the provider gives it.
    #[must_use]
    pub fn current(mut self, number: impl Into<Option<u32>>) -> Self {
        self.current = number.into();
        self
    }

    /// Sets the number of the last page.
    #[must_use]
    pub fn last(mut self, number: impl Into<Option<u32>>) -> Self {
        self.last = number.into();
        self
    }

    /// Sets the number of items of the whole list.
    #[must_use]
    pub fn total(mut self, count: impl Into<Option<u64>>) -> Self {
        self.total = count.into();
        self
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items, taken.
    pub fn into_items(self) -> Vec<T> {
        self.items
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

    /// The items, and the same page without them.
    pub(super) fn split(mut self) -> (Vec<T>, Self) {
        (std::mem::take(&mut self.items), self)
    }

    /// The same page with these items.
    pub(super) fn with_items(mut self, items: Vec<T>) -> Self {
        self.items = items;
        self
    }

    /// Whether the provider announced anything about the list.
    pub(super) fn is_announced(&self) -> bool {
        self.current.is_some() || self.last.is_some() || self.total.is_some()
    }

    /// The same page with each item replaced by `change`.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(change).collect();
        Page {
            items,
            current: self.current,
            last: self.last,
            total: self.total,
        }
    }
}

impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items.len())
            .field("current", &self.current)
            .field("last", &self.last)
            .field("total", &self.total)
            .finish()
    }
}
