//! An append-only list with a key, shown newest first, page by page.

use std::collections::BTreeMap;

use crate::wire::Page;

#[derive(Debug)]
pub(crate) struct Ledger<K, T> {
    entries: Vec<T>,
    places: BTreeMap<K, usize>,
}

impl<K: Ord, T> Default for Ledger<K, T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            places: BTreeMap::new(),
        }
    }
}

impl<K: Ord, T> Ledger<K, T> {
    pub(crate) fn push(&mut self, key: K, entry: T) {
        self.places.insert(key, self.entries.len());
        self.entries.push(entry);
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&T>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.places.get(key).map(|place| &self.entries[*place])
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut T>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.places.get(key).map(|place| &mut self.entries[*place])
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// A page of everything; costs what the page costs, however long the list.
    pub(crate) fn page(&self, (current, per_page): (usize, usize)) -> Page<&T> {
        let skipped = (current - 1).saturating_mul(per_page);
        let items = self.entries.iter().rev().skip(skipped).take(per_page).collect();
        Page {
            items,
            current,
            per_page,
            total: self.entries.len(),
        }
    }

    /// A page of what `keep` keeps.
    pub(crate) fn filtered(
        &self,
        (current, per_page): (usize, usize),
        keep: impl Fn(&T) -> bool,
    ) -> Page<&T> {
        let skipped = (current - 1).saturating_mul(per_page);
        let mut page = Page {
            items: Vec::new(),
            current,
            per_page,
            total: 0,
        };
        for entry in self.entries.iter().rev().filter(|entry| keep(entry)) {
            if page.total >= skipped && page.items.len() < per_page {
                page.items.push(entry);
            }
            page.total += 1;
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;

    fn ledger() -> Ledger<u32, u32> {
        let mut ledger = Ledger::default();
        (1..=7).for_each(|n| ledger.push(n, n));
        ledger
    }

    #[test]
    fn pages_run_from_the_newest_to_the_oldest() {
        let ledger = ledger();
        assert_eq!(ledger.page((1, 3)).items, [&7, &6, &5]);
        assert_eq!(ledger.page((3, 3)).items, [&1]);
        assert!(ledger.page((usize::MAX, 3)).items.is_empty());
    }

    #[test]
    fn a_filter_counts_only_what_it_keeps() {
        let ledger = ledger();
        let page = ledger.filtered((2, 2), |n| n % 2 == 1);
        assert_eq!((page.items, page.total), (vec![&3, &1], 4));
    }
}
