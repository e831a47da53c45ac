//! Splits that no reference names: amounts of one payer that add up exactly.
//!
//! They are suggested, never confirmed: sums of unrelated amounts agree by chance, and the provider's call ties one pair.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Currency;

use super::super::edge::Edge;
use super::super::index::{Entry, Index};
use super::super::marks::Marks;
use super::super::name;
use super::super::outcome::Outcome;
use super::super::parallel::both;
use super::super::reference::Key;
use super::super::store::{Payer, Store};
use super::sum::suggested;
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
pub(super) struct Group {
    pub(super) payments: Vec<u32>,
    pub(super) credits: Vec<u32>,
    /// Currencies with too many records.
    unsearched: usize,
}

/// What tells payers apart; `None` for one of whom it is not known.
type Trait = for<'s> fn(&'s Store, &Payer) -> Option<&'s str>;

fn account<'s>(store: &'s Store, payer: &Payer) -> Option<&'s str> {
    let iban = store.text(payer.iban);
    (!iban.is_empty() && !iban.starts_with('~')).then_some(iban)
}

fn full_name<'s>(store: &'s Store, payer: &Payer) -> Option<&'s str> {
    let name = store.text(payer.name);
    (name::words(name).count() > 1).then_some(name)
}

impl Sums {
    pub(super) fn of(&self, payment: u32) -> Option<(Outcome, &[Edge])> {
        let decided = |payers: &'_ Payers| payers.decided.contains_key(&payment);
        let payers = if decided(&self.of_accounts) {
            &self.of_accounts
        } else {
            &self.of_names
        };
        let found = payers.decided.get(&payment);
        found.map(|(verdict, edges)| (*verdict, edges.as_slice()))
    }

    pub(super) fn is_spent(&self, credit: u32) -> bool {
        self.of_accounts.spent.contains(&credit) || self.of_names.spent.contains(&credit)
    }

    /// Payers with more records than are searched.
    pub(super) fn left_out(&self) -> usize {
        let groups = self
            .of_accounts
            .groups
            .values()
            .chain(self.of_names.groups.values());
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
        self.waits.resize(resolver.store.payments.len(), false);
        self.is_left.resize(resolver.store.credits.len(), false);
        let (mut of, mut by) = (Vec::new(), Vec::new());
        for at in payments {
            let now = resolver.waits(*at);
            let before = std::mem::replace(&mut self.waits[*at as usize], now);
            if now != before || (now && changed.0.has(*at)) {
                of.push(*at);
            }
        }
        for at in credits {
            let now = resolver.is_unexplained(*at);
            let before = std::mem::replace(&mut self.is_left[*at as usize], now);
            if now != before || (now && changed.1.has(*at)) {
                by.push(*at);
            }
        }
        let waits = |at: u32| self.waits[at as usize];
        let is_left = |at: u32| self.is_left[at as usize];
        let moved = self
            .of_accounts
            .update(resolver, account, (&of, &by), waits, is_left);
        of.extend(moved.0);
        by.extend(moved.1);
        let accounts = &self.of_accounts;
        let waits =
            |at: u32| waits(at) && !accounts.decided.contains_key(&at) && !accounts.unsearched.contains(&at);
        let is_left = |at: u32| is_left(at) && !accounts.spent.contains(&at);
        let (moved, _) = self
            .of_names
            .update(resolver, full_name, (&of, &by), waits, is_left);
        of.extend(moved);
        of
    }
}

impl Payers {
    /// Searches the payers of these records anew. Returns the records of all that was found before or is found now.
    #[allow(
        clippy::stable_sort_primitive,
        reason = "the stable sort merges runs that are sorted already"
    )]
    fn update(
        &mut self,
        resolver: &Resolver<'_>,
        by: Trait,
        (payments, credits): (&[u32], &[u32]),
        waits: impl Fn(u32) -> bool + Sync,
        is_left: impl Fn(u32) -> bool + Sync,
    ) -> (Vec<u32>, Vec<u32>) {
        let store = resolver.store;
        // Records of several currencies may share a key, see `alike`.
        let entry = |payer: &Payer, at: u32| Some((Key::hash(by(store, payer)?), at));
        let (mut keys, mut others) = (Vec::new(), Vec::new());
        both(
            payments.len().min(credits.len()),
            resolver.field.search.threads,
            || {
                let entries = payments
                    .iter()
                    .filter_map(|at| entry(&store.payments[*at as usize].payer, *at));
                keys = put(&mut self.payments, entries, &waits);
            },
            || {
                let entries = credits
                    .iter()
                    .filter_map(|at| entry(&store.credits[*at as usize].payer, *at));
                others = put(&mut self.credits, entries, &is_left);
            },
        );
        keys.append(&mut others);
        keys.sort();
        keys.dedup();
        let mut moved = (Vec::new(), Vec::new());
        for (key, _) in &keys {
            if let Some(group) = self.groups.remove(key) {
                self.forget(&group);
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
            let payments = run.places().filter(|at| waits(*at));
            let credits = self.credits.of(key).places().filter(|at| is_left(*at));
            searched.extend(alike(store, by, key, payments.collect(), credits.collect()));
        });
        for (key, group) in searched {
            if resolver.can_add_up(&group) {
                let found = self.search(resolver, group);
                moved.0.extend(found.payments.iter().copied());
                moved.1.extend(found.credits.iter().copied());
                let group = self.groups.entry(key).or_default();
                group.payments.extend(found.payments);
                group.credits.extend(found.credits);
                group.unsearched += found.unsearched;
            }
        }
        moved
    }

    fn forget(&mut self, group: &Group) {
        for at in &group.payments {
            self.decided.remove(at);
            self.unsearched.remove(at);
        }
        for at in &group.credits {
            self.spent.remove(at);
        }
    }

    /// Suggests the sums of one payer. Returns the records that they take.
    fn search(&mut self, resolver: &Resolver<'_>, group: Group) -> Group {
        let pairs = group.payments.len().saturating_mul(group.credits.len());
        let sums = (pairs <= resolver.policy.limits.pairs as usize)
            .then(|| resolver.search(&group))
            .flatten();
        let Some(sums) = sums else {
            // Their names are not searched again.
            self.unsearched.extend(&group.payments);
            return Group {
                payments: group.payments,
                credits: Vec::new(),
                unsearched: 1,
            };
        };
        let mut found = Group::default();
        for (payment, (verdict, credits)) in suggested(&sums) {
            let edges = credits
                .iter()
                .filter_map(|credit| resolver.sum_edge(payment, *credit));
            let mut edges: Vec<Edge> = edges.collect();
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
    index.insert(
        entries
            .iter()
            .copied()
            .filter(|(_, at)| takes_part(*at))
            .collect(),
    );
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
    key: u64,
    mut payments: Vec<u32>,
    mut credits: Vec<u32>,
) -> impl Iterator<Item = (u64, Group)> {
    payments.sort_by(|a, b| store.payment_order(*a, *b));
    credits.sort_by(|a, b| store.credit_order(*a, *b));
    let mut groups: BTreeMap<(&str, Currency), Group> = BTreeMap::new();
    for at in payments {
        let record = &store.payments[at as usize];
        if let Some(text) = by(store, &record.payer) {
            groups
                .entry((text, record.currency))
                .or_default()
                .payments
                .push(at);
        }
    }
    for at in credits {
        let record = &store.credits[at as usize];
        if let Some(text) = by(store, &record.payer)
            && let Some(group) = groups.get_mut(&(text, record.currency))
        {
            group.credits.push(at);
        }
    }
    groups.into_values().map(move |group| (key, group))
}
