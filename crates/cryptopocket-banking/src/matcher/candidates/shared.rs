//! The records that are compared by amount: those that share a key, and the keys that too many share.

use std::collections::BTreeSet;

use super::super::index::{Entry, Index, Run, merge};
use super::super::marks::{CREDITS, Marks, PAYMENTS, Sides};
use super::super::record::Payer;
use super::super::reference::mixed;
use super::super::search::Search;
use super::Certainty;

/// The records that are compared by amount.
pub(super) struct Eligible<'s> {
    pub(super) search: &'s Search<'s>,
    pub(super) certain: &'s [Certainty],
    pub(super) paid: &'s [bool],
}

impl Eligible<'_> {
    /// Nothing can come near a payment that is paid beyond doubt, or a credit of which reference, amount and payer agree.
    pub(super) fn takes_part(&self, side: usize, place: u32) -> bool {
        let (at, standing) = (place as usize, self.search.standing);
        if side == PAYMENTS {
            standing.open[at] && !self.paid[at]
        } else {
            standing.free[at] && self.certain[at] != Certainty::Payer
        }
    }

    /// The key of the amount and its currency.
    pub(super) fn amount(&self, side: usize, place: u32) -> u64 {
        let search = self.search;
        let (amount, currency) = if side == PAYMENTS {
            let record = search.payment(place);
            (record.amount, record.currency)
        } else {
            let record = search.credit(place);
            (record.amount, record.currency)
        };
        let mut code = [0; 8];
        code.iter_mut()
            .zip(currency.as_str().bytes())
            .for_each(|(at, byte)| *at = byte);
        mixed(amount.unsigned_abs(), u64::from_le_bytes(code))
    }

    pub(super) fn payer(&self, side: usize, place: u32) -> &Payer {
        if side == PAYMENTS {
            &self.search.payment(place).payer
        } else {
            &self.search.credit(place).payer
        }
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
        let mut all: Vec<Entry> = keys.iter().flatten().map(|(key, _)| (*key, 0)).collect();
        merge(&mut all);
        let crowded = self.count(eligible, &all);
        let keys = all.iter().map(|(key, _)| *key);
        let mut turned: Vec<u64> = keys.filter(|key| self.crowded.remove(key)).collect();
        self.crowded.extend(&crowded);
        turned.extend(crowded);
        turned.sort_unstable();
        // Those that were crowded and still are stand there twice.
        let single = turned.chunk_by(|a, b| a == b).filter(|same| same.len() == 1);
        let turned: Vec<u64> = single.map(|same| same[0]).collect();
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

    /// Those of these keys that are crowded.
    fn count(&self, eligible: &Eligible<'_>, keys: &[Entry]) -> Vec<u64> {
        let most = eligible.search.policy.limits.pairs;
        // Keys with payments, each with their number.
        let mut counts: Vec<Entry> = Vec::new();
        self.indices[PAYMENTS].join(keys, |key, _, run| {
            let places = run.places().filter(|place| eligible.takes_part(PAYMENTS, *place));
            let count = u32::try_from(places.count()).unwrap_or(u32::MAX);
            if count > 0 {
                counts.push((key, count));
            }
        });
        let mut crowded: Vec<u64> = Vec::new();
        self.indices[CREDITS].join(&counts, |key, group, run| {
            let enough = (most / group[0].1) as usize;
            let places = run.places().filter(|place| eligible.takes_part(CREDITS, *place));
            if run.len() > enough && places.take(enough + 1).count() > enough {
                crowded.push(key);
            }
        });
        crowded
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
