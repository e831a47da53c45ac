use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::IdentityFn;

/// What of a list has been seen, so that a list without an end is noticed.
pub(super) struct Seen<T> {
    identity: Option<IdentityFn<T>>,
    known: HashSet<u64>,
    before: Vec<u64>,
    /// Different items, as far as they can be told apart.
    pub(super) items: u64,
    pub(super) pages: u64,
}

/// What a page adds to those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Something, or it cannot be told.
    Some,
    /// Nothing: it is the page before once more.
    Repeated,
    /// Nothing, though it is another page than the one before.
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

    /// Whether items can be told apart.
    pub(super) fn can_tell(&self) -> bool {
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

/// Names can be personal data and lists long, so neither is kept.
fn digest(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
