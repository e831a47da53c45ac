//! Splits: several credits for one payment, and one credit for several payments.

use super::super::outcome::Outcome;
use super::super::search::Edge;
use super::Resolver;
use super::sum::{Sum, alone};

impl Resolver<'_> {
    /// One credit for several payments, and several credits for one payment, as their references say.
    pub(super) fn splits(&mut self, payments: &[u32], credits: &[u32]) {
        let most = usize::from(self.policy.limits.split_parts);
        let mut proposals: Vec<Vec<Edge>> = Vec::new();
        let mut propose = |parts: Vec<Edge>, amount: &dyn Fn(&Edge) -> i64, whole: i64| {
            let sum = parts
                .iter()
                .try_fold(0_i64, |sum, edge| sum.checked_add(amount(edge)));
            if (2..=most).contains(&parts.len()) && sum == Some(whole) {
                proposals.push(parts);
            }
        };
        let left = |edge: &&Edge| self.is_left(edge) && Self::is_part(edge);
        let paid = |payment: u32| self.store.payments[payment].amount;
        let sent = |credit: u32| self.store.credits[credit].amount;
        for credit in credits {
            if self.graph.payments_of(*credit).len() > 1 {
                let parts = self.graph.of_credit(self.store, *credit).filter(left);
                propose(
                    parts.copied().collect(),
                    &|edge| paid(edge.payment),
                    sent(*credit),
                );
            }
        }
        for payment in payments {
            let edges = self.graph.of_payment(*payment);
            if edges.len() > 1 {
                let parts = edges.iter().filter(left);
                propose(
                    parts.copied().collect(),
                    &|edge| sent(edge.credit),
                    paid(*payment),
                );
            }
        }
        let sums: Vec<Sum> = proposals.iter().map(|proposal| sides(proposal)).collect();
        for ((proposal, (payments, credits)), alone) in proposals.iter().zip(&sums).zip(alone(&sums)) {
            // A record in two splits is in none: which of them holds is for a person to say.
            if !alone {
                continue;
            }
            for payment in payments {
                let edges = proposal.iter().filter(|edge| edge.payment == *payment);
                self.decide(*payment, Outcome::Split, &edges.copied().collect::<Vec<_>>());
                self.resolution.paid[*payment as usize] = true;
            }
            for credit in credits {
                self.resolution.spent[*credit as usize] = true;
            }
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
