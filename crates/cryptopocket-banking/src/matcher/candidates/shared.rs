//! The records that are compared by amount: those that share a key, and the keys that too many share.

use std::collections::BTreeSet;

use super::super::index::{Entry, Index, Run, merge, places};
use super::super::marks::{BOTH, CREDITS, Marks, PAYMENTS, Side, Sides};
use super::super::reference::mixed;
use super::super::search::Search;
use super::{Certainty, Sure};

/// The records that are compared by amount.
pub(super) struct Eligible<'s> {
    pub(super) search: &'s Search<'s>,
    pub(super) sure: &'s Sure,
}

impl Eligible<'_> {
    /// Nothing can come near a payment that is paid beyond doubt, or a credit of which reference, amount and payer agree.
    pub(super) fn takes_part(&self, side: Side, place: u32) -> bool {
        let at = place as usize;
        let is_sure = match side {
            PAYMENTS => self.sure.paid[at],
            _ => self.sure.credits[at] == Certainty::Payer,
        };
        self.search.standing.is_open(side, place) && !is_sure
    }

    /// The key of the amount and its currency.
    pub(super) fn amount(&self, side: Side, place: u32) -> u64 {
        let record = self.search.store.record(side, place);
        let mut code = [0; 8];
        code.iter_mut()
            .zip(record.currency.as_str().bytes())
            .for_each(|(at, byte)| *at = byte);
        mixed(record.amount.unsigned_abs(), u64::from_le_bytes(code))
    }
}

/// Payments and credits by a key. The indices hold every record that took part once: who reads them asks whether it still
/// does.
#[derive(Default)]
pub(super) struct Shared {
    indices: Sides<Index>,
    /// Keys that more payments and credits share than may be compared.
    pub(super) crowded: BTreeSet<u64>,
}

impl Shared {
    /// Takes in these records, and counts those that share their keys. Returns the keys of which it is another matter now
    /// whether they are crowded, and adds their records to the dirty ones.
    pub(super) fn update(
        &mut self,
        eligible: &Eligible<'_>,
        keys: &Sides<Vec<Entry>>,
        dirty: &mut Sides<Marks>,
    ) -> Vec<u64> {
        for side in BOTH {
            let keys = keys[side].iter();
            let taking_part = keys.filter(|(_, place)| eligible.takes_part(side, *place));
            self.indices[side].insert(taking_part.copied().collect());
        }
        let mut all: Vec<Entry> = keys.iter().flatten().map(|(key, _)| (*key, 0)).collect();
        merge(&mut all);
        let crowded: BTreeSet<u64> = self.count(eligible, &all).into_iter().collect();
        let is_turned = |key: &u64| crowded.contains(key) != self.crowded.contains(key);
        let turned: Vec<u64> = all.iter().map(|(key, _)| *key).filter(is_turned).collect();
        for key in &turned {
            for side in BOTH {
                let places = places(self.indices[side].of(*key));
                dirty[side].extend(places.filter(|place| eligible.takes_part(side, *place)));
            }
            if !self.crowded.remove(key) {
                self.crowded.insert(*key);
            }
        }
        turned
    }

    /// Those of these keys that are crowded.
    fn count(&self, eligible: &Eligible<'_>, keys: &[Entry]) -> Vec<u64> {
        let most = eligible.search.policy.limits.pairs;
        // Keys with payments, each with their number.
        let mut counts: Vec<Entry> = Vec::new();
        self.indices[PAYMENTS].join(keys, |key, _, run| {
            let places = places(run).filter(|place| eligible.takes_part(PAYMENTS, *place));
            let count = u32::try_from(places.count()).unwrap_or(u32::MAX);
            if count > 0 {
                counts.push((key, count));
            }
        });
        let mut crowded: Vec<u64> = Vec::new();
        self.indices[CREDITS].join(&counts, |key, group, run| {
            let enough = (most / group[0].1) as usize;
            let mut taking_part = places(run).filter(|place| eligible.takes_part(CREDITS, *place));
            if places(run).nth(enough).is_some() && taking_part.nth(enough).is_some() {
                crowded.push(key);
            }
        });
        crowded
    }

    /// Visits the keys of one side that are not crowded, with the records of the other side.
    pub(super) fn join<'i>(&'i self, side: Side, keys: &[Entry], mut visit: impl FnMut(&[Entry], Run<'i>)) {
        let other = &self.indices[1 - side];
        other.join(keys, |key, group, run| {
            if self.crowded.is_empty() || !self.crowded.contains(&key) {
                visit(group, run);
            }
        });
    }
}
