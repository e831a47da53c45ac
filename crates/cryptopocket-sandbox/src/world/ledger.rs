//! An append-only list with a key, shown newest first, page by page.

use std::collections::BTreeMap;

use crate::moment::Moment;
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

    /// The entry that was pushed as the `place`th, counted from 0.
    pub(crate) fn at(&self, place: usize) -> Option<&T> {
        self.entries.get(place)
    }

    /// A page of everything.
    pub(crate) fn page(&self, page: (usize, usize)) -> Page<&T> {
        page_of(&self.entries, page)
    }

    /// What was made in a span of time, `until` not included. Entries are pushed in the order of their times.
    pub(crate) fn between(
        &self,
        from: Option<Moment>,
        until: Option<Moment>,
        time: impl Fn(&T) -> Moment,
    ) -> &[T] {
        let place = |bound: Moment| self.entries.partition_point(|entry| time(entry) < bound);
        let end = until.map_or(self.entries.len(), place);
        &self.entries[from.map_or(0, place).min(end)..end]
    }
}

/// A page of some entries, the last of them first; costs what the page costs, however many there are.
pub(crate) fn page_of<T>(entries: &[T], (current, per_page): (usize, usize)) -> Page<&T> {
    let skipped = (current - 1).saturating_mul(per_page);
    let items = entries.iter().rev().skip(skipped).take(per_page).collect();
    Page {
        items,
        current,
        per_page,
        total: entries.len(),
    }
}

/// A page of what `keep` keeps; looks at every entry.
pub(crate) fn filtered<'a, T>(
    entries: impl Iterator<Item = &'a T>,
    (current, per_page): (usize, usize),
    keep: impl Fn(&T) -> bool,
) -> Page<&'a T> {
    let skipped = (current - 1).saturating_mul(per_page);
    let mut page = Page {
        items: Vec::new(),
        current,
        per_page,
        total: 0,
    };
    for entry in entries.filter(|entry| keep(entry)) {
        if page.total >= skipped && page.items.len() < per_page {
            page.items.push(entry);
        }
        page.total += 1;
    }
    page
}

#[cfg(test)]
mod tests {
    use super::{Ledger, filtered};
    use crate::moment::Moment;

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
        let page = filtered(ledger.iter().rev(), (2, 2), |n| n % 2 == 1);
        assert_eq!((page.items, page.total), (vec![&3, &1], 4));
    }

    #[test]
    fn a_span_of_time_begins_with_its_first_moment_and_ends_before_its_last() {
        let ledger = ledger();
        let at = |n: i64| Some(Moment::from_micros(n));
        let between = |from, until| {
            ledger
                .between(from, until, |n| Moment::from_micros(i64::from(*n)))
                .to_vec()
        };
        assert_eq!(between(at(3), at(5)), [3, 4]);
        assert_eq!(between(None, at(2)), [1]);
        assert!(between(at(9), at(2)).is_empty());
    }
}
