//! Splits that no reference names: amounts of one payer that add up exactly.
//!
//! They are suggested, never confirmed: sums of unrelated amounts agree by chance, and the provider's call ties one pair.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Currency;

use super::super::candidates::Edge;
use super::super::evidence::{DateMatch, Evidence};
use super::super::index::{Entry, Index};
use super::super::marks::Marks;
use super::super::name;
use super::super::reference::Key;
use super::super::store::{Credit, Payment, Store};
use super::parts::PartsSearch;
use super::{Resolver, Verdict, listed};

/// Steps of the search for the sums of one payer.
const STEPS: u32 = 8192;

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
    decided: BTreeMap<u32, (Verdict, Vec<Edge>)>,
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

/// A payment that credits make, or a credit that payments make, with each way to do so.
struct Sum {
    payment: Option<u32>,
    credit: Option<u32>,
    ways: Vec<Vec<u32>>,
}

impl Sum {
    /// The payments and credits of one way.
    fn sides<'s>(&'s self, way: &'s [u32]) -> (&'s [u32], &'s [u32]) {
        match (&self.payment, &self.credit) {
            (Some(payment), _) => (std::slice::from_ref(payment), way),
            (_, Some(credit)) => (way, std::slice::from_ref(credit)),
            (None, None) => (&[], &[]),
        }
    }
}

/// What tells payers apart, as a key; `None` for a record of which it is not known.
#[derive(Clone, Copy)]
struct Trait {
    of_payment: for<'s> fn(&'s Store, &Payment) -> Option<&'s str>,
    of_credit: for<'s> fn(&'s Store, &Credit) -> Option<&'s str>,
}

const ACCOUNT: Trait = Trait {
    of_payment: |store, payment| account(store.text(payment.iban)),
    of_credit: |store, credit| account(store.text(credit.iban)),
};

const NAME: Trait = Trait {
    of_payment: |store, payment| full_name(store.text(payment.name)),
    of_credit: |store, credit| full_name(store.text(credit.name)),
};

fn account(iban: &str) -> Option<&str> {
    (!iban.is_empty() && !iban.starts_with('~')).then_some(iban)
}

fn full_name(name: &str) -> Option<&str> {
    (name::words(name).count() > 1).then_some(name)
}

impl Trait {
    /// The keys of payers. Records of several currencies may share one, see `alike`.
    fn payment(self, store: &Store, place: u32) -> Option<u64> {
        let record = &store.payments[place as usize];
        (self.of_payment)(store, record).map(Key::hash)
    }

    fn credit(self, store: &Store, place: u32) -> Option<u64> {
        let record = &store.credits[place as usize];
        (self.of_credit)(store, record).map(Key::hash)
    }
}

impl Sums {
    pub(super) fn of(&self, payment: u32) -> Option<(Verdict, &[Edge])> {
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
            .update(resolver, ACCOUNT, (&of, &by), waits, is_left);
        of.extend(moved.0);
        by.extend(moved.1);
        let accounts = &self.of_accounts;
        let waits =
            |at: u32| waits(at) && !accounts.decided.contains_key(&at) && !accounts.unsearched.contains(&at);
        let is_left = |at: u32| is_left(at) && !accounts.spent.contains(&at);
        let (moved, _) = self.of_names.update(resolver, NAME, (&of, &by), waits, is_left);
        of.extend(moved);
        of
    }
}

impl Payers {
    /// Searches the payers of these records anew. Returns the records of all that was found before or is found now.
    fn update(
        &mut self,
        resolver: &Resolver<'_>,
        by: Trait,
        (payments, credits): (&[u32], &[u32]),
        waits: impl Fn(u32) -> bool,
        is_left: impl Fn(u32) -> bool,
    ) -> (Vec<u32>, Vec<u32>) {
        let store = resolver.store;
        let of_payments = payments
            .iter()
            .filter_map(|at| Some((by.payment(store, *at)?, *at)));
        let of_payments: Vec<Entry> = of_payments.collect();
        let of_credits = credits
            .iter()
            .filter_map(|at| Some((by.credit(store, *at)?, *at)));
        let of_credits: Vec<Entry> = of_credits.collect();
        let mut keys: Vec<Entry> = of_payments
            .iter()
            .chain(&of_credits)
            .map(|(key, _)| (*key, 0))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        self.payments
            .insert(of_payments.into_iter().filter(|(_, at)| waits(*at)).collect());
        self.credits
            .insert(of_credits.into_iter().filter(|(_, at)| is_left(*at)).collect());
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
        if let Some(text) = (by.of_payment)(store, record) {
            groups
                .entry((text, record.currency))
                .or_default()
                .payments
                .push(at);
        }
    }
    for at in credits {
        let record = &store.credits[at as usize];
        if let Some(text) = (by.of_credit)(store, record)
            && let Some(group) = groups.get_mut(&(text, record.currency))
        {
            group.credits.push(at);
        }
    }
    groups.into_values().map(move |group| (key, group))
}

