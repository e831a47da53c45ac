//! Pairs of an equal amount.
//!
//! Where too many records share an amount, only those are compared that also share two words of a name, or an account.

use std::collections::BTreeSet;

use super::super::index::{Entry, places};
use super::super::marks::{CREDITS, Marks, PAYMENTS, Side, Sides};
use super::super::name;
use super::super::parallel::{both_sides, flat_map, in_parts};
use super::super::record::Glance;
use super::super::reference::{Key, mixed};
use super::super::search::Edge;
use super::Certainty;
use super::shared::{Eligible, Shared};

/// The records by amount, and those of crowded amounts by name and account as well.
#[derive(Default)]
pub(super) struct Amounts {
    pub(super) wholes: Shared,
    pub(super) payers: Shared,
    /// By credit.
    senders: Vec<Glance>,
}

/// The bits of a key that tell amounts apart, where the others tell payers apart: the keys of one amount lie together.
const AMOUNT: u64 = !0 << 36;
/// The bit of a payer's key that tells accounts from names.
pub(super) const ACCOUNT: u64 = 1;

impl Eligible<'_> {
    /// Adds the keys of a payer at this amount.
    fn put(&self, side: Side, (amount, place): Entry, into: &mut Vec<Entry>) {
        let (store, payer) = (self.search.store, &self.search.store.record(side, place).payer);
        let mut add = |key: u64, kind: u64| {
            into.push(((amount & AMOUNT) | (key & !AMOUNT & !ACCOUNT) | kind, place));
        };
        name_keys(store.text(payer.name), &mut |key| add(key, 0));
        if let Some(account) = store.whole_account(payer) {
            add(Key::hash(account), ACCOUNT);
        }
    }

    /// The amounts of these records, sorted.
    fn amounts(&self, records: &Sides<Marks>) -> Sides<Vec<Entry>> {
        both_sides(sizes(records), self.search.threads, |side| {
            let places = records[side].list().iter();
            let mut entries: Vec<Entry> = places.map(|at| (self.amount(side, *at), *at)).collect();
            entries.sort_unstable();
            entries
        })
    }

    /// The keys of the payers of these amounts as far as they are `chosen`, sorted as the amounts are.
    fn payers(&self, amounts: &Sides<Vec<Entry>>, chosen: impl Fn(u64) -> bool + Sync) -> Sides<Vec<Entry>> {
        both_sides(amounts.each_ref().map(Vec::len), self.search.threads, |side| {
            let mut entries: Vec<Entry> = Vec::new();
            // Amounts that differ in other bits only are sorted together.
            for run in amounts[side].chunk_by(|a, b| a.0 & AMOUNT == b.0 & AMOUNT) {
                let from = entries.len();
                for same in run.chunk_by(|a, b| a.0 == b.0) {
                    if chosen(same[0].0) {
                        for entry in same {
                            self.put(side, *entry, &mut entries);
                        }
                    }
                }
                entries[from..].sort_unstable();
            }
            entries.dedup();
            entries
        })
    }
}

fn sizes(records: &Sides<Marks>) -> Sides<usize> {
    records.each_ref().map(|side| side.list().len())
}

/// Words of a name from which pairs are made.
const WORDS: usize = 8;

/// The keys of a payer's name: the whole name, and every two words of it. Two records of an equal name are found by the
/// first, however common its words are.
fn name_keys(name: &str, add: &mut impl FnMut(u64)) {
    if !name.is_empty() {
        add(Key::hash(name));
    }
    let mut words = [0; WORDS];
    let mut count = 0;
    let long = name::words(name).filter(|word| word.len() > 1);
    for (slot, word) in words.iter_mut().zip(long) {
        *slot = Key::hash(word);
        count += 1;
    }
    if count == 1 {
        add(mixed(words[0], words[0]));
    }
    for (at, first) in words[..count].iter().enumerate() {
        for second in &words[at + 1..count] {
            add(mixed(*first, *second));
        }
    }
}

