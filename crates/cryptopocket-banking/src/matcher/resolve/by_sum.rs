//! Splits that no reference names: amounts of one payer that add up exactly.
//!
//! They are suggested, never confirmed: sums of unrelated amounts agree by chance, and the provider's call ties one pair.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Currency;

use super::super::evidence::Evidence;
use super::super::index::{Entry, Index, merge};
use super::super::marks::Marks;
use super::super::name;
use super::super::outcome::Outcome;
use super::super::parallel::both;
use super::super::record::Payer;
use super::super::reference::Key;
use super::super::search::Edge;
use super::super::store::Store;
use super::sum::{Sum, suggested};
use super::{Resolver, listed};

/// The sums that were found: those of one account, and then those of one name.
#[derive(Default)]
pub(super) struct Sums {
    /// By place: payments without an outcome, and credits that nothing explains.
    waits: Vec<bool>,
    is_left: Vec<bool>,
    of_accounts: Payers,
    of_names: Payers,
}

/// The sums of payers that one trait tells apart.
#[derive(Default)]
struct Payers {
    payments: Index,
    credits: Index,
    groups: BTreeMap<u64, Group>,
    decided: BTreeMap<u32, (Outcome, Vec<Edge>)>,
    spent: BTreeSet<u32>,
    /// Payments of payers with too many records.
    unsearched: BTreeSet<u32>,
}

/// What was found for one payer, in all currencies.
#[derive(Default)]
struct Group {
    payments: Vec<u32>,
    credits: Vec<u32>,
    /// Currencies with too many records.
    unsearched: usize,
}

/// What tells payers apart; `None` for one of whom it is not known.
type Trait = for<'s> fn(&'s Store, &Payer) -> Option<&'s str>;

fn full_name<'s>(store: &'s Store, payer: &Payer) -> Option<&'s str> {
    let name = store.text(payer.name);
    (name::words(name).count() > 1).then_some(name)
}

impl Sums {
    fn payers(&self) -> [&Payers; 2] {
        [&self.of_accounts, &self.of_names]
    }

    pub(super) fn of(&self, payment: u32) -> Option<(Outcome, &[Edge])> {
        let mut payers = self.payers().into_iter();
        let (verdict, edges) = payers.find_map(|payers| payers.decided.get(&payment))?;
        Some((*verdict, edges))
    }

    pub(super) fn is_spent(&self, credit: u32) -> bool {
        self.payers().iter().any(|payers| payers.spent.contains(&credit))
    }

    /// Payers with more records than are searched.
    pub(super) fn left_out(&self) -> usize {
        let groups = self
            .payers()
            .into_iter()
            .flat_map(|payers| payers.groups.values());
        groups.map(|group| group.unsearched).sum()
    }

    /// Looks again at the payers of these records, as far as they wait or waited. Returns the payments whose sums may be
    /// others now.
    pub(super) fn update(
        &mut self,
        resolver: &Resolver<'_>,
        (payments, credits): (&[u32], &[u32]),
        changed: (&Marks, &Marks),
    ) -> Vec<u32> {
        let mut of = turned(&mut self.waits, payments, changed.0, |at| resolver.waits(at));
        let unexplained = |at: u32| resolver.is_unexplained(at);
        let mut by = turned(&mut self.is_left, credits, changed.1, unexplained);
        let waits = |at: u32| self.waits[at as usize];
        let is_left = |at: u32| self.is_left[at as usize];
        let accounts = &mut self.of_accounts;
        let moved = accounts.update(resolver, Store::whole_account, (&of, &by), waits, is_left);
        of.extend(moved.0);
        by.extend(moved.1);
        let accounts = &self.of_accounts;
        let waits =
            |at: u32| waits(at) && !accounts.decided.contains_key(&at) && !accounts.unsearched.contains(&at);
        let is_left = |at: u32| is_left(at) && !accounts.spent.contains(&at);
        let names = &mut self.of_names;
        let moved = names.update(resolver, full_name, (&of, &by), waits, is_left);
        of.extend(moved.0);
        of
    }
}

/// Notes the state of these records. Returns those that are or were in it, and changed.
fn turned(states: &mut Vec<bool>, places: &[u32], changed: &Marks, state: impl Fn(u32) -> bool) -> Vec<u32> {
    states.resize(changed.size(), false);
    let mut turned = places.to_vec();
    turned.retain(|at| {
        let now = state(*at);
        let before = std::mem::replace(&mut states[*at as usize], now);
        now != before || (now && changed.has(*at))
    });
    turned
}

