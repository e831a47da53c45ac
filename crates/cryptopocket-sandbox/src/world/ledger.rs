//! An append-only list with a key, shown newest first, page by page.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};
use std::ops::Range;

use hashbrown::HashTable;

use super::ranked::Ranked;
use crate::moment::Moment;
use crate::trail::{Kind, Trail};
use crate::wire::Page;

/// Entries that may wait to be filed under the label they have now.
const UNFILED: usize = 1_024;

/// Something that stands in a ledger.
pub(crate) trait Entry {
    /// What it is looked up by.
    type Key: ?Sized + Eq + Hash;

    fn key(&self) -> &Self::Key;

    /// What a listing can be filtered by.
    fn label(&self) -> Option<&str> {
        None
    }
}

#[derive(Debug)]
pub(crate) struct Ledger<T> {
    entries: Vec<T>,
    /// Places by key. The keys themselves stand in the entries only.
    places: HashTable<u32>,
    labels: Labels,
    /// Places that were handed out to be changed since they were filed.
    unfiled: Vec<usize>,
    trail: Option<(Trail, Kind)>,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            places: HashTable::new(),
            labels: Labels::default(),
            unfiled: Vec::new(),
            trail: None,
        }
    }
}

fn hash<K: Hash + ?Sized>(key: &K) -> u64 {
    BuildHasherDefault::<DefaultHasher>::new().hash_one(key)
}

impl<T: Entry> Ledger<T> {
    /// From now on changes are noted.
    pub(crate) fn follow(&mut self, trail: &Trail, kind: Kind) {
        self.trail = Some((trail.clone(), kind));
    }

    fn note(&self, place: usize) {
        if let Some((trail, kind)) = &self.trail {
            trail.note(*kind, place);
        }
    }

    pub(crate) fn push(&mut self, entry: T) {
        let (place, entries) = (self.entries.len(), &self.entries);
        let (short, key) = (u32::try_from(place).unwrap_or(u32::MAX), hash(entry.key()));
        self.places.insert_unique(key, short, |other| {
            entries
                .get(*other as usize)
                .map_or(key, |entry| hash(entry.key()))
        });
        self.labels.file(place, entry.label());
        self.entries.push(entry);
        self.note(place);
    }

    fn place(&self, key: &T::Key) -> Option<usize> {
        let same = |place: &u32| {
            self.entries
                .get(*place as usize)
                .is_some_and(|entry| entry.key() == key)
        };
        self.places.find(hash(key), same).map(|place| *place as usize)
    }

    pub(crate) fn get(&self, key: &T::Key) -> Option<&T> {
        self.place(key).and_then(|place| self.entries.get(place))
    }

    pub(crate) fn get_mut(&mut self, key: &T::Key) -> Option<&mut T> {
        let place = self.place(key)?;
        self.note(place);
        if self.entries[place].label().is_some() {
            self.unfiled.push(place);
            if self.unfiled.len() > UNFILED {
                self.file();
            }
        }
        self.entries.get_mut(place)
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
        self.page_within(0..self.entries.len(), page)
    }

    /// A page of what stands at the places of `span`; costs what the page costs, however many there are.
    pub(crate) fn page_within(&self, span: Range<usize>, page: (usize, usize)) -> Page<&T> {
        page_of(&self.entries[span], page)
    }

    /// The places of what was made in a span of time, `until` not included. Entries are pushed in the order of their
    /// times.
    pub(crate) fn span(
        &self,
        from: Option<Moment>,
        until: Option<Moment>,
        time: impl Fn(&T) -> Moment,
    ) -> Range<usize> {
        let place = |bound: Moment| self.entries.partition_point(|entry| time(entry) < bound);
        let end = until.map_or(self.entries.len(), place);
        from.map_or(0, place).min(end)..end
    }

    fn file(&mut self) {
        for place in std::mem::take(&mut self.unfiled) {
            self.labels.file(place, self.entries[place].label());
        }
    }

    /// A page of what has a label, among the places of `span`; costs what the page costs, however many there are.
    pub(crate) fn labelled(
        &mut self,
        label: &str,
        span: Range<usize>,
        (current, per_page): (usize, usize),
    ) -> Page<&T> {
        self.file();
        let mut page = Page {
            items: Vec::new(),
            current,
            per_page,
            total: 0,
        };
        if let Some(filed) = self.labels.of(label) {
            let (first, end) = (filed.below(span.start), filed.below(span.end));
            let skipped = (current - 1).saturating_mul(per_page);
            let shown = (first..end).rev().skip(skipped).take(per_page);
            page.total = end - first;
            page.items
                .extend(shown.filter_map(|nth| self.entries.get(filed.nth(nth)?)));
        }
        page
    }
}

/// Which places are filed under which label.
#[derive(Debug, Default)]
struct Labels {
    numbers: BTreeMap<String, u32>,
    places: Vec<Ranked>,
    /// The number of the label that each place is filed under.
    filed: Vec<u32>,
}

