//! Splits that no reference names: amounts of one payer that add up exactly.
//!
//! They are suggested, never confirmed: sums of unrelated amounts agree by chance, and the provider's call ties one pair.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Currency;

use super::super::evidence::Evidence;
use super::super::index::{Entry, Index, places};
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
pub(super) struct Sums {
    decided: BTreeMap<u32, (Outcome, Vec<Edge>)>,
    spent: BTreeSet<u32>,
    /// Payers with more records than are searched.
    left_out: usize,
    /// The ways in which the records of each payer add up; none where there are too many.
    searched: BTreeMap<Sum, Option<Vec<Sum>>>,
}

impl Sums {
    pub(super) fn of(&self, payment: u32) -> Option<(Outcome, &[Edge])> {
        let (verdict, edges) = self.decided.get(&payment)?;
        Some((*verdict, edges))
    }

    pub(super) fn is_spent(&self, credit: u32) -> bool {
        self.spent.contains(&credit)
    }

    pub(super) const fn left_out(&self) -> usize {
        self.left_out
    }

    /// The payments that are in one of both only, or are decided in another way.
    pub(super) fn changed<'s>(&'s self, before: &'s Self) -> impl Iterator<Item = u32> + 's {
        let payments = self.decided.keys().chain(before.decided.keys()).copied();
        payments.filter(|payment| self.decided.get(payment) != before.decided.get(payment))
    }
}

/// What tells payers apart; `None` for one of whom it is not known.
type Trait = for<'s> fn(&'s Store, &Payer) -> Option<&'s str>;

fn full_name<'s>(store: &'s Store, payer: &Payer) -> Option<&'s str> {
    let name = store.text(payer.name);
    (name::words(name).count() > 1).then_some(name)
}

impl Resolver<'_> {
    /// The sums of all payments without an outcome and credits that nothing explains. What was found `before` for the same
    /// records holds unless one of them is dirty.
    pub(super) fn sums(&self, before: &Sums, dirty: &Sides<Marks>) -> Sums {
        let is_same = |records: &Sum| {
            BOTH.iter()
                .all(|side| !records[*side].iter().any(|at| dirty[*side].has(*at)))
        };
        let mut sums = Sums::default();
        // Payments of accounts with too many records: their names are not searched again.
        let mut unsearched: BTreeSet<u32> = BTreeSet::new();
        let count = |side: Side| u32::try_from(self.search.store.counts()[side]).unwrap_or(u32::MAX);
        let mut payments: Vec<u32> = (0..count(PAYMENTS)).filter(|at| self.waits(*at)).collect();
        let mut credits: Vec<u32> = (0..count(CREDITS))
            .filter(|at| self.is_unexplained(*at))
            .collect();
        for by in [Store::whole_account as Trait, full_name] {
            for records in self.payers(by, [&payments, &credits]) {
                let known = before.searched.get(&records).filter(|_| is_same(&records));
                let ways = known.cloned().unwrap_or_else(|| {
                    let pairs = records[PAYMENTS].len().saturating_mul(records[CREDITS].len());
                    let is_few = pairs <= self.search.policy.limits.pairs as usize;
                    is_few.then(|| self.search(&records)).flatten()
                });
                if let Some(ways) = &ways {
                    self.suggest(ways, &mut sums);
                } else {
                    unsearched.extend(&records[PAYMENTS]);
                    sums.left_out += 1;
                }
                sums.searched.insert(records, ways);
            }
            payments.retain(|at| !sums.decided.contains_key(at) && !unsearched.contains(at));
            credits.retain(|at| !sums.spent.contains(at));
        }
        sums
    }

    fn suggest(&self, ways: &[Sum], sums: &mut Sums) {
        for (payment, (verdict, credits)) in suggested(ways) {
            let edge = |credit: &u32| {
                let evidence = Evidence::of_payer(self.search, payment, *credit)?;
                Some(self.search.pair(payment, *credit, evidence))
            };
            let mut edges: Vec<Edge> = credits.iter().filter_map(edge).collect();
            edges.sort_by(|a, b| self.search.store.order(CREDITS, a.credit, b.credit));
            let edges = listed(self.search.policy, verdict, &edges).to_vec();
            sums.decided.insert(payment, (verdict, edges));
            sums.spent.extend(credits);
        }
    }

    /// The records of each payer and currency that has some on both sides, as far as they can add up.
    fn payers(&self, by: Trait, waiting: [&[u32]; 2]) -> Vec<Sum> {
        let store = self.search.store;
        let [payments, credits] = both_sides(waiting.map(<[u32]>::len), self.search.threads, |side| {
            let entry = |at: &u32| {
                let payer = &self.search.store.record(side, *at).payer;
                Some((Key::hash(by(store, payer)?), *at))
            };
            let mut entries: Vec<Entry> = waiting[side].iter().filter_map(entry).collect();
            entries.sort_unstable();
            entries
        });
        let mut of_payer = Index::default();
        of_payer.insert(credits);
        let mut found = Vec::new();
        of_payer.join(&payments, |_, payments, credits| {
            let payments = places(payments).collect();
            let alike = self.alike(by, [payments, places(credits).collect()]);
            found.extend(alike.filter(|records| self.can_add_up(records)));
        });
        found
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
