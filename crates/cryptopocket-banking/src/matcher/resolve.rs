//! Resolution: from candidates to one outcome a payment.
//!
//! All records that edges tie to each other are decided at once, so that no order of records can matter.

mod by_sum;
mod split;
mod sum;

use std::cmp::Ordering;

use super::candidates::Candidates;
use super::evidence::AmountMatch;
use super::graph::Edges;
use super::marks::{CREDITS, Marks, PAYMENTS, Sides};
use super::outcome::Outcome;
use super::parallel::flat_map;
use super::policy::Policy;
use super::problem::Cut;
use super::search::{Edge, Search};
use by_sum::Sums;

/// What became of the records, kept from one run to the next.
#[derive(Default)]
pub(super) struct Resolution {
    /// By payment, before sums are looked at.
    verdicts: Vec<Outcome>,
    /// The edges that the verdicts rest on.
    chosen: Vec<Edges>,
    /// Payments and credits that a decision took, by place.
    taken: Sides<Vec<bool>>,
    /// Credits that some verdict rests on.
    used: Vec<bool>,
    sums: Sums,
}

impl Resolution {
    /// The verdict about a payment, and the edges that it rests on.
    pub(super) fn of(&self, payment: u32) -> (Outcome, &[Edge]) {
        let verdict = self.verdicts[payment as usize];
        let by_sum = if verdict == Outcome::None {
            self.sums.of(payment)
        } else {
            None
        };
        by_sum.unwrap_or_else(|| (verdict, &self.chosen[payment as usize]))
    }

    pub(super) fn is_used(&self, credit: u32) -> bool {
        self.used[credit as usize] || self.sums.is_spent(credit)
    }

    pub(super) fn cut(&self) -> Cut {
        Cut::Splits(self.sums.left_out())
    }
}

pub(super) struct Resolver<'r> {
    search: &'r Search<'r>,
    found: &'r Candidates,
    resolution: &'r mut Resolution,
}

/// Decides about the dirty records, which are all that edges tie to each other, and about the sums of their payers. Adds the
/// records of these sums.
pub(super) fn resolve(
    resolution: &mut Resolution,
    search: &Search<'_>,
    found: &Candidates,
    dirty: &mut Sides<Marks>,
) {
    let counts = search.store.counts();
    resolution.verdicts.resize(counts[PAYMENTS], Outcome::None);
    resolution.chosen.resize(counts[PAYMENTS], Edges::new());
    resolution.used.resize(counts[CREDITS], false);
    for (taken, count) in resolution.taken.iter_mut().zip(counts) {
        taken.resize(count, false);
    }
    let mut resolver = Resolver {
        search,
        found,
        resolution,
    };
    resolver.run(dirty[PAYMENTS].list(), dirty[CREDITS].list());
    let mut sums = std::mem::take(&mut resolver.resolution.sums);
    resolver.sums(&mut sums, dirty);
    resolution.sums = sums;
}

