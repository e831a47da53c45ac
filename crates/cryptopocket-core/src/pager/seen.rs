use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use cryptopocket_types::reading::Row;

use super::IdentityFn;

/// The items seen so far, to detect a list without an end.
pub(super) struct Seen<T> {
    identity: Option<IdentityFn<T>>,
    known: HashSet<u128>,
    before: Vec<u128>,
    /// Number of distinct items; all items, if they have no identity.
    pub(super) items: u64,
    pub(super) pages: u64,
    pub(super) has_unreadable: bool,
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
            has_unreadable: false,
        }
    }

    /// Whether items have an identity.
    pub(super) fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// Notes the items of the next page, and drops those that an earlier page had.
    ///
    /// An item that is created or removed meanwhile shifts the pages, so that another one comes twice. Returned twice, it
    /// would be summed twice.
    pub(super) fn add(&mut self, rows: Vec<Row<T>>) -> (News, Vec<Row<T>>) {
        self.pages += 1;
        self.has_unreadable |= rows.iter().any(Result::is_err);
        let Some(identity) = &self.identity else {
            self.items += rows.len() as u64;
            return (News::Some, rows);
        };
        // A row that cannot be read is told apart by its text: it counts as a row, and a page of such rows is no empty one.
        let page: Vec<u128> = rows
            .iter()
            .map(|row| match row {
                Ok(item) => digest(&identity(item)),
                Err(unreadable) => digest(unreadable.raw.get()),
            })
            .collect();
        let mut digests = page.iter();
        let fresh: Vec<_> = rows
            .into_iter()
            .filter(|_| digests.next().is_some_and(|digest| self.known.insert(*digest)))
            .collect();
        let news = if !fresh.is_empty() {
            News::Some
        } else if page == self.before {
            News::Repeated
        } else {
            News::None
        };
        self.items = self.known.len() as u64;
        self.before = page;
        (news, fresh)
    }
}

/// A hash, since an identity may be personal data and a list may be long.
///
/// It is wide, because two items with one hash would be taken for one, and the second would be lost.
fn digest(name: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, name).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
