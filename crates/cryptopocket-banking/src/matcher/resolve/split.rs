//! Splits: several credits for one payment, and one credit for several payments.

use std::collections::BTreeMap;

use super::super::edge::Edge;
use super::super::outcome::Outcome;
use super::Resolver;

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
        let paid = |edge: &Edge| self.store.payments[edge.payment as usize].amount;
        for credit in credits {
            if self.graph.payments_of(*credit).len() > 1 {
                let parts = self.graph.of_credit(self.store, *credit).filter(left).copied();
                propose(
                    parts.collect(),
                    &paid,
                    self.store.credits[*credit as usize].amount,
                );
            }
        }
        let sent = |edge: &Edge| self.store.credits[edge.credit as usize].amount;
        for payment in payments {
            let edges = self.graph.of_payment(*payment);
            if edges.len() > 1 {
                let parts = edges.iter().filter(left).copied();
                propose(
                    parts.collect(),
                    &sent,
                    self.store.payments[*payment as usize].amount,
                );
            }
        }
        // A record in two splits is in none: which of them holds is for a person to say.
        let (mut of, mut by) = (BTreeMap::new(), BTreeMap::new());
        for proposal in &proposals {
            let (payments, credits) = sides(proposal);
            for at in payments {
                *of.entry(at).or_insert(0_usize) += 1;
            }
            for at in credits {
                *by.entry(at).or_insert(0_usize) += 1;
            }
        }
        for proposal in proposals {
            let (payments, credits) = sides(&proposal);
            if payments.iter().any(|at| of[at] > 1) || credits.iter().any(|at| by[at] > 1) {
                continue;
            }
            for payment in payments {
                let edges = proposal.iter().filter(|edge| edge.payment == payment).copied();
                self.decide(payment, Outcome::Split, &edges.collect::<Vec<_>>());
                self.resolution.paid[payment as usize] = true;
            }
            for credit in credits {
                self.resolution.spent[credit as usize] = true;
            }
        }
    }
}

/// The payments and the credits of a proposal, each once.
fn sides(proposal: &[Edge]) -> (Vec<u32>, Vec<u32>) {
    let (mut payments, mut credits): (Vec<_>, Vec<_>) =
        proposal.iter().map(|edge| (edge.payment, edge.credit)).unzip();
    for side in [&mut payments, &mut credits] {
        side.sort_unstable();
        side.dedup();
    }
    (payments, credits)
}
