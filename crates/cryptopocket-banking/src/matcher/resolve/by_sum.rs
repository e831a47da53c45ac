//! Splits that no reference names: amounts of one payer that add up exactly.
//!
//! They are suggested, never confirmed: sums of unrelated amounts agree by chance, and the provider's call ties one pair.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Currency;

use super::super::evidence::Evidence;
use super::super::index::{Entry, Index, merge, places};
use super::super::marks::{BOTH, CREDITS, Marks, PAYMENTS, Side, Sides};
use super::super::name;
use super::super::outcome::Outcome;
use super::super::parallel::both_sides;
use super::super::record::Payer;
use super::super::reference::Key;
use super::super::search::Edge;
use super::super::store::Store;
use super::sum::{Sum, suggested};
use super::{Resolver, listed};

/// The sums that were found: those of one account, and then those of one name.
#[derive(Default)]
pub(super) struct Sums([Payers; 2]);

/// The sums of the payers that one trait tells apart, kept from one run to the next.
#[derive(Default)]
struct Payers {
    /// The records that waited once, by payer.
    records: Sides<Index>,
    /// Those that wait now, by place.
    waiting: Sides<Vec<bool>>,
    decided: BTreeMap<u32, (Outcome, Vec<Edge>)>,
    spent: BTreeSet<u32>,
    /// Payments of payers with more records than are searched, each with the first one of its payer.
    unsearched: BTreeMap<u32, u32>,
}

impl Sums {
    pub(super) fn of(&self, payment: u32) -> Option<(Outcome, &[Edge])> {
        let (verdict, edges) = self.0.iter().find_map(|payers| payers.decided.get(&payment))?;
        Some((*verdict, edges))
    }

    pub(super) fn is_spent(&self, credit: u32) -> bool {
        self.0.iter().any(|payers| payers.spent.contains(&credit))
    }

    /// Payers with more records than are searched.
    pub(super) fn left_out(&self) -> usize {
        let unsearched = self.0.iter().flat_map(|payers| &payers.unsearched);
        unsearched.filter(|(payment, first)| payment == first).count()
    }
}

impl Payers {
    /// Whether a sum has the record, or was not searched for it.
    fn holds(&self, side: Side, at: u32) -> bool {
        match side {
            PAYMENTS => self.decided.contains_key(&at) || self.unsearched.contains_key(&at),
            _ => self.spent.contains(&at),
        }
    }

    /// Adds those of these records that `holds` tells of.
    fn mark(&self, records: &Sum, dirty: &mut Sides<Marks>) {
        for side in BOTH {
            let held = records[side].iter().filter(|at| self.holds(side, **at));
            dirty[side].extend(held.copied());
        }
    }
}

/// What tells payers apart; `None` for one of whom it is not known.
type Trait = for<'s> fn(&'s Store, &Payer) -> Option<&'s str>;

fn full_name<'s>(store: &'s Store, payer: &Payer) -> Option<&'s str> {
    let name = store.text(payer.name);
    (name::words(name).count() > 1).then_some(name)
}

impl Resolver<'_> {
    /// Searches anew the sums of the payers of the dirty records: of payments without an outcome and credits that nothing
    /// explains. Adds the records of the sums that were found before or are found now.
    pub(super) fn sums(&self, sums: &mut Sums, dirty: &mut Sides<Marks>) {
        let [accounts, names] = &mut sums.0;
        self.renew(accounts, Store::whole_account, |_, _| false, dirty);
        // Nor are the names of payments searched whose account has too many records.
        self.renew(names, full_name, |side, at| accounts.holds(side, at), dirty);
    }

    fn renew(
        &self,
        payers: &mut Payers,
        by: Trait,
        is_taken: impl Fn(Side, u32) -> bool + Sync,
        dirty: &mut Sides<Marks>,
    ) {
        let store = self.search.store;
        let waits = |side: Side, at: u32| self.waits(side, at) && !is_taken(side, at);
        for (waiting, count) in payers.waiting.iter_mut().zip(store.counts()) {
            waiting.resize(count, false);
        }
        let counts = dirty.each_ref().map(|side| side.list().len());
        let keys = both_sides(counts, self.search.threads, |side| {
            let waited = &payers.waiting[side];
            let places = dirty[side].list().iter();
            let looked_at = places.filter(|at| waited[**at as usize] || waits(side, **at));
            let entry = |at: &u32| Some((Key::hash(by(store, &store.record(side, *at).payer)?), *at));
            let mut entries: Vec<Entry> = looked_at.filter_map(entry).collect();
            entries.sort_unstable();
            entries
        });
        for side in BOTH {
            let waiting = &mut payers.waiting[side];
            for (_, at) in &keys[side] {
                waiting[*at as usize] = waits(side, *at);
            }
            let entries = keys[side].iter().filter(|(_, at)| waiting[*at as usize]);
            payers.records[side].insert(entries.copied().collect());
        }
        let mut keys: Vec<Entry> = keys.iter().flatten().map(|(key, _)| (*key, 0)).collect();
        merge(&mut keys);
        let mut found: Vec<Sum> = Vec::new();
        payers.records[PAYMENTS].join(&keys, |key, _, payments| {
            let credits = payers.records[CREDITS].of(key);
            if places(credits).next().is_some() {
                found.push([payments, credits].map(|run| places(run).collect()));
            }
        });
        for mut records in found {
            payers.mark(&records, dirty);
            for at in &records[PAYMENTS] {
                payers.decided.remove(at);
                payers.unsearched.remove(at);
            }
            for at in &records[CREDITS] {
                payers.spent.remove(at);
            }
            for side in BOTH {
                records[side].retain(|at| payers.waiting[side][*at as usize]);
            }
            for records in self.alike(by, records) {
                if self.can_add_up(&records) {
                    self.suggest(&records, payers);
                    payers.mark(&records, dirty);
                }
            }
        }
    }

    /// Suggests the sums of one payer.
    fn suggest(&self, records: &Sum, payers: &mut Payers) {
        let pairs = records[PAYMENTS].len().saturating_mul(records[CREDITS].len());
        let is_few = pairs <= self.search.policy.limits.pairs as usize;
        let Some(ways) = is_few.then(|| self.search(records)).flatten() else {
            let first = records[PAYMENTS][0];
            let unsearched = records[PAYMENTS].iter().map(|at| (*at, first));
            payers.unsearched.extend(unsearched);
            return;
        };
        for (payment, (verdict, credits)) in suggested(&ways) {
            let edge = |credit: &u32| {
                let evidence = Evidence::of_payer(self.search, payment, *credit)?;
                Some(self.search.pair(payment, *credit, evidence))
            };
            let mut edges: Vec<Edge> = credits.iter().filter_map(edge).collect();
            edges.sort_by(|a, b| self.search.store.order(CREDITS, a.credit, b.credit));
            let edges = listed(self.search.policy, verdict, &edges).to_vec();
            payers.decided.insert(payment, (verdict, edges));
            payers.spent.extend(credits);
        }
    }

    /// Records of one key whose texts are equal, too, in the order of their ids.
    fn alike(&self, by: Trait, sides: [Vec<u32>; 2]) -> impl Iterator<Item = Sum> {
        let store = self.search.store;
        let mut groups: BTreeMap<(&str, Currency), Sum> = BTreeMap::new();
        for (side, mut places) in sides.into_iter().enumerate() {
            places.sort_by(|a, b| store.order(side, *a, *b));
            for at in places {
                let record = self.search.store.record(side, at);
                if let Some(text) = by(store, &record.payer) {
                    groups.entry((text, record.currency)).or_default()[side].push(at);
                }
            }
        }
        groups.into_values()
    }
}
