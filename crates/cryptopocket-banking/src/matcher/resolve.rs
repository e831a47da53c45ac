//! Resolution: from candidates to one outcome a payment.
//!
//! Everything is decided from the whole set of candidates at once, so that no order of records can matter.

mod by_sum;
mod split;

use std::collections::BTreeSet;

use super::candidates::{Candidates, Edge};
use super::evidence::{AmountMatch, Mention};
use super::graph::Graph;
use super::policy::Policy;
use super::store::Store;

/// The outcome of a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verdict {
    Confirmed,
    Suggested,
    Ambiguous,
    Partial,
    Over,
    Split,
    #[default]
    None,
}

/// What became of a payment: its verdict, and the edges that it rests on.
#[derive(Clone, Debug, Default)]
pub(super) struct Resolution {
    pub(super) verdicts: Vec<Verdict>,
    /// For each payment the range of its edges in `chosen`.
    pub(super) ranges: Vec<(u32, u32)>,
    /// Places of edges: in the graph, and behind it in `sums`.
    pub(super) chosen: Vec<u32>,
    /// Pairs that only their sum with others ties.
    sums: Vec<Edge>,
    /// Payers with more records than are searched for sums.
    pub(super) unsearched: usize,
    /// The credits that some outcome uses, by place.
    pub(super) used: Vec<bool>,
}

impl Resolution {
    /// The edge at a place of `chosen`.
    pub(super) fn edge<'e>(&'e self, graph: &'e Graph, place: u32) -> &'e Edge {
        let place = place as usize;
        let behind = place.checked_sub(graph.edges.len());
        behind.map_or_else(|| &graph.edges[place], |at| &self.sums[at])
    }

    /// Adds an edge that is not in the graph, and returns its place.
    fn add(&mut self, graph: &Graph, edge: Edge) -> u32 {
        self.sums.push(edge);
        u32::try_from(graph.edges.len() + self.sums.len() - 1).unwrap_or(u32::MAX)
    }
}

/// All candidates, and what else is known of their records.
#[derive(Clone, Copy)]
pub(super) struct Field<'r> {
    pub(super) store: &'r Store,
    pub(super) policy: &'r Policy,
    pub(super) graph: &'r Graph,
    pub(super) found: &'r Candidates,
}

/// Resolves the candidates.
pub(super) struct Resolver<'r> {
    store: &'r Store,
    policy: &'r Policy,
    graph: &'r Graph,
    field: Field<'r>,
    taking: Taking<'r>,
    /// Payments that were not searched for sums.
    unsearched: BTreeSet<u32>,
    /// Payments and credits that a decision took, by place.
    paid: Vec<bool>,
    spent: Vec<bool>,
}

/// What takes part, by place.
#[derive(Clone, Copy)]
pub(super) struct Taking<'r> {
    pub(super) open: &'r [bool],
    pub(super) free: &'r [bool],
    /// Pairs that a person rejected.
    pub(super) excluded: &'r BTreeSet<(u32, u32)>,
}

/// Why a confirmable pair is not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rivalry {
    /// Another credit fits the payment, or another payment the credit.
    Another(u32),
    /// The text names another payment, too.
    NamesAnother(u32),
    /// The text names a closed payment, too.
    NamesClosed,
    /// The payer is that of another payment of the same amount, or another credit is from the expected payer.
    PayerOfAnother(u32),
    /// The money went back.
    Returned,
    /// A reconciled credit names the payment with its amount.
    Taken,
    /// Too many records share amount and name for all of them to be compared.
    Unchecked,
}