impl Payers {
    /// Searches the payers of these records anew. Returns the records of all that was found before or is found now.
    fn update(
        &mut self,
        resolver: &Resolver<'_>,
        by: Trait,
        (payments, credits): (&[u32], &[u32]),
        waits: impl Fn(u32) -> bool + Sync,
        is_left: impl Fn(u32) -> bool + Sync,
    ) -> Sum {
        let store = resolver.store;
        // Records of several currencies may share a key, see `alike`.
        let entry = |payer: &Payer, at: u32| Some((Key::hash(by(store, payer)?), at));
        let of = payments
            .iter()
            .filter_map(|at| entry(&store.payments[*at].payer, *at));
        let from = credits
            .iter()
            .filter_map(|at| entry(&store.credits[*at].payer, *at));
        let (mut keys, mut others) = (Vec::new(), Vec::new());
        both(
            payments.len().min(credits.len()),
            resolver.field.search.threads,
            || keys = put(&mut self.payments, of, &waits),
            || others = put(&mut self.credits, from, &is_left),
        );
        keys.append(&mut others);
        merge(&mut keys);
        let mut moved = Sum::default();
        for (key, _) in &keys {
            if let Some(group) = self.groups.remove(key) {
                for at in &group.payments {
                    self.decided.remove(at);
                    self.unsearched.remove(at);
                }
                for at in &group.credits {
                    self.spent.remove(at);
                }
                moved.0.extend(group.payments);
                moved.1.extend(group.credits);
            }
        }
        // Only payers with records on both sides.
        let mut sending: Vec<Entry> = Vec::new();
        self.credits.join(&keys, |key, _, run| {
            if run.places().any(&is_left) {
                sending.push((key, 0));
            }
        });
        let mut searched = Vec::new();
        self.payments.join(&sending, |key, _, run| {
            let payments = run.places().filter(|at| waits(*at)).collect();
            let credits = self.credits.of(key).places().filter(|at| is_left(*at));
            let alike = alike(store, by, payments, credits.collect());
            searched.extend(alike.map(|records| (key, records)));
        });
        for (key, records) in searched {
            if resolver.can_add_up(&records) {
                let found = self.search(resolver, records);
                moved.0.extend(&found.payments);
                moved.1.extend(&found.credits);
                let group = self.groups.entry(key).or_default();
                group.payments.extend(found.payments);
                group.credits.extend(found.credits);
                group.unsearched += found.unsearched;
            }
        }
        moved
    }

    /// Suggests the sums of one payer. Returns the records that they take.
    fn search(&mut self, resolver: &Resolver<'_>, records: Sum) -> Group {
        let pairs = records.0.len().saturating_mul(records.1.len());
        let sums = (pairs <= resolver.policy.limits.pairs as usize).then(|| resolver.search(&records));
        let mut found = Group::default();
        let Some(sums) = sums.flatten() else {
            // Their names are not searched again.
            self.unsearched.extend(&records.0);
            (found.payments, found.unsearched) = (records.0, 1);
            return found;
        };
        let search = &resolver.field.search;
        for (payment, (verdict, credits)) in suggested(&sums) {
            let edge = |credit: &u32| {
                let evidence = Evidence::of_payer(search, payment, *credit)?;
                Some(search.pair(payment, *credit, evidence))
            };
            let mut edges: Vec<Edge> = credits.iter().filter_map(edge).collect();
            edges.sort_by(|a, b| resolver.store.credit_order(a.credit, b.credit));
            let edges = listed(resolver.policy, verdict, &edges).to_vec();
            self.decided.insert(payment, (verdict, edges));
            found.payments.push(payment);
            found.credits.extend(credits);
        }
        self.spent.extend(&found.credits);
        found
    }
}

/// Puts those that take part into the index. Returns all keys, sorted.
fn put(
    index: &mut Index,
    entries: impl Iterator<Item = Entry>,
    takes_part: impl Fn(u32) -> bool,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_unstable();
    let taking_part = entries.iter().filter(|(_, at)| takes_part(*at));
    index.insert(taking_part.copied().collect());
    for (_, at) in &mut entries {
        *at = 0;
    }
    entries.dedup();
    entries
}

/// Records of one key whose texts are equal, too, in the order of their ids.
fn alike(
    store: &Store,
    by: Trait,
    mut payments: Vec<u32>,
    mut credits: Vec<u32>,
) -> impl Iterator<Item = Sum> {
    payments.sort_by(|a, b| store.payment_order(*a, *b));
    credits.sort_by(|a, b| store.credit_order(*a, *b));
    let mut groups: BTreeMap<(&str, Currency), Sum> = BTreeMap::new();
    for at in payments {
        let record = &store.payments[at];
        if let Some(text) = by(store, &record.payer) {
            groups.entry((text, record.currency)).or_default().0.push(at);
        }
    }
    for at in credits {
        let record = &store.credits[at];
        let group = by(store, &record.payer).and_then(|text| groups.get_mut(&(text, record.currency)));
        if let Some(group) = group {
            group.1.push(at);
        }
    }
    groups.into_values()
}
