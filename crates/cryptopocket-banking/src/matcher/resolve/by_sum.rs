//! Splits that no reference names: amounts of one payer that add up exactly.
//!
//! They are suggested, never confirmed: sums of unrelated amounts agree by chance, and the provider's call ties one pair.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::Currency;

use super::super::candidates::{Edge, places};
use super::super::evidence::{DateMatch, Evidence};
use super::super::name;
use super::super::store::Span;
use super::{Resolution, Resolver, Verdict};

/// Steps of the search for the sums of one payer.
const STEPS: u32 = 8192;

/// Payments and credits of one payer and currency that nothing else explains.
#[derive(Default)]
struct Group {
    payments: Vec<u32>,
    credits: Vec<u32>,
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

impl Resolver<'_> {
    /// Suggests sums of one account, then of one name. Returns the number of payers with too many records to search them.
    pub(super) fn sums(&mut self, resolution: &mut Resolution) -> usize {
        let account = |iban: &str| !iban.is_empty() && !iban.starts_with('~');
        let name = |name: &str| name::words(name).count() > 1;
        let store = self.store;
        let accounts = self.groups(
            resolution,
            |at| store.payments[at].iban,
            |at| store.credits[at].iban,
            account,
        );
        let left_out = self.sums_of(resolution, accounts);
        let names = self.groups(
            resolution,
            |at| store.payments[at].name,
            |at| store.credits[at].name,
            name,
        );
        left_out + self.sums_of(resolution, names)
    }

    fn groups(
        &self,
        resolution: &Resolution,
        payer: impl Fn(usize) -> Span,
        sender: impl Fn(usize) -> Span,
        is_known: impl Fn(&str) -> bool,
    ) -> Vec<Group> {
        let (store, found) = (self.store, self.field.found);
        let mut groups: BTreeMap<(&str, Currency), Group> = BTreeMap::new();
        for (at, payment) in places(&store.payments) {
            let place = at as usize;
            let waits =
                self.taking.open[place] && !self.paid[place] && resolution.verdicts[place] == Verdict::None;
            let key = store.text(payer(place));
            let moved = found.returned.binary_search(&at).is_ok() || found.taken.binary_search(&at).is_ok();
            if waits && !moved && is_known(key) && !self.unsearched.contains(&at) {
                groups
                    .entry((key, payment.currency))
                    .or_default()
                    .payments
                    .push(at);
            }
        }
        for (at, credit) in places(&store.credits) {
            let place = at as usize;
            let is_left = self.taking.free[place] && !self.spent[place] && !resolution.used[place];
            let key = store.text(sender(place));
            if is_left
                && is_known(key)
                && !found.is_late(at)
                && let Some(group) = groups.get_mut(&(key, credit.currency))
            {
                group.credits.push(at);
            }
        }
        let groups = groups.into_values();
        groups.filter(|group| self.can_add_up(group)).collect()
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

    fn sums_of(&mut self, resolution: &mut Resolution, groups: Vec<Group>) -> usize {
        let mut left_out = 0;
        for group in groups {
            let pairs = group.payments.len().saturating_mul(group.credits.len());
            let sums = (pairs <= self.policy.limits.pairs as usize)
                .then(|| self.search(&group))
                .flatten();
            if let Some(sums) = sums {
                self.suggest(resolution, &sums);
            } else {
                left_out += 1;
                // Their names are not searched again.
                self.unsearched.extend(group.payments);
            }
        }
        left_out
    }

    /// Every whole that parts make, each with at most two ways; `None` when the search takes too long.
    fn search(&self, group: &Group) -> Option<Vec<Sum>> {
        let mut sums = Vec::new();
        let mut search = Search {
            most: usize::from(self.policy.limits.split_parts),
            steps: STEPS,
            ..Search::default()
        };
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
        !self.taking.excluded.contains(&(payment, credit))
            && self
                .payer(payment, credit)
                .is_some_and(|evidence| evidence.date != DateMatch::Late)
    }

    fn payer(&self, payment: u32, credit: u32) -> Option<Evidence> {
        let (payment, credit) = (
            &self.store.payments[payment as usize],
            &self.store.credits[credit as usize],
        );
        Evidence::of_payer(self.store, self.policy, payment, credit)
    }

    /// A sum in one way, whose records are in no other sum, is a split; anything else is ambiguous.
    fn suggest(&mut self, resolution: &mut Resolution, sums: &[Sum]) {
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
        for (payment, (verdict, credits)) in chosen {
            let mut places = Vec::new();
            for credit in credits {
                self.spent[credit as usize] = true;
                if let Some(evidence) = self.payer(payment, credit) {
                    let edge = Edge {
                        payment,
                        credit,
                        score: evidence.score(self.policy),
                        confirmable: false,
                        evidence,
                    };
                    places.push(resolution.add(self.graph, edge));
                }
            }
            self.paid[payment as usize] = true;
            self.decide(resolution, payment, verdict, &places);
        }
    }
}

/// The search for parts that make a whole.
#[derive(Default)]
struct Search {
    most: usize,
    steps: u32,
    /// The parts, the largest first.
    parts: Vec<(i64, u32)>,
    way: Vec<u32>,
    ways: Vec<Vec<u32>>,
}

impl Search {
    /// At most two ways to make `whole` of two or more parts; `None` when the steps are used up.
    fn run(&mut self, whole: i64, mut parts: Vec<(i64, u32)>) -> Option<Vec<Vec<u32>>> {
        parts.retain(|(amount, _)| *amount < whole);
        parts.sort_unstable_by_key(|(amount, at)| (std::cmp::Reverse(*amount), *at));
        self.parts = parts;
        self.way.clear();
        self.step(0, whole)?;
        Some(std::mem::take(&mut self.ways))
    }

    fn step(&mut self, from: usize, left: i64) -> Option<()> {
        let more = self.most - self.way.len();
        for at in from..self.parts.len() {
            let (amount, place) = self.parts[at];
            if amount > left {
                continue;
            }
            self.steps = self.steps.checked_sub(1)?;
            // The parts only get smaller from here on.
            let reach = self.parts[at..]
                .iter()
                .take(more)
                .map(|(amount, _)| i128::from(*amount))
                .sum::<i128>();
            if reach < i128::from(left) {
                return Some(());
            }
            self.way.push(place);
            if amount == left {
                self.ways.push(self.way.clone());
            } else if more > 1 {
                self.step(at + 1, left - amount)?;
            }
            self.way.pop();
            if self.ways.len() == 2 {
                return Some(());
            }
        }
        Some(())
    }
}
