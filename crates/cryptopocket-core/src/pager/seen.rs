use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::IdentityFn;

/// The items seen so far, to detect a list without an end.
pub(super) struct Seen<T> {
    identity: Option<IdentityFn<T>>,
    known: HashSet<u64>,
    before: Vec<u64>,
    /// Number of distinct items; all items, if they have no identity.
    pub(super) items: u64,
    pub(super) pages: u64,
}

/// New items of a page, compared with the pages before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// It has new items, or items have no identity.
    Some,
    /// None: it is the same as the page before.
    Repeated,
    /// None, although it differs from the page before.
    None,
}

impl<T> Seen<T> {
    pub(super) fn new(identity: Option<IdentityFn<T>>) -> Self {
        Self {
            identity,
            known: HashSet::new(),
            before: Vec::new(),
            items: 0,
            pages: 0,
        }
    }

    /// Whether items have an identity.
    pub(super) fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    pub(super) fn add(&mut self, items: &[T]) -> News {
        self.pages += 1;
        let Some(identity) = &self.identity else {
            self.items += items.len() as u64;
            return News::Some;
        };
        let page: Vec<u64> = items.iter().map(|item| digest(&identity(item))).collect();
        self.known.extend(&page);
        let count = self.known.len() as u64;
        let news = if count > self.items {
            News::Some
        } else if page == self.before {
            News::Repeated
        } else {
            News::None
        };
        self.items = count;
        self.before = page;
        news
    }
}

/// A hash, since an identity may be personal data and a list may be long.
fn digest(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
