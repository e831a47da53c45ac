//! The sums of one payer.

use std::collections::{BTreeMap, BTreeSet};

use super::super::edge::Edge;
use super::super::evidence::{DateMatch, Evidence};
use super::super::outcome::Outcome;
use super::Resolver;
use super::by_sum::Group;
use super::parts::PartsSearch;

/// Steps of the search for the sums of one payer.
const STEPS: u32 = 8192;

/// A payment that credits make, or a credit that payments make, with each way to do so.
pub(super) struct Sum {
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
    /// Whether a payment has no outcome yet, and no money of it went elsewhere.
    pub(super) fn waits(&self, payment: u32) -> bool {
        let (at, found) = (payment as usize, self.field.found);
        self.field.search.standing.open[at]
            && !self.resolution.paid[at]
            && self.resolution.verdicts[at] == Outcome::None
            && !found.returned[at]
            && !found.taken[at]
    }

    /// Whether nothing explains a credit yet.
    pub(super) fn is_unexplained(&self, credit: u32) -> bool {
        let at = credit as usize;
        self.field.search.standing.free[at]
            && !self.resolution.spent[at]
            && !self.resolution.used[at]
            && !self.field.found.is_late(credit)
    }

    /// Whether the two smallest records of one side fit into the largest one of the other.
    pub(super) fn can_add_up(&self, group: &Group) -> bool {
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
    pub(super) fn search(&self, group: &Group) -> Option<Vec<Sum>> {
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

    pub(super) fn sum_edge(&self, payment: u32, credit: u32) -> Option<Edge> {
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
pub(super) fn suggested(sums: &[Sum]) -> BTreeMap<u32, (Outcome, BTreeSet<u32>)> {
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
    let mut chosen: BTreeMap<u32, (Outcome, BTreeSet<u32>)> = BTreeMap::new();
    for (of, by) in ways() {
        let alone = of.iter().all(|at| payments[at] == 1) && by.iter().all(|at| credits[at] == 1);
        let verdict = if alone { Outcome::Split } else { Outcome::Ambiguous };
        for payment in of {
            let (_, all) = chosen.entry(*payment).or_insert((verdict, BTreeSet::new()));
            all.extend(by);
        }
    }
    chosen
}