impl Field<'_> {
    /// What keeps a confirmable pair from being confirmed, among the other candidates.
    pub(super) fn rivalry(&self, place: u32, edge: &Edge) -> Option<Rivalry> {
        if self.found.returned.binary_search(&edge.payment).is_ok() {
            return Some(Rivalry::Returned);
        }
        if self.found.taken.binary_search(&edge.payment).is_ok() {
            return Some(Rivalry::Taken);
        }
        if self.found.is_late(edge.credit) {
            return Some(Rivalry::NamesClosed);
        }
        let certain = edge.evidence.same_payer();
        let unchecked = self.found.unchecked_payments.binary_search(&edge.payment).is_ok()
            || self.found.unchecked_credits.binary_search(&edge.credit).is_ok();
        if unchecked && !certain {
            return Some(Rivalry::Unchecked);
        }
        let near =
            |other: &Edge| other.confirmable || other.score.saturating_add(self.policy.epsilon) >= edge.score;
        let payer = |other: &Edge| {
            !certain && other.evidence.amount == AmountMatch::Equal && other.evidence.same_payer()
        };
        for (at, other) in self.graph.of_credit(edge.credit).filter(|(at, _)| *at != place) {
            if other.evidence.mention.is_some_and(Mention::is_plain) {
                return Some(Rivalry::NamesAnother(at));
            }
            if near(other) {
                return Some(Rivalry::Another(at));
            }
            if payer(other) {
                return Some(Rivalry::PayerOfAnother(at));
            }
        }
        for (at, other) in self.graph.of_payment(edge.payment).filter(|(at, _)| *at != place) {
            if near(other) {
                return Some(Rivalry::Another(at));
            }
            if payer(other) {
                return Some(Rivalry::PayerOfAnother(at));
            }
        }
        None
    }
}

impl<'r> Resolver<'r> {
    pub(super) fn new(field: Field<'r>, taking: Taking<'r>) -> Self {
        let Field {
            store, policy, graph, ..
        } = field;
        Self {
            store,
            policy,
            graph,
            field,
            taking,
            unsearched: BTreeSet::new(),
            paid: vec![false; store.payments.len()],
            spent: vec![false; store.credits.len()],
        }
    }

    pub(super) fn run(mut self) -> Resolution {
        let payments = self.store.payments.len();
        let mut resolution = Resolution {
            verdicts: vec![Verdict::None; payments],
            ranges: vec![(0, 0); payments],
            chosen: Vec::with_capacity(payments),
            used: vec![false; self.store.credits.len()],
            ..Resolution::default()
        };
        // All confirmations rest on all candidates; only then are their records taken.
        let confirmed: Vec<u32> = (0..)
            .zip(&self.graph.edges)
            .filter(|(place, edge)| edge.confirmable && self.field.rivalry(*place, edge).is_none())
            .map(|(place, _)| place)
            .collect();
        for place in confirmed {
            let edge = &self.graph.edges[place as usize];
            self.decide(&mut resolution, edge.payment, Verdict::Confirmed, &[place]);
            self.paid[edge.payment as usize] = true;
            self.spent[edge.credit as usize] = true;
        }
        self.splits(&mut resolution);
        for payment in 0..u32::try_from(payments).unwrap_or(u32::MAX) {
            if !self.paid[payment as usize] && self.graph.of_payment(payment).next().is_some() {
                let (verdict, chosen) = self.judge(payment);
                self.decide(&mut resolution, payment, verdict, &chosen);
            }
        }
        resolution.unsearched = self.sums(&mut resolution);
        resolution
    }

    fn decide(&self, resolution: &mut Resolution, payment: u32, verdict: Verdict, chosen: &[u32]) {
        let most = usize::from(self.policy.limits.candidates);
        let start = resolution.chosen.len();
        for place in chosen {
            let credit = resolution.edge(self.graph, *place).credit;
            resolution.used[credit as usize] = true;
        }
        // What a split or a part consists of is listed whole.
        let listed = if verdict == Verdict::Ambiguous {
            chosen.len().min(most)
        } else {
            chosen.len()
        };
        resolution.chosen.extend_from_slice(&chosen[..listed]);
        resolution.verdicts[payment as usize] = verdict;
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        resolution.ranges[payment as usize] = (place(start), place(resolution.chosen.len()));
    }

