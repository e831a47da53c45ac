//! Splits: several credits for one payment, and one credit for several payments.

use super::super::candidates::Edge;
use super::{Resolution, Resolver, Verdict};

impl Resolver<'_> {
    /// One credit for several payments, and several credits for one payment, as their references say.
    pub(super) fn splits(&mut self, resolution: &mut Resolution) {
        let most = usize::from(self.policy.limits.split_parts);
        let mut proposals: Vec<Vec<u32>> = Vec::new();
        let mut propose = |parts: Vec<(u32, i64)>, whole: i64| {
            let sum = parts
                .iter()
                .try_fold(0_i64, |sum, (_, amount)| sum.checked_add(*amount));
            if (2..=most).contains(&parts.len()) && sum == Some(whole) {
                proposals.push(parts.into_iter().map(|(place, _)| place).collect());
            }
        };
        let parts = |edges: &mut dyn Iterator<Item = (u32, &Edge)>, amount: &dyn Fn(&Edge) -> i64| {
            edges
                .filter(|(_, edge)| self.is_left(edge) && Self::is_part(edge))
                .map(|(place, edge)| (place, amount(edge)))
                .collect::<Vec<_>>()
        };
        for (credit, record) in (0_u32..).zip(&self.store.credits) {
            let amount = |edge: &Edge| self.store.payments[edge.payment as usize].amount;
            propose(parts(&mut self.graph.of_credit(credit), &amount), record.amount);
        }
        for (payment, record) in (0_u32..).zip(&self.store.payments) {
            let amount = |edge: &Edge| self.store.credits[edge.credit as usize].amount;
            propose(parts(&mut self.graph.of_payment(payment), &amount), record.amount);
        }
        // A record in two splits is in none: which of them holds is for a person to say.
        let mut payments = vec![0_u8; self.paid.len()];
        let mut credits = vec![0_u8; self.spent.len()];
        let sides = |proposal: &[u32]| {
            let edges = proposal.iter().map(|place| &self.graph.edges[*place as usize]);
            let (mut payments, mut credits): (Vec<_>, Vec<_>) =
                edges.map(|edge| (edge.payment, edge.credit)).unzip();
            payments.dedup();
            credits.sort_unstable();
            credits.dedup();
            (payments, credits)
        };
        let proposals: Vec<_> = proposals
            .into_iter()
            .map(|proposal| (sides(&proposal), proposal))
            .collect();
        for ((of, by), _) in &proposals {
            for at in of {
                payments[*at as usize] = payments[*at as usize].saturating_add(1);
            }
            for at in by {
                credits[*at as usize] = credits[*at as usize].saturating_add(1);
            }
        }
        for ((of, by), proposal) in proposals {
            let alone = of.iter().all(|at| payments[*at as usize] == 1)
                && by.iter().all(|at| credits[*at as usize] == 1);
            if !alone {
                continue;
            }
            for payment in of {
                let edges = proposal
                    .iter()
                    .copied()
                    .filter(|place| self.graph.edges[*place as usize].payment == payment);
                self.decide(resolution, payment, Verdict::Split, &edges.collect::<Vec<_>>());
                self.paid[payment as usize] = true;
            }
            for credit in by {
                self.spent[credit as usize] = true;
            }
        }
    }
}