impl Resolver<'_> {
    fn run(&mut self, payments: &[u32], credits: &[u32]) {
        let resolution = &mut *self.resolution;
        for at in payments {
            resolution.verdicts[*at as usize] = Outcome::None;
            resolution.chosen[*at as usize].clear();
            resolution.taken[PAYMENTS][*at as usize] = false;
        }
        for at in credits {
            resolution.taken[CREDITS][*at as usize] = false;
            resolution.used[*at as usize] = false;
        }
        // All confirmations rest on all candidates; only then are their records taken.
        let confirmed = flat_map(payments, self.search.threads, |at| {
            let edges = self.found.graph.of_payment(*at).iter().copied();
            edges.filter(|edge| edge.confirmable && self.found.rivalry(self.search, edge).is_none())
        });
        for edge in confirmed {
            self.decide(edge.payment, Outcome::Confirmed, &[edge]);
            self.take(&[edge]);
        }
        self.splits([payments, credits]);
        let judged = flat_map(payments, self.search.threads, |at| {
            let is_taken = self.resolution.taken[PAYMENTS][*at as usize];
            let left = !is_taken && !self.found.graph.of_payment(*at).is_empty();
            left.then(|| (*at, self.judge(*at)))
        });
        for (payment, (verdict, chosen)) in judged {
            self.decide(payment, verdict, &chosen);
        }
    }

    fn decide(&mut self, payment: u32, verdict: Outcome, chosen: &[Edge]) {
        for edge in chosen {
            self.resolution.used[edge.credit as usize] = true;
        }
        self.resolution.verdicts[payment as usize] = verdict;
        self.resolution.chosen[payment as usize] = listed(self.search.policy, verdict, chosen).into();
    }

    /// Takes the records of these pairs: no other decision can have them.
    fn take(&mut self, pairs: &[Edge]) {
        for edge in pairs {
            self.resolution.taken[PAYMENTS][edge.payment as usize] = true;
            self.resolution.taken[CREDITS][edge.credit as usize] = true;
        }
    }

    /// Candidates that are still to be had.
    fn is_left(&self, edge: &Edge) -> bool {
        !self.resolution.taken[PAYMENTS][edge.payment as usize]
            && !self.resolution.taken[CREDITS][edge.credit as usize]
            && edge.score >= self.search.policy.suggest_from
    }

    /// Whether a whole reference names the payment at another amount.
    fn is_part(edge: &Edge) -> bool {
        edge.evidence.amount == AmountMatch::Differs
    }

    /// The candidates of a credit that are left.
    fn of_credit(&self, credit: u32) -> impl Iterator<Item = &Edge> {
        let edges = self.found.graph.of_credit(self.search.store, credit);
        edges.filter(|edge| self.is_left(edge))
    }

    /// The candidates of a credit that count: those of its amount near the best of them, and those that its text names.
    fn contenders(&self, credit: u32) -> impl Iterator<Item = &Edge> {
        let whole = self.of_credit(credit).filter(|edge| !Self::is_part(edge));
        let best = whole.max_by_key(|edge| edge.score);
        self.of_credit(credit)
            .filter(move |edge| Self::is_part(edge) || best.is_none_or(|best| self.is_near(edge, best)))
    }

    /// Whether a candidate is as likely as the best one: by its score, or because it alone is from the expected payer.
    fn is_near(&self, edge: &Edge, best: &Edge) -> bool {
        edge.score.saturating_add(self.search.policy.epsilon) >= best.score
            || (edge.evidence.same_payer() && !best.evidence.same_payer())
    }

    /// The outcome of a payment that no confirmed match and no split settled.
    fn judge(&self, payment: u32) -> (Outcome, Vec<Edge>) {
        let edges = self.found.graph.of_payment(payment).iter();
        // Those that count, each with whether another payment contends for the credit.
        let counting = edges.filter(|edge| self.is_left(edge)).filter_map(|edge| {
            let contenders: Vec<u32> = self.contenders(edge.credit).map(|other| other.payment).collect();
            contenders
                .contains(&payment)
                .then_some((*edge, contenders.len() > 1))
        });
        let (parts, mut chosen): (Vec<_>, Vec<_>) = counting.partition(|(edge, _)| Self::is_part(edge));
        let is_whole = !chosen.is_empty();
        if !is_whole {
            chosen = parts;
        }
        // Ties keep the order of the credits' ids.
        chosen.sort_by_key(|(edge, _)| std::cmp::Reverse(edge.score));
        if let (true, Some((best, _))) = (is_whole, chosen.first().copied()) {
            chosen.retain(|(edge, _)| self.is_near(edge, &best));
        }
        let is_contested = chosen.iter().any(|(_, others)| *others);
        let chosen: Vec<Edge> = chosen.into_iter().map(|(edge, _)| edge).collect();
        let verdict = match chosen.as_slice() {
            [] => Outcome::None,
            _ if is_contested => Outcome::Ambiguous,
            [_] if is_whole => Outcome::Suggested,
            _ if is_whole => Outcome::Ambiguous,
            parts => {
                let amounts = parts
                    .iter()
                    .map(|edge| self.search.store.credit(edge.credit).amount);
                let sent: i128 = amounts.map(i128::from).sum();
                match sent.cmp(&i128::from(self.search.store.payment(payment).amount)) {
                    Ordering::Less => Outcome::Partial,
                    Ordering::Greater => Outcome::Over,
                    // More parts than a split may have.
                    Ordering::Equal => Outcome::Ambiguous,
                }
            }
        };
        (verdict, chosen)
    }
}

/// What of the chosen edges is listed: a split or a part whole, of rivals as many as the policy says.
fn listed<'e>(policy: &Policy, verdict: Outcome, chosen: &'e [Edge]) -> &'e [Edge] {
    let most = usize::from(policy.limits.candidates);
    let is_cut = verdict == Outcome::Ambiguous && chosen.len() > most;
    if is_cut { &chosen[..most] } else { chosen }
}
