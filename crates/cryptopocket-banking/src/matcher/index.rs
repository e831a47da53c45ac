//! Records by key, kept from one batch to the next.

use super::reference::HASHED;

/// A key and the place of the record that has it.
pub(super) type Entry = (u64, u32);

/// The share of the entries that batches may bring before all are merged.
const SHARE: usize = 8;
/// So many are never worth a merge.
const FEW: usize = 1024;

/// Entries in two sorted lists. A batch is put into the second, small one, so that its cost does not follow all records.
///
/// An entry is never taken out: who reads it asks whether the record still takes part.
#[derive(Default)]
pub(super) struct Index {
    lists: [Vec<Entry>; 2],
    filter: KeyFilter,
}

/// The entries of one key, in both lists.
pub(super) type Run<'i> = [&'i [Entry]; 2];

pub(super) fn places(run: Run<'_>) -> impl Iterator<Item = u32> {
    run.into_iter().flatten().map(|(_, place)| *place)
}

impl Index {
    /// Adds entries; those that are known are dropped.
    pub(super) fn insert(&mut self, mut entries: Vec<Entry>) {
        entries.sort_unstable();
        entries.dedup();
        let [base, recent] = &mut self.lists;
        entries.retain(|entry| !self.filter.may_hold(entry.0) || base.binary_search(entry).is_err());
        let count = base.len() + recent.len() + entries.len();
        if self.filter.is_full(count) {
            self.filter = KeyFilter::for_keys(count);
            self.filter.add(base);
            self.filter.add(recent);
        }
        self.filter.add(&entries);
        put(recent, entries);
        if recent.len() > FEW.max(base.len() / SHARE) {
            put(base, std::mem::take(recent));
        }
    }

    /// Whether the key may have entries; never wrong when it says no.
    pub(super) fn may_hold(&self, key: u64) -> bool {
        self.filter.may_hold(key)
    }

    /// The entries of one key.
    #[inline]
    pub(super) fn of(&self, key: u64) -> Run<'_> {
        if self.may_hold(key) {
            self.find(key)
        } else {
            [&[], &[]]
        }
    }

    fn find(&self, key: u64) -> Run<'_> {
        self.lists.each_ref().map(|list| {
            let from = list.partition_point(|(other, _)| *other < key);
            of_key(&list[from..], key)
        })
    }

    /// Visits each key of `left`, which is sorted, with its entries there and here.
    pub(super) fn join<'i>(&'i self, left: &[Entry], mut visit: impl FnMut(u64, &[Entry], Run<'i>)) {
        let mut rest = self.lists.each_ref().map(Vec::as_slice);
        for group in left.chunk_by(|a, b| a.0 == b.0) {
            let key = group[0].0;
            rest = rest.map(|list| from_key(list, key));
            let found = rest.map(|list| of_key(list, key));
            if found.iter().any(|list| !list.is_empty()) {
                visit(key, group, found);
            }
        }
    }
}

/// Puts a sorted list into another one.
fn put(list: &mut Vec<Entry>, mut more: Vec<Entry>) {
    if list.is_empty() {
        *list = more;
    } else {
        list.append(&mut more);
        merge(list);
    }
}

/// Sorts entries of runs that are sorted already, each once.
#[allow(clippy::stable_sort_primitive, reason = "the stable sort merges runs")]
pub(super) fn merge<T: Ord>(entries: &mut Vec<T>) {
    entries.sort();
    entries.dedup();
}

/// The entries of `key`, which come first.
fn of_key(entries: &[Entry], key: u64) -> &[Entry] {
    let count = entries.iter().take_while(|(other, _)| *other == key).count();
    &entries[..count]
}

/// The entries from `key` on. Looks near the beginning first: both sides of a join move on together.
fn from_key(entries: &[Entry], key: u64) -> &[Entry] {
    let mut bound = 1;
    while entries.get(bound - 1).is_some_and(|(other, _)| *other < key) {
        bound *= 2;
    }
    let (from, to) = (bound / 2, bound.min(entries.len()));
    &entries[from + entries[from..to].partition_point(|(other, _)| *other < key)..]
}

/// A set of keys that may say yes wrongly, never no.
#[derive(Default)]
struct KeyFilter {
    bits: Vec<u64>,
    shift: u32,
}

impl KeyFilter {
    /// One that is large enough for so many keys, and for some more.
    fn for_keys(count: usize) -> Self {
        let bits = (count.max(64) * 16).next_power_of_two();
        Self {
            bits: vec![0; bits / 64],
            shift: 64 - bits.ilog2(),
        }
    }

    const fn is_full(&self, count: usize) -> bool {
        count * 16 > self.bits.len() * 64
    }

    fn add(&mut self, entries: &[Entry]) {
        for (key, _) in entries {
            let (word, bits) = self.place(*key);
            self.bits[word] |= bits;
        }
    }

    /// The word of a key, and two bits in it: one look at the memory tells. Numbers, of which many are looked for, have a half
    /// of the words for themselves.
    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = (key ^ (key >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        #[allow(
            clippy::cast_possible_truncation,
            reason = "below the number of bits held in memory"
        )]
        let place = ((mixed >> 1 | key & HASHED) >> self.shift) as usize;
        (place / 64, 1 << (place % 64) | 1 << (mixed >> 8 & 63))
    }

    fn may_hold(&self, key: u64) -> bool {
        if self.bits.is_empty() {
            return false;
        }
        let (word, bits) = self.place(key);
        self.bits[word] & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places_of(index: &Index, key: u64) -> Vec<u32> {
        let mut places: Vec<u32> = places(index.of(key)).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn batches_are_found_like_one_list() {
        let entry = |n: u64| (n * 7919 % 1000, u32::try_from(n).unwrap());
        let mut index = Index::default();
        for batch in 0..40 {
            // Each batch brings half of the one before again.
            index.insert((batch * 100..batch * 100 + 150).map(entry).collect());
        }
        let mut left: Vec<Entry> = (0..1200).map(|key| (key, 0)).collect();
        left.push((5, 1));
        left.sort_unstable();
        let mut joined = Vec::new();
        index.join(&left, |key, group, run| {
            joined.push((key, group.len(), places(run).count()));
        });
        for key in 0..1200 {
            let mut wanted: Vec<u32> = (0..4050)
                .map(entry)
                .filter(|(k, _)| *k == key)
                .map(|(_, place)| place)
                .collect();
            wanted.sort_unstable();
            assert_eq!(places_of(&index, key), wanted, "{key}");
            let found = joined.iter().find(|(k, ..)| *k == key);
            let groups = if key == 5 { 2 } else { 1 };
            assert_eq!(
                found.map(|(_, a, b)| (*a, *b)),
                (!wanted.is_empty()).then_some((groups, wanted.len()))
            );
        }
    }

    #[test]
    fn filter_never_misses() {
        let mut filter = KeyFilter::for_keys(1000);
        filter.add(&(0..1000).map(|key| (key, 0)).collect::<Vec<_>>());
        assert!((0..1000).all(|key| filter.may_hold(key)));
        assert!((1000..2000).filter(|key| filter.may_hold(*key)).count() < 300);
    }
}
