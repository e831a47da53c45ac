//! Splits: several credits for one payment, and one credit for several payments.

use super::super::outcome::Outcome;
use super::super::search::Edge;
use super::Resolver;
use super::sum::{Sum, alone};

impl Resolver<'_> {
    /// One credit for several payments, and several credits for one payment, as their references say.
    pub(super) fn splits(&mut self, payments: &[u32], credits: &[u32]) {
        let most = usize::from(self.search.policy.limits.split_parts);
        let paid = |payment: u32| self.search.store.payment(payment).amount;
        let sent = |credit: u32| self.search.store.credit(credit).amount;
        let is_whole = |parts: &[Edge], amount: &dyn Fn(&Edge) -> i64, whole: i64| {
            let mut amounts = parts.iter().map(amount);
            let sum = amounts.try_fold(0_i64, i64::checked_add);
            (2..=most).contains(&parts.len()) && sum == Some(whole)
        };
        let mut proposals: Vec<Vec<Edge>> = Vec::new();
        for credit in credits {
            if self.found.graph.payments_of(*credit).len() > 1 {
                let parts = self.of_credit(*credit).filter(|edge| Self::is_part(edge));
                let parts: Vec<Edge> = parts.copied().collect();
                if is_whole(&parts, &|edge| paid(edge.payment), sent(*credit)) {
                    proposals.push(parts);
                }
            }
        }
        for payment in payments {
            let edges = self.found.graph.of_payment(*payment);
            if edges.len() > 1 {
                let parts = edges
                    .iter()
                    .filter(|edge| self.is_left(edge) && Self::is_part(edge));
                let parts: Vec<Edge> = parts.copied().collect();
                if is_whole(&parts, &|edge| sent(edge.credit), paid(*payment)) {
                    proposals.push(parts);
                }
            }
        }
        let sums: Vec<Sum> = proposals.iter().map(|proposal| sides(proposal)).collect();
        for ((proposal, (payments, _)), alone) in proposals.iter().zip(&sums).zip(alone(&sums)) {
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
}

/// The payments and the credits of a proposal, each once.
fn sides(proposal: &[Edge]) -> Sum {
    let (mut payments, mut credits): Sum = proposal.iter().map(|edge| (edge.payment, edge.credit)).unzip();
    for side in [&mut payments, &mut credits] {
        side.sort_unstable();
        side.dedup();
    }
    (payments, credits)
}