impl Amounts {
    /// The pairs of the dirty payments and credits whose payer agrees, or of whose payer nothing is known.
    ///
    /// Adds the records whose neighbours are compared in another way than before.
    pub(super) fn find(&mut self, eligible: &Eligible<'_>, dirty: &mut Sides<Marks>) -> Vec<Edge> {
        let fresh = &eligible.search.store.tables[CREDITS].records[self.senders.len()..];
        self.senders
            .extend(fresh.iter().map(|record| record.payer.glance));
        let mut turned: BTreeSet<u64> = BTreeSet::new();
        loop {
            let known = sizes(dirty);
            let amounts = eligible.amounts(dirty);
            turned.extend(self.wholes.update(eligible, &amounts, dirty));
            let crowded = &self.wholes.crowded;
            let is_crowded = |amount: u64| crowded.contains(&amount);
            let freed = |amount: u64| !is_crowded(amount) && turned.contains(&amount);
            if turned.iter().any(|amount| freed(*amount)) {
                for (key, _) in eligible.payers(&amounts, freed).iter().flatten() {
                    self.payers.crowded.remove(key);
                }
            }
            let payers = eligible.payers(&amounts, is_crowded);
            // Whether all were compared is another matter now, for the others of a key as well.
            self.payers.update(eligible, &payers, dirty);
            if sizes(dirty) == known {
                return self.pairs(eligible, dirty, [amounts, payers]);
            }
        }
    }

    /// The pairs of these records, by their keys.
    fn pairs(
        &self,
        eligible: &Eligible<'_>,
        dirty: &Sides<Marks>,
        [amounts, payers]: [Sides<Vec<Entry>>; 2],
    ) -> Vec<Edge> {
        let search = eligible.search;
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let takes_part = |side: Side, place: u32| eligible.takes_part(side, place);
        for (shared, keys) in [(&self.wholes, amounts), (&self.payers, payers)] {
            let may_be = |payment: u32, credit: u32| {
                let payer = search.store.payment(payment).payer.glance;
                payer.may_be(self.senders[credit as usize]) && takes_part(CREDITS, credit)
            };
            // Each pair is found from its payment, or else from its credit.
            let [payments, credits] = &keys;
            let found = in_parts(payments, search.threads, |part| {
                let mut found = Vec::new();
                shared.join(PAYMENTS, part, |payments, credits| {
                    for (_, payment) in payments.iter().filter(|(_, place)| takes_part(PAYMENTS, *place)) {
                        let credits = places(credits).filter(|credit| may_be(*payment, *credit));
                        found.extend(credits.map(|credit| (*payment, credit)));
                    }
                });
                found
            });
            pairs.extend(found.into_iter().flatten());
            if dirty[PAYMENTS].is_all() {
                continue;
            }
            shared.join(CREDITS, credits, |credits, payments| {
                let known = |payment: &u32| !dirty[PAYMENTS].has(*payment) && takes_part(PAYMENTS, *payment);
                for payment in places(payments).filter(known) {
                    let credits = credits.iter().map(|(_, credit)| *credit);
                    pairs.extend(
                        credits
                            .filter(|credit| may_be(payment, *credit))
                            .map(|credit| (payment, credit)),
                    );
                }
            });
        }
        pairs.sort_unstable();
        pairs.dedup();
        flat_map(&pairs, search.threads, |(payment, credit)| {
            let edge = search.edge(*payment, *credit, None);
            let alone = || eligible.sure.credits[*credit as usize] == Certainty::None;
            edge.filter(|edge| {
                let evidence = &edge.evidence;
                evidence.is_candidate_by_amount() && (!evidence.is_amount_alone() || alone())
            })
        })
    }

    /// Whether one of the pair's records shares a name or an account with too many to compare all.
    pub(super) fn is_unchecked(&self, eligible: &Eligible<'_>, edge: &Edge) -> bool {
        if self.payers.crowded.is_empty() {
            return false;
        }
        let mut keys = Vec::new();
        for (side, place) in [(PAYMENTS, edge.payment), (CREDITS, edge.credit)] {
            let amount = eligible.amount(side, place);
            if eligible.takes_part(side, place) && self.wholes.crowded.contains(&amount) {
                eligible.put(side, (amount, place), &mut keys);
            }
        }
        keys.iter().any(|(key, _)| self.payers.crowded.contains(key))
    }
}
