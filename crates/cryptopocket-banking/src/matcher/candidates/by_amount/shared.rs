//! Records that share a key, and the keys that too many share.

use std::collections::BTreeSet;

use super::super::super::index::{Entry, Index, Run};
use super::super::super::marks::Marks;
use super::super::eligible::{CREDITS, Eligible, PAYMENTS, Sides};

/// Payments and credits by a key. The indices hold every record that took part once: who reads them asks whether it still
/// does.
#[derive(Default)]
pub(in super::super) struct Shared {
    indices: Sides<Index>,
    /// Keys that more payments and credits share than may be compared.
    pub(in super::super) crowded: BTreeSet<u64>,
}

impl Shared {
    /// Takes in these records, and counts those that share their keys. Returns the keys, sorted, of which it is another
    /// matter now whether they are crowded, and adds their records to what is looked at again.
    pub(super) fn update(
        &mut self,
        eligible: &Eligible<'_>,
        keys: &Sides<Vec<Entry>>,
        again: &mut Sides<Marks>,
        told: &mut Sides<Marks>,
    ) -> Vec<u64> {
        for (side, index) in self.indices.iter_mut().enumerate() {
            let taking_part = keys[side]
                .iter()
                .filter(|(_, place)| eligible.takes_part(side, *place));
            index.insert(taking_part.copied().collect());
        }
        let turned = self.count_again(eligible, keys);
        for key in &turned {
            for (side, index) in self.indices.iter().enumerate() {
                let places = index.of(*key).places();
                for place in places.filter(|place| eligible.takes_part(side, *place)) {
                    told[side].add(place);
                    again[side].add(place);
                }
            }
        }
        turned
    }

    #[allow(
        clippy::stable_sort_primitive,
        reason = "the stable sort merges runs that are sorted already"
    )]
    fn count_again(&mut self, eligible: &Eligible<'_>, keys: &Sides<Vec<Entry>>) -> Vec<u64> {
        let most = eligible.search.policy.limits.pairs;
        let mut all: Vec<Entry> = keys.iter().flatten().map(|(key, _)| (*key, 0)).collect();
        all.sort();
        all.dedup();
        // Keys with payments, each with their number.
        let mut counts: Vec<Entry> = Vec::new();
        self.indices[PAYMENTS].join(&all, |key, _, run| {
            let places = run.places().filter(|place| eligible.takes_part(PAYMENTS, *place));
            let count = u32::try_from(places.count()).unwrap_or(u32::MAX);
            if count > 0 {
                counts.push((key, count));
            }
        });
        let mut now: Vec<u64> = Vec::new();
        self.indices[CREDITS].join(&counts, |key, group, run| {
            let enough = (most / group[0].1) as usize;
            let places = run.places().filter(|place| eligible.takes_part(CREDITS, *place));
            if run.len() > enough && places.take(enough + 1).count() > enough {
                now.push(key);
            }
        });
        let is_now = |key: u64| now.binary_search(&key).is_ok();
        let mut turned: Vec<u64> = now
            .iter()
            .copied()
            .filter(|key| !self.crowded.contains(key))
            .collect();
        if !self.crowded.is_empty() {
            let were = all
                .iter()
                .map(|(key, _)| *key)
                .filter(|key| self.crowded.contains(key));
            turned.extend(were.filter(|key| !is_now(*key)));
            turned.sort_unstable();
        }
        for key in &turned {
            if !self.crowded.remove(key) {
                self.crowded.insert(*key);
            }
        }
        turned
    }

    /// Visits the keys of one side that are not crowded, with the records of the other side.
    pub(super) fn join<'i>(&'i self, side: usize, keys: &[Entry], mut visit: impl FnMut(&[Entry], Run<'i>)) {
        let other = &self.indices[1 - side];
        other.join(keys, |key, group, run| {
            if self.crowded.is_empty() || !self.crowded.contains(&key) {
                visit(group, run);
            }
        });
    }
}
