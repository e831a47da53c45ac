//! The records that are searched.

use super::edge::Edge;
use super::evidence::{Evidence, Mention};
use super::policy::Policy;
use super::standing::Standing;
use super::store::{Credit, Payment, Store};

/// The records, and what of them takes part.
pub(super) struct Search<'s> {
    pub(super) store: &'s Store,
    pub(super) policy: &'s Policy,
    pub(super) threads: usize,
    pub(super) standing: &'s Standing,
}

impl<'s> Search<'s> {
    pub(super) fn payment(&self, place: u32) -> &'s Payment {
        &self.store.payments[place as usize]
    }

    pub(super) fn credit(&self, place: u32) -> &'s Credit {
        &self.store.credits[place as usize]
    }

    /// Whether no payment of other content has its id.
    pub(super) fn takes_part(&self, payment: u32) -> bool {
        !self.standing.bad_payments[payment as usize]
    }

    /// The pair with its evidence; `None` when a gate or a person excludes it.
    pub(super) fn edge(&self, payment: u32, credit: u32, mention: Option<Mention>) -> Option<Edge> {
        if !self.standing.excluded.is_empty() && self.standing.excluded.contains(&(payment, credit)) {
            return None;
        }
        let evidence = Evidence::weigh(
            self.store,
            self.policy,
            self.payment(payment),
            self.credit(credit),
            mention,
        )?;
        Some(Edge {
            payment,
            credit,
            score: evidence.score(self.policy),
            confirmable: evidence.obstacle(&self.policy.confirm).is_none(),
            evidence,
        })
    }
}

/// The records with their places.
pub(super) fn places<T>(records: &[T]) -> impl Iterator<Item = (u32, &T)> {
    (0_u32..).zip(records)
}
