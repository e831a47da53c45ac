//! An append-only list with a key, shown newest first, page by page.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};

use hashbrown::HashTable;

use crate::trail::{Kind, Trail};
use crate::wire::Page;

/// Something that stands in a ledger.
pub trait Entry {
    /// What it is looked up by.
    type Key: ?Sized + Eq + Hash;

    fn key(&self) -> &Self::Key;
}

#[derive(Debug)]
pub struct Ledger<T> {
    entries: Vec<T>,
    /// Places by key. The keys themselves stand in the entries only.
    places: HashTable<u32>,
    trail: Option<(Trail, Kind)>,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            places: HashTable::new(),
            trail: None,
        }
    }
}

fn hash<K: Hash + ?Sized>(key: &K) -> u64 {
    BuildHasherDefault::<DefaultHasher>::new().hash_one(key)
}

impl<T: Entry> Ledger<T> {
    /// From now on changes are noted.
    pub fn follow(&mut self, trail: &Trail, kind: Kind) {
        self.trail = Some((trail.clone(), kind));
    }

    fn note(&self, place: usize) {
        if let Some((trail, kind)) = &self.trail {
            trail.note(*kind, place);
        }
    }

    pub fn push(&mut self, entry: T) {
        let (place, hashed) = (self.entries.len(), hash(entry.key()));
        self.entries.push(entry);
        let (short, entries) = (u32::try_from(place).unwrap_or(u32::MAX), &self.entries);
        self.places
            .insert_unique(hashed, short, |other| hash(entries[*other as usize].key()));
        self.note(place);
    }

    fn place(&self, key: &T::Key) -> Option<usize> {
        let same = |place: &u32| self.entries[*place as usize].key() == key;
        self.places.find(hash(key), same).map(|place| *place as usize)
    }

    pub fn get(&self, key: &T::Key) -> Option<&T> {
        self.place(key).and_then(|place| self.entries.get(place))
    }

    pub fn get_mut(&mut self, key: &T::Key) -> Option<&mut T> {
        let place = self.place(key)?;
        self.note(place);
        self.entries.get_mut(place)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entry that was pushed as the `place`th, counted from 0.
    pub fn at(&self, place: usize) -> Option<&T> {
        self.entries.get(place)
    }

    /// A page of everything; costs what the page costs, however many there are.
    pub fn page(&self, (current, per_page): (usize, usize)) -> Page<&T> {
        let skipped = (current - 1).saturating_mul(per_page);
        Page {
            items: self.entries.iter().rev().skip(skipped).take(per_page).collect(),
            current,
            per_page,
            total: self.entries.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Ledger};

    impl Entry for u32 {
        type Key = u32;

        fn key(&self) -> &u32 {
            self
        }
    }

    fn ledger(size: u32) -> Ledger<u32> {
        let mut ledger = Ledger::default();
        (1..=size).for_each(|number| ledger.push(number));
        ledger
    }

    #[test]
    fn pages_run_from_the_newest_to_the_oldest() {
        let ledger = ledger(7);
        assert_eq!(ledger.page((1, 3)).items, [&7, &6, &5]);
        assert_eq!(ledger.page((3, 3)).items, [&1]);
        assert!(ledger.page((usize::MAX, 3)).items.is_empty());
    }

    #[test]
    fn entries_are_found_by_their_key_and_nothing_else_is() {
        let ledger = ledger(2_000);
        assert!((1..=2_000).all(|number| ledger.get(&number) == Some(&number)));
        assert_eq!(ledger.get(&2_001), None);
    }
}