    /// Candidates that are still to be had.
    fn is_left(&self, edge: &Edge) -> bool {
        !self.paid[edge.payment as usize]
            && !self.spent[edge.credit as usize]
            && edge.score >= self.policy.suggest_from
    }

    /// Whether a whole reference names the payment at another amount.
    fn is_part(edge: &Edge) -> bool {
        matches!(edge.evidence.amount, AmountMatch::Short | AmountMatch::Over)
    }

    /// The candidates of a credit that count: those of its amount near the best of them, and those that its text names.
    fn contenders(&self, credit: u32) -> impl Iterator<Item = (u32, &Edge)> {
        let left = |(_, edge): &(u32, &Edge)| self.is_left(edge);
        let whole = self.graph.of_credit(credit).filter(left).map(|(_, edge)| edge);
        let best = whole
            .filter(|edge| !Self::is_part(edge))
            .max_by_key(|edge| edge.score);
        let counts =
            move |edge: &Edge| Self::is_part(edge) || best.is_none_or(|best| self.is_near(edge, best));
        self.graph
            .of_credit(credit)
            .filter(move |(_, edge)| self.is_left(edge) && counts(edge))
    }

    /// Whether a candidate is as likely as the best one: by its score, or because it alone is from the expected payer.
    fn is_near(&self, edge: &Edge, best: &Edge) -> bool {
        edge.score.saturating_add(self.policy.epsilon) >= best.score
            || (edge.evidence.same_payer() && !best.evidence.same_payer())
    }

    /// The outcome of a payment that no confirmed match and no split settled.
    fn judge(&self, payment: u32) -> (Verdict, Vec<u32>) {
        let mut whole = Vec::new();
        let mut parts = Vec::new();
        let mut contested = false;
        for (place, edge) in self
            .graph
            .of_payment(payment)
            .filter(|(_, edge)| self.is_left(edge))
        {
            let (mut counts, mut others) = (false, false);
            for (at, _) in self.contenders(edge.credit) {
                counts |= at == place;
                others |= at != place;
            }
            if counts {
                let side = if Self::is_part(edge) {
                    &mut parts
                } else {
                    &mut whole
                };
                side.push((place, edge, others));
            }
        }
        let best_first = |side: &mut Vec<(u32, &Edge, bool)>| {
            // Ties keep the order of the credits' ids.
            side.sort_by_key(|(_, edge, _)| std::cmp::Reverse(edge.score));
        };
        best_first(&mut whole);
        best_first(&mut parts);
        if let Some((_, best, _)) = whole.first() {
            let rivals = whole
                .iter()
                .filter(|(_, edge, _)| self.is_near(edge, best))
                .inspect(|(_, _, others)| contested |= others)
                .map(|(place, _, _)| *place);
            let rivals: Vec<u32> = rivals.collect();
            let verdict = if rivals.len() == 1 && !contested {
                Verdict::Suggested
            } else {
                Verdict::Ambiguous
            };
            return (verdict, rivals);
        }
        if parts.is_empty() {
            return (Verdict::None, Vec::new());
        }
        let places = parts.iter().map(|(place, _, _)| *place).collect();
        if parts.iter().any(|(_, _, others)| *others) {
            return (Verdict::Ambiguous, places);
        }
        let sent = parts
            .iter()
            .map(|(_, edge, _)| i128::from(self.store.credits[edge.credit as usize].amount))
            .sum::<i128>();
        let wanted = i128::from(self.store.payments[payment as usize].amount);
        let verdict = match sent.cmp(&wanted) {
            std::cmp::Ordering::Less => Verdict::Partial,
            std::cmp::Ordering::Greater => Verdict::Over,
            // More parts than a split may have.
            std::cmp::Ordering::Equal => Verdict::Ambiguous,
        };
        (verdict, places)
    }
}