impl Resolver<'_> {
    /// Whether a payment has no outcome yet, and no money of it went elsewhere.
    fn waits(&self, payment: u32) -> bool {
        let (at, found) = (payment as usize, self.field.found);
        self.field.search.standing.open[at]
            && !self.resolution.paid[at]
            && self.resolution.verdicts[at] == Verdict::None
            && !found.returned[at]
            && !found.taken[at]
    }

    /// Whether nothing explains a credit yet.
    fn is_unexplained(&self, credit: u32) -> bool {
        let at = credit as usize;
        self.field.search.standing.free[at]
            && !self.resolution.spent[at]
            && !self.resolution.used[at]
            && !self.field.found.is_late(credit)
    }

    /// Whether the two smallest records of one side fit into the largest one of the other.
    fn can_add_up(&self, group: &Group) -> bool {
        let amounts = |places: &[u32], of: &dyn Fn(usize) -> i64| {
            let mut amounts: Vec<i64> = places.iter().map(|at| of(*at as usize)).collect();
            amounts.sort_unstable();
            amounts
        };
        let paid = amounts(&group.payments, &|at| self.store.payments[at].amount);
        let sent = amounts(&group.credits, &|at| self.store.credits[at].amount);
        let fit = |parts: &[i64], whole: &[i64]| match (parts, whole) {
            ([a, b, ..], [.., whole]) => a.saturating_add(*b) <= *whole,
            _ => false,
        };
        fit(&sent, &paid) || fit(&paid, &sent)
    }

    /// Every whole that parts make, each with at most two ways; `None` when the search takes too long.
    fn search(&self, group: &Group) -> Option<Vec<Sum>> {
        let mut sums = Vec::new();
        let mut search = PartsSearch::new(usize::from(self.policy.limits.split_parts), STEPS);
        let paid = |at: u32| self.store.payments[at as usize].amount;
        let sent = |at: u32| self.store.credits[at as usize].amount;
        for payment in &group.payments {
            let parts = group
                .credits
                .iter()
                .filter(|credit| self.fits(*payment, **credit));
            let ways = search.run(paid(*payment), parts.map(|at| (sent(*at), *at)).collect())?;
            sums.push(Sum {
                payment: Some(*payment),
                credit: None,
                ways,
            });
        }
        for credit in &group.credits {
            let parts = group
                .payments
                .iter()
                .filter(|payment| self.fits(**payment, *credit));
            let ways = search.run(sent(*credit), parts.map(|at| (paid(*at), *at)).collect())?;
            sums.push(Sum {
                payment: None,
                credit: Some(*credit),
                ways,
            });
        }
        sums.retain(|sum| !sum.ways.is_empty());
        Some(sums)
    }

    fn fits(&self, payment: u32, credit: u32) -> bool {
        !self.field.search.standing.excluded.contains(&(payment, credit))
            && self
                .payer(payment, credit)
                .is_some_and(|evidence| evidence.date != DateMatch::Late)
    }

    fn payer(&self, payment: u32, credit: u32) -> Option<Evidence> {
        let search = self.field.search;
        Evidence::of_payer(
            self.store,
            self.policy,
            search.payment(payment),
            search.credit(credit),
        )
    }

    fn sum_edge(&self, payment: u32, credit: u32) -> Option<Edge> {
        let evidence = self.payer(payment, credit)?;
        Some(Edge {
            payment,
            credit,
            score: evidence.score(self.policy),
            confirmable: false,
            evidence,
        })
    }
}

/// The outcome of each payment in a sum: a sum in one way, whose records are in no other sum, is a split; anything else is
/// ambiguous.
fn suggested(sums: &[Sum]) -> BTreeMap<u32, (Verdict, BTreeSet<u32>)> {
    let (mut payments, mut credits) = (BTreeMap::new(), BTreeMap::new());
    let ways = || {
        sums.iter()
            .flat_map(|sum| sum.ways.iter().map(|way| sum.sides(way)))
    };
    for (of, by) in ways() {
        for at in of {
            *payments.entry(*at).or_insert(0) += 1;
        }
        for at in by {
            *credits.entry(*at).or_insert(0) += 1;
        }
    }
    let mut chosen: BTreeMap<u32, (Verdict, BTreeSet<u32>)> = BTreeMap::new();
    for (of, by) in ways() {
        let alone = of.iter().all(|at| payments[at] == 1) && by.iter().all(|at| credits[at] == 1);
        let verdict = if alone { Verdict::Split } else { Verdict::Ambiguous };
        for payment in of {
            let (_, all) = chosen.entry(*payment).or_insert((verdict, BTreeSet::new()));
            all.extend(by);
        }
    }
    chosen
}