impl Labels {
    fn of(&self, label: &str) -> Option<&Ranked> {
        self.places.get(*self.numbers.get(label)? as usize)
    }

    fn file(&mut self, place: usize, label: Option<&str>) {
        let Some(label) = label else { return };
        let known = self.numbers.get(label).copied();
        let number = known.unwrap_or_else(|| {
            let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            self.numbers.insert(label.to_owned(), number);
            self.places.push(Ranked::default());
            number
        });
        match self.filed.get_mut(place) {
            Some(before) if *before == number => return,
            Some(before) => {
                self.places[*before as usize].remove(place);
                *before = number;
            }
            None => self.filed.push(number),
        }
        self.places[number as usize].insert(place);
    }
}

/// A page of a list, the last of it first.
fn page_of<T>(entries: &[T], (current, per_page): (usize, usize)) -> Page<&T> {
    let skipped = (current - 1).saturating_mul(per_page);
    Page {
        items: entries.iter().rev().skip(skipped).take(per_page).collect(),
        current,
        per_page,
        total: entries.len(),
    }
}

impl Page<&usize> {
    /// The entries at these places.
    pub(crate) fn look_up<T: Entry>(self, ledger: &Ledger<T>) -> Page<&T> {
        Page {
            items: self
                .items
                .into_iter()
                .filter_map(|place| ledger.at(*place))
                .collect(),
            current: self.current,
            per_page: self.per_page,
            total: self.total,
        }
    }
}

/// A page of some places, the last of them first.
pub(crate) fn page_of_places(places: &[usize], page: (usize, usize)) -> Page<&usize> {
    page_of(places, page)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Entry, Ledger};
    use crate::moment::Moment;

    #[derive(Clone, Debug, PartialEq)]
    struct Item {
        id: u32,
        label: &'static str,
    }

    impl Entry for Item {
        type Key = u32;

        fn key(&self) -> &u32 {
            &self.id
        }

        fn label(&self) -> Option<&str> {
            Some(self.label)
        }
    }

    fn ledger(size: u32) -> Ledger<Item> {
        let mut ledger = Ledger::default();
        for id in 1..=size {
            let label = if id % 2 == 0 { "even" } else { "odd" };
            ledger.push(Item { id, label });
        }
        ledger
    }

    fn ids(items: &[&Item]) -> Vec<u32> {
        items.iter().map(|item| item.id).collect()
    }

    fn at(n: i64) -> Moment {
        Moment::from_micros(n)
    }

    #[test]
    fn pages_run_from_the_newest_to_the_oldest() {
        let ledger = ledger(7);
        assert_eq!(ids(&ledger.page((1, 3)).items), [7, 6, 5]);
        assert_eq!(ids(&ledger.page((3, 3)).items), [1]);
        assert!(ledger.page((usize::MAX, 3)).items.is_empty());
    }

    #[test]
    fn entries_are_found_by_their_key_and_nothing_else_is() {
        let ledger = ledger(2_000);
        assert!((1..=2_000).all(|id| ledger.get(&id).is_some_and(|item| item.id == id)));
        assert_eq!(ledger.get(&2_001), None);
    }

    #[test]
    fn a_label_finds_what_has_it_now() {
        let mut ledger = ledger(7);
        let page = ledger.labelled("odd", 0..7, (2, 2));
        assert_eq!((ids(&page.items), page.total), (vec![3, 1], 4));
        if let Some(item) = ledger.get_mut(&3) {
            item.label = "even";
        }
        assert_eq!(ids(&ledger.labelled("odd", 0..7, (1, 9)).items), [7, 5, 1]);
        assert_eq!(ids(&ledger.labelled("even", 1..6, (1, 9)).items), [6, 4, 3, 2]);
        assert_eq!(ledger.labelled("none", 0..7, (1, 9)).total, 0);
        assert!(ledger.labelled("odd", 0..7, (usize::MAX, 9)).items.is_empty());
    }

    #[test]
    fn a_span_of_time_begins_with_its_first_moment_and_ends_before_its_last() {
        let ledger = ledger(7);
        let between = |from, until| {
            let span = ledger.span(from, until, |item| Moment::from_micros(i64::from(item.id)));
            ids(&ledger.page_within(span, (1, 9)).items)
        };
        assert_eq!(between(Some(at(3)), Some(at(5))), [4, 3]);
        assert_eq!(between(None, Some(at(2))), [1]);
        assert!(between(Some(at(9)), Some(at(2))).is_empty());
    }

    #[test]
    fn a_span_of_a_million_is_found_in_forty_looks() {
        let ledger = ledger(1_000_000);
        let looks = Cell::new(0);
        let time = |item: &Item| {
            looks.set(looks.get() + 1);
            Moment::from_micros(i64::from(item.id))
        };
        assert_eq!(
            ledger.span(Some(at(400_001)), Some(at(400_101)), time),
            400_000..400_100
        );
        assert!(looks.get() <= 42, "{} looks", looks.get());
    }
}
