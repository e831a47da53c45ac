//! What a log says of each payment.

use std::collections::{BTreeMap, BTreeSet};

use cryptopocket_types::{PaymentId, Timestamp, TransactionId};

use super::{Entry, Event};
use crate::matcher::Matcher;

/// The decisions that stand, from the entries of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    settled: BTreeMap<PaymentId, Settled>,
    pending: BTreeMap<PaymentId, Pending>,
    rejected: BTreeSet<(PaymentId, TransactionId)>,
}

/// A call that was begun and whose outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// When the call was begun.
    pub since: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Settled {
    transactions: Vec<TransactionId>,
    posted: bool,
}

impl State {
    pub(super) fn take(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Decided { .. } | Event::Unknown { .. } => {}
            Event::Posting {
                payment_id,
                transaction_id,
            } => {
                let pending = Pending {
                    transaction_id: transaction_id.clone(),
                    since: entry.at,
                };
                self.pending.insert(payment_id.clone(), pending);
            }
            Event::Posted {
                payment_id,
                transaction_id,
                ..
            } => {
                self.pending.remove(payment_id);
                let transactions = vec![transaction_id.clone()];
                let settled = Settled {
                    transactions,
                    posted: true,
                };
                self.settled.insert(payment_id.clone(), settled);
            }
            Event::NotPosted { payment_id, .. } => {
                self.pending.remove(payment_id);
            }
            Event::Accepted {
                payment_id,
                transaction_ids,
                ..
            } => {
                let settled = Settled {
                    transactions: transaction_ids.clone(),
                    posted: false,
                };
                self.settled.insert(payment_id.clone(), settled);
            }
            Event::Rejected {
                payment_id,
                transaction_id,
                ..
            } => {
                self.rejected.insert((payment_id.clone(), transaction_id.clone()));
            }
            Event::Revoked { payment_id, .. } => {
                self.settled.remove(payment_id);
                self.rejected.retain(|(payment, _)| payment != payment_id);
            }
        }
    }

    /// The payments whose decision stands.
    pub fn settled(&self) -> impl Iterator<Item = (&PaymentId, &[TransactionId])> {
        self.settled
            .iter()
            .map(|(payment, settled)| (payment, settled.transactions.as_slice()))
    }

    /// The pairs whose call was begun and whose outcome is not known. Look at the payment before anything is posted.
    pub fn pending(&self) -> impl Iterator<Item = (&PaymentId, &Pending)> {
        self.pending.iter()
    }

    /// Whether a decision about the payment stands, or a call for it has no known outcome.
    pub fn is_taken(&self, payment: &PaymentId) -> bool {
        self.settled.contains_key(payment) || self.pending.contains_key(payment)
    }

    /// Whether the provider tied the payment, as far as the log knows.
    pub fn is_posted(&self, payment: &PaymentId) -> bool {
        self.settled.get(payment).is_some_and(|settled| settled.posted)
    }

    /// Whether a person rejected the pair.
    pub fn is_rejected(&self, payment: &PaymentId, transaction: &TransactionId) -> bool {
        self.rejected.contains(&(payment.clone(), transaction.clone()))
    }

    /// Tells a matcher what was decided before: settled payments, and rejected pairs.
    pub fn tell(&self, matcher: &mut Matcher) {
        for (payment, settled) in &self.settled {
            matcher.settle(payment.clone(), settled.transactions.iter().cloned());
        }
        for (payment, transaction) in &self.rejected {
            matcher.exclude(payment.clone(), transaction.clone());
        }
    }
}
