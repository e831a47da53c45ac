//! What a log says of each payment.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cryptopocket_types::{ErrorCode, PaymentId, Timestamp, TransactionId};

use super::{Entry, Event, Pair};
use crate::TransactionKey;
use crate::matcher::{Decision, Matcher, Outcome, Reason};

/// The decisions that stand, from the entries of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    settled: BTreeMap<PaymentId, Settled>,
    pending: BTreeMap<PaymentId, Pending>,
    rejected: BTreeSet<Pair>,
    /// Payments for which nothing is posted until a person accepts.
    held: BTreeSet<PaymentId>,
    /// Payments that the provider tied. To revoke that changes nothing there.
    tied: BTreeSet<PaymentId>,
    /// Which payments a transaction's id was ever tied to, or named with. What stands is in `settled` and `pending`.
    payers: BTreeSet<(TransactionId, PaymentId)>,
    decided: BTreeMap<PaymentId, Decided>,
    /// Accepted pairs that the provider refused, with its code.
    refused: BTreeMap<Pair, String>,
}

/// A call that was begun and whose outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The transaction.
    pub transaction: TransactionKey,
    /// When the call was begun.
    pub since: Timestamp,
}

/// What the matcher said of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decided {
    /// Of the last decision, unless the next one is to be written whole.
    hash: Option<u64>,
    outcome: Outcome,
    /// The transactions of all decisions: one of an earlier run is still a rival if a later run did not read it.
    candidates: Vec<TransactionKey>,
    /// What else spoke against one of them.
    against: Vec<(TransactionKey, Against)>,
}

/// A record that kept a pair from being confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Against {
    /// The text names this payment, too.
    Names(PaymentId),
    /// This payment fits the transaction as well.
    Fits(PaymentId),
    /// A return, a reconciled transaction or a closed payment: the log does not say which.
    Unnamed,
}

