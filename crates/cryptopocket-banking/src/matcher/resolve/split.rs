//! Splits: several credits for one payment, and one credit for several payments.

use super::super::marks::{BOTH, CREDITS, PAYMENTS, Side, Sides};
use super::super::outcome::Outcome;
use super::super::search::Edge;
use super::Resolver;
use super::sum::{Sum, alone};

impl Resolver<'_> {
    /// One credit for several of these payments, and several of these credits for one payment, as their references say.
    pub(super) fn splits(&mut self, records: Sides<&[u32]>) {
        let mut proposals: Vec<Vec<Edge>> = Vec::new();
        for side in BOTH {
            let splits = records[side].iter().map(|at| self.parts(side, *at));
            let splits = splits.zip(records[side]);
            let whole = splits.filter(|(parts, at)| self.is_whole(side, **at, parts));
            proposals.extend(whole.map(|(parts, _)| parts));
        }
        let sums: Vec<Sum> = proposals.iter().map(|proposal| sides(proposal)).collect();
        for ((proposal, [payments, _]), alone) in proposals.iter().zip(&sums).zip(alone(&sums)) {
            // A record in two splits is in none: which of them holds is for a person to say.
            if !alone {
                continue;
            }
            for payment in payments {
                let edges = proposal.iter().filter(|edge| edge.payment == *payment);
                self.decide(*payment, Outcome::Split, &edges.copied().collect::<Vec<_>>());
            }
            self.take(proposal);
        }
    }

    /// The pairs of a record that are left, and whose amounts differ.
    fn parts(&self, side: Side, at: u32) -> Vec<Edge> {
        let graph = &self.found.graph;
        if side == CREDITS && graph.payments_of(at).len() < 2 {
            return Vec::new();
        }
        let is_part = |edge: &&Edge| self.is_left(edge) && Self::is_part(edge);
        if side == PAYMENTS {
            graph.of_payment(at).iter().filter(is_part).copied().collect()
        } else {
            let edges = graph.of_credit(self.search.store, at);
            edges.filter(is_part).copied().collect()
        }
    }

    /// Whether these parts make the amount of a record.
    fn is_whole(&self, side: Side, at: u32, parts: &[Edge]) -> bool {
        let store = self.search.store;
        let mut amounts = parts.iter().map(|edge| {
            let part = if side == PAYMENTS {
                edge.credit
            } else {
                edge.payment
            };
            store.record(1 - side, part).amount
        });
        let most = usize::from(self.search.policy.limits.split_parts);
        (2..=most).contains(&parts.len())
            && amounts.try_fold(0_i64, i64::checked_add) == Some(store.record(side, at).amount)
    }
}

/// The payments and the credits of a proposal, each once.
fn sides(proposal: &[Edge]) -> Sum {
    let (payments, credits) = proposal.iter().map(|edge| (edge.payment, edge.credit)).unzip();
    [payments, credits].map(|mut side: Vec<u32>| {
        side.sort_unstable();
        side.dedup();
        side
    })
}
