//! Candidates grouped by payment and by credit.

use super::candidates::Edge;

/// Edges grouped by payment and by credit.
pub(super) struct Graph {
    /// By payment, then by credit.
    pub(super) edges: Vec<Edge>,
    by_payment: Vec<u32>,
    by_credit: Vec<u32>,
    /// Edge places, by credit.
    of_credit: Vec<u32>,
}

impl Graph {
    pub(super) fn new(edges: Vec<Edge>, payments: usize, credits: usize) -> Self {
        let starts = |count: usize, side: fn(&Edge) -> u32| {
            let mut starts = vec![0_u32; count + 1];
            for edge in &edges {
                starts[side(edge) as usize + 1] += 1;
            }
            for at in 1..=count {
                starts[at] += starts[at - 1];
            }
            starts
        };
        let by_credit = starts(credits, |edge| edge.credit);
        let mut next = by_credit.clone();
        let mut of_credit = vec![0; edges.len()];
        for (place, edge) in (0..).zip(&edges) {
            let slot = &mut next[edge.credit as usize];
            of_credit[*slot as usize] = place;
            *slot += 1;
        }
        let by_payment = starts(payments, |edge| edge.payment);
        Self {
            edges,
            by_payment,
            by_credit,
            of_credit,
        }
    }

    /// The edges of a payment, with their places.
    pub(super) fn of_payment(&self, payment: u32) -> impl Iterator<Item = (u32, &Edge)> {
        let at = payment as usize;
        let (from, to) = (self.by_payment[at], self.by_payment[at + 1]);
        (from..to).zip(&self.edges[from as usize..to as usize])
    }

    /// The edges of a credit, with their places.
    pub(super) fn of_credit(&self, credit: u32) -> impl Iterator<Item = (u32, &Edge)> {
        let at = credit as usize;
        let places = &self.of_credit[self.by_credit[at] as usize..self.by_credit[at + 1] as usize];
        places.iter().map(|place| (*place, &self.edges[*place as usize]))
    }
}
