//! Records by key, kept from one batch to the next.

use super::reference::HASHED;

/// A key and the place of the record that has it.
pub(super) type Entry = (u64, u32);

/// The share of the entries that a batch may bring before all are merged.
const SHARE: usize = 8;
/// So many are never worth a merge.
const FEW: usize = 1024;

/// Entries in two sorted runs: a batch is put into the small one, so that its cost does not follow all records.
///
/// An entry is never taken out: who reads it asks whether the record still takes part.
#[derive(Default)]
pub(super) struct Index {
    base: Vec<Entry>,
    recent: Vec<Entry>,
    filter: KeyFilter,
}

/// The entries of one key.
#[derive(Clone, Copy)]
pub(super) struct Run<'i>(&'i [Entry], &'i [Entry]);

impl<'i> Run<'i> {
    pub(super) fn len(self) -> usize {
        self.0.len() + self.1.len()
    }

    /// The places of the records.
    pub(super) fn places(self) -> impl Iterator<Item = u32> + 'i {
        self.0.iter().chain(self.1).map(|(_, place)| *place)
    }
}

impl Index {
    /// Adds entries; those that are known are dropped.
    pub(super) fn insert(&mut self, mut entries: Vec<Entry>) {
        entries.sort_unstable();
        entries.dedup();
        if !self.base.is_empty() {
            entries.retain(|entry| !self.filter.may_hold(entry.0) || self.base.binary_search(entry).is_err());
        }
        if entries.is_empty() {
            return;
        }
        self.recent.append(&mut entries);
        merge(&mut self.recent);
        if self.base.is_empty() {
            self.base = std::mem::take(&mut self.recent);
            self.refilter();
        } else if self.recent.len() > FEW.max(self.base.len() / SHARE) {
            self.base.append(&mut self.recent);
            merge(&mut self.base);
            self.refilter();
        } else {
            for (key, _) in &self.recent {
                self.filter.add(*key);
            }
        }
    }

    fn refilter(&mut self) {
        self.filter = KeyFilter::for_keys(self.base.len());
        for (key, _) in &self.base {
            self.filter.add(*key);
        }
    }

    /// Whether the key may have entries; never wrong when it says no.
    pub(super) fn may_hold(&self, key: u64) -> bool {
        self.filter.may_hold(key)
    }

    #[inline]
    pub(super) fn of(&self, key: u64) -> Run<'_> {
        if self.may_hold(key) {
            self.find(key)
        } else {
            Run(&[], &[])
        }
    }

    fn find(&self, key: u64) -> Run<'_> {
        let of = |entries: &'_ [Entry]| {
            let from = entries.partition_point(|(other, _)| *other < key);
            from..from + run(&entries[from..], key)
        };
        Run(&self.base[of(&self.base)], &self.recent[of(&self.recent)])
    }

    /// Visits each key of `left`, which is sorted, with its entries there and here.
    pub(super) fn join<'i>(&'i self, left: &[Entry], mut visit: impl FnMut(u64, &[Entry], Run<'i>)) {
        let (mut base, mut recent) = (self.base.as_slice(), self.recent.as_slice());
        let mut rest = left;
        while let Some((key, _)) = rest.first() {
            let (group, more) = rest.split_at(run(rest, *key));
            rest = more;
            base = from_key(base, *key);
            recent = from_key(recent, *key);
            let found = Run(&base[..run(base, *key)], &recent[..run(recent, *key)]);
            if found.len() > 0 {
                visit(*key, group, found);
            }
        }
    }
}

/// Sorts entries of runs that are sorted already, each once.
#[allow(clippy::stable_sort_primitive, reason = "the stable sort merges runs")]
pub(super) fn merge<T: Ord>(entries: &mut Vec<T>) {
    entries.sort();
    entries.dedup();
}

fn run(entries: &[Entry], key: u64) -> usize {
    entries.iter().take_while(|(other, _)| *other == key).count()
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
    fn for_keys(count: usize) -> Self {
        let bits = (count.max(64) * 16).next_power_of_two();
        Self {
            bits: vec![0; bits / 64],
            shift: 64 - bits.ilog2(),
        }
    }

    fn add(&mut self, key: u64) {
        let (word, bits) = self.place(key);
        self.bits[word] |= bits;
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

    fn places(index: &Index, key: u64) -> Vec<u32> {
        let mut places: Vec<u32> = index.of(key).places().collect();
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
            joined.push((key, group.len(), run.len()));
        });
        for key in 0..1200 {
            let mut wanted: Vec<u32> = (0..4050)
                .map(entry)
                .filter(|(k, _)| *k == key)
                .map(|(_, place)| place)
                .collect();
            wanted.sort_unstable();
            assert_eq!(places(&index, key), wanted, "{key}");
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
        (0..1000).for_each(|key| filter.add(key));
        assert!((0..1000).all(|key| filter.may_hold(key)));
        assert!((1000..2000).filter(|key| filter.may_hold(*key)).count() < 300);
    }
}