impl Against {
    fn of(reason: &Reason) -> Option<Self> {
        match reason {
            Reason::NamesOtherPayment { payment_id } => Some(Self::Names(payment_id.clone())),
            Reason::OtherPayment { payment_id } => Some(Self::Fits(payment_id.clone())),
            Reason::NamesClosedPayment | Reason::Returned | Reason::PaidAlready => Some(Self::Unnamed),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Settled {
    transactions: Vec<TransactionKey>,
    posted: bool,
    /// Accepted, and to be posted.
    post: bool,
}

impl State {
    pub(super) fn take(&mut self, entry: &Entry) {
        let payment = entry.event.payment_id();
        match &entry.event {
            Event::Decided { decision } => self.decide(decision),
            Event::Unknown { .. } => {}
            Event::Posting(pair) => {
                self.note(payment, [&pair.transaction]);
                let pending = Pending {
                    transaction: pair.transaction.clone(),
                    since: entry.at,
                };
                self.pending.insert(payment.clone(), pending);
            }
            Event::Posted { pair, .. } => {
                self.pending.remove(payment);
                self.settle(payment, std::slice::from_ref(&pair.transaction), true, false);
                self.tied.insert(payment.clone());
            }
            Event::NotPosted { pair, cause, refused } => {
                self.pending.remove(payment);
                if *refused && cause == ErrorCode::TransactionNotFound.as_str() {
                    self.forget(&pair.transaction);
                }
                let accepted =
                    |settled: &Settled| settled.post && settled.transactions.contains(&pair.transaction);
                if *refused && self.settled.get(payment).is_some_and(accepted) {
                    self.settled.remove(payment);
                    self.refused.insert(pair.clone(), cause.clone());
                }
            }
            Event::Accepted {
                transactions, post, ..
            } => {
                self.held.remove(payment);
                self.refused.retain(|pair, _| pair.payment_id != *payment);
                // To accept what was posted only ends a doubt.
                let same = |settled: &Settled| settled.posted && settled.transactions == *transactions;
                if self.settled.get(payment).is_some_and(same) {
                    self.note(payment, transactions);
                } else {
                    self.settle(payment, transactions, false, *post);
                }
            }
            Event::Rejected { pair, .. } => {
                // The later ruling counts.
                let accepted = |settled: &Settled| {
                    !settled.posted && settled.transactions.iter().any(|t| t.may_be(&pair.transaction))
                };
                if self.settled.get(payment).is_some_and(accepted) {
                    self.settled.remove(payment);
                }
                self.rejected.insert(pair.clone());
            }
            Event::Contested { .. } => {
                self.held.insert(payment.clone());
            }
            Event::Revoked { .. } => self.revoke(payment),
        }
    }

    fn settle(&mut self, payment: &PaymentId, transactions: &[TransactionKey], posted: bool, post: bool) {
        self.note(payment, transactions);
        let settled = Settled {
            transactions: transactions.to_vec(),
            posted,
            post,
        };
        self.settled.insert(payment.clone(), settled);
    }

    /// Notes that the log has seen the payment with these transactions.
    fn note<'k>(&mut self, payment: &PaymentId, keys: impl IntoIterator<Item = &'k TransactionKey>) {
        let ids = keys.into_iter().map(|key| (key.id().clone(), payment.clone()));
        self.payers.extend(ids);
    }

    fn decide(&mut self, decision: &Decision) {
        let decided = self.decided.entry(decision.payment_id.clone());
        let decided = decided.or_insert_with(|| Decided {
            hash: None,
            outcome: decision.outcome,
            candidates: Vec::new(),
            against: Vec::new(),
        });
        (decided.hash, decided.outcome) = (Some(hash(decision)), decision.outcome);
        for candidate in &decision.candidates {
            let rivals = candidate.reasons.iter().filter_map(|reason| match reason {
                Reason::OtherTransaction { transaction } => Some(transaction),
                _ => None,
            });
            for key in std::iter::once(&candidate.transaction).chain(rivals) {
                if !decided.candidates.contains(key) {
                    decided.candidates.push(key.clone());
                }
                let ids = (key.id().clone(), decision.payment_id.clone());
                self.payers.insert(ids);
            }
            for against in candidate.reasons.iter().filter_map(Against::of) {
                let against = (candidate.transaction.clone(), against);
                if !decided.against.contains(&against) {
                    decided.against.push(against);
                }
            }
        }
    }

    /// Drops a transaction that the provider does not know: it is no rival, and no list of the provider can hold it.
    ///
    /// The refusal is proof: a listed code says that the call did nothing.
    fn forget(&mut self, transaction: &TransactionKey) {
        let payments: Vec<PaymentId> = self.payments_of(transaction.id()).cloned().collect();
        for payment in payments {
            if let Some(decided) = self.decided.get_mut(&payment) {
                decided.candidates.retain(|key| key != transaction);
                decided.against.retain(|(key, _)| key != transaction);
                decided.hash = None;
            }
        }
    }

    fn revoke(&mut self, payment: &PaymentId) {
        let rejections = self.rejected.len();
        self.rejected.retain(|pair| pair.payment_id != *payment);
        let accepted = self.settled.remove(payment);
        let accepted = accepted.is_some_and(|settled| !settled.posted);
        let ruled = accepted || self.rejected.len() < rejections;
        // What the matcher decided, it decides again: only a person may have it posted then.
        if !ruled || self.remains_at_provider(payment) {
            self.held.insert(payment.clone());
        }
    }

    /// The payments whose decision stands.
    pub fn settled(&self) -> impl Iterator<Item = (&PaymentId, &[TransactionKey])> {
        self.settled
            .iter()
            .map(|(payment, settled)| (payment, settled.transactions.as_slice()))
    }

    /// The pairs whose call was begun and whose outcome is not known. Look at the payment before anything is posted.
    pub fn pending(&self) -> impl Iterator<Item = (&PaymentId, &Pending)> {
        self.pending.iter()
    }

    /// The pairs that people accepted and that are not posted yet.
    pub fn to_post(&self) -> impl Iterator<Item = Pair> + '_ {
        let waiting = self.settled.iter().filter(|(payment, settled)| {
            settled.post && !self.held.contains(*payment) && !self.pending.contains_key(*payment)
        });
        waiting
            .filter_map(|(payment, settled)| Some(Pair::new(payment, settled.transactions.first()?.clone())))
            .filter(|pair| self.other_payment(&pair.payment_id, &pair.transaction).is_none())
    }

    /// Whether a decision about the payment stands, or a call for it has no known outcome.
    pub fn is_taken(&self, payment: &PaymentId) -> bool {
        self.settled.contains_key(payment) || self.pending.contains_key(payment)
    }

    /// Whether nothing is posted for the payment until a person accepts: it was contested or revoked.
    pub fn is_held(&self, payment: &PaymentId) -> bool {
        self.held.contains(payment)
    }

    /// Whether the provider tied the payment, as far as the log knows, and that stands.
    pub fn is_posted(&self, payment: &PaymentId) -> bool {
        self.settled.get(payment).is_some_and(|settled| settled.posted)
    }

    /// Whether the provider tied the payment, revoked or not, or may have.
    pub fn remains_at_provider(&self, payment: &PaymentId) -> bool {
        self.tied.contains(payment) || self.pending.contains_key(payment)
    }

    /// Whether a person rejected the pair.
    pub fn is_rejected(&self, payment: &PaymentId, transaction: &TransactionKey) -> bool {
        let is_it = |pair: &Pair| pair.payment_id == *payment && pair.transaction.may_be(transaction);
        self.rejected.iter().any(is_it)
    }

    /// The transactions that the matcher's decisions about the payment named, also those that stood only in a reason, as a rival
    /// of a candidate. One that the provider refused as unknown to it is none of them, until a later decision names it again.
    pub fn candidates(&self, payment: &PaymentId) -> &[TransactionKey] {
        self.decided
            .get(payment)
            .map_or(&[], |decided| &decided.candidates)
    }

    /// What spoke against the pair, by the matcher's decisions about the payment.
    pub(super) fn against(&self, pair: &Pair) -> impl Iterator<Item = &Against> {
        let decided = self.decided.get(&pair.payment_id);
        let against = decided.into_iter().flat_map(|decided| &decided.against);
        against
            .filter(|(key, _)| key.may_be(&pair.transaction))
            .map(|(_, against)| against)
    }

    /// The last outcome of the matcher about the payment.
    pub fn outcome(&self, payment: &PaymentId) -> Option<Outcome> {
        self.decided.get(payment).map(|decided| decided.outcome)
    }

    /// The accepted pairs that the provider refused, with its code: each waits for a person to accept it anew.
    pub fn refused(&self) -> impl Iterator<Item = (&Pair, &str)> {
        self.refused.iter().map(|(pair, code)| (pair, code.as_str()))
    }

    pub(super) fn refusal(&self, pair: &Pair) -> Option<&str> {
        let same =
            |other: &Pair| other.payment_id == pair.payment_id && other.transaction.may_be(&pair.transaction);
        let (_, code) = self.refused().find(|(other, _)| same(other))?;
        Some(code)
    }

    /// The payments that the log has seen with a transaction of this id.
    pub(super) fn payments_of(&self, transaction: &TransactionId) -> impl Iterator<Item = &PaymentId> {
        let from = (transaction.clone(), PaymentId::from(""));
        let payers = self.payers.range(from..);
        let same = transaction.clone();
        payers
            .take_while(move |(id, _)| *id == same)
            .map(|(_, payment)| payment)
    }

    /// The other payment that the transaction pays, as far as the log knows.
    pub fn other_payment(&self, payment: &PaymentId, transaction: &TransactionKey) -> Option<&PaymentId> {
        let mut others = self
            .payments_of(transaction.id())
            .filter(|other| *other != payment);
        others.find(|other| {
            let settled = self
                .settled
                .get(*other)
                .into_iter()
                .flat_map(|settled| &settled.transactions);
            let pending = self.pending.get(*other).map(|pending| &pending.transaction);
            let mut taken = settled.chain(pending);
            taken.any(|taken| taken.may_be(transaction))
        })
    }

    /// Whether the log has this decision as the last one about its payment.
    pub(super) fn is_recorded(&self, decision: &Decision) -> bool {
        let decided = self.decided.get(&decision.payment_id);
        decided.is_some_and(|decided| decided.hash == Some(hash(decision)))
    }

    pub(super) fn knows(&self, payment: &PaymentId) -> bool {
        self.decided.contains_key(payment)
            || self.held.contains(payment)
            || self.is_taken(payment)
            || self.tied.contains(payment)
            || self.rejected.iter().any(|pair| pair.payment_id == *payment)
    }

    /// Tells a matcher what was decided before: settled payments, and rejected pairs.
    pub fn tell(&self, matcher: &mut Matcher) {
        for (payment, settled) in &self.settled {
            matcher.settle(payment.clone(), settled.transactions.iter().cloned());
        }
        for pair in &self.rejected {
            matcher.exclude(pair.payment_id.clone(), pair.transaction.clone());
        }
    }
}

fn hash(decision: &Decision) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(decision)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}
