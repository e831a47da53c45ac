//! What a log says of each payment.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use cryptopocket_types::{ErrorCode, PaymentId, Timestamp, TransactionId};

use super::{Entry, Event, Pair};
use crate::TransactionKey;
use crate::matcher::{Decision, Matcher, Outcome, Reason};

/// The decisions that stand, from the entries of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    payments: BTreeMap<PaymentId, PaymentState>,
    /// The payments that some entry names with a transaction of an id. What stands is in `payments`.
    named: BTreeSet<(TransactionId, PaymentId)>,
}

/// What a log says of one payment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentState {
    /// The last outcome of the matcher.
    pub outcome: Option<Outcome>,
    /// The transactions that the matcher's decisions named, also those that stood only in a reason, as a rival of a candidate.
    /// One of an earlier run is still a rival if a later run did not read it. One that the provider refused as unknown to it is
    /// none of them, until a later decision names it again.
    pub candidates: Vec<TransactionKey>,
    /// Whether nothing is posted until a person accepts: it was contested or revoked.
    pub held: bool,
    settled: Option<Settled>,
    /// The transaction of a call that was begun and whose outcome is not known, and when it was begun.
    pending: Option<(TransactionKey, Timestamp)>,
    rejected: BTreeSet<TransactionKey>,
    /// Accepted transactions that the provider refused, with its code.
    refused: BTreeMap<TransactionKey, String>,
    /// Whether the provider tied it. To revoke that changes nothing there.
    tied: bool,
    /// Of the last decision, unless the next one is to be written whole.
    hash: Option<u64>,
    /// What else spoke against a candidate.
    against: Vec<(TransactionKey, Against)>,
}

static UNKNOWN: LazyLock<PaymentState> = LazyLock::new(PaymentState::default);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Settled {
    transactions: Vec<TransactionKey>,
    posted: bool,
    /// Accepted, and to be posted.
    post: bool,
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

impl PaymentState {
    /// Whether a decision stands, or a call has no known outcome.
    pub const fn is_taken(&self) -> bool {
        self.settled.is_some() || self.pending.is_some()
    }

    /// Whether the provider tied the payment, as far as the log knows, and that stands.
    pub fn is_posted(&self) -> bool {
        self.settled.as_ref().is_some_and(|settled| settled.posted)
    }

    /// Whether the provider tied the payment, revoked or not, or may have.
    pub const fn remains_at_provider(&self) -> bool {
        self.tied || self.pending.is_some()
    }

    /// Whether a person rejected the transaction.
    pub fn is_rejected(&self, transaction: &TransactionKey) -> bool {
        self.rejected.iter().any(|key| key.may_be(transaction))
    }

    /// The provider's code, if it refused the transaction after a person accepted it.
    pub(super) fn refusal(&self, transaction: &TransactionKey) -> Option<&String> {
        let mut refused = self.refused.iter();
        refused
            .find(|(key, _)| key.may_be(transaction))
            .map(|(_, code)| code)
    }

    /// What spoke against the transaction, by the matcher's decisions.
    pub(super) fn against(&self, transaction: &TransactionKey) -> impl Iterator<Item = &Against> {
        let against = self.against.iter();
        against
            .filter(|(key, _)| key.may_be(transaction))
            .map(|(_, against)| against)
    }

    /// The transactions that pay it by the decision that stands, or may by a call without a known outcome.
    pub fn taken(&self) -> impl Iterator<Item = &TransactionKey> {
        let settled = self.settled.iter().flat_map(|settled| &settled.transactions);
        settled.chain(self.pending.iter().map(|(key, _)| key))
    }

    /// The transaction that a person accepted and that is not posted yet.
    fn to_post(&self) -> Option<&TransactionKey> {
        let settled = self.settled.as_ref().filter(|settled| settled.post)?;
        let waits = !self.held && self.pending.is_none();
        settled.transactions.first().filter(|_| waits)
    }

    /// Takes back a settlement if it is such a one.
    fn unsettle(&mut self, is_such: impl FnOnce(&Settled) -> bool) -> bool {
        self.settled.take_if(|settled| is_such(settled)).is_some()
    }

    fn decide(&mut self, decision: &Decision) {
        (self.hash, self.outcome) = (Some(hash(decision)), Some(decision.outcome));
        for key in decision.transactions() {
            if !self.candidates.contains(key) {
                self.candidates.push(key.clone());
            }
        }
        for candidate in &decision.candidates {
            for against in candidate.reasons.iter().filter_map(Against::of) {
                let against = (candidate.transaction.clone(), against);
                if !self.against.contains(&against) {
                    self.against.push(against);
                }
            }
        }
    }

    fn revoke(&mut self) {
        let accepted = self.settled.take().is_some_and(|settled| !settled.posted);
        let ruled = accepted || !self.rejected.is_empty();
        self.rejected.clear();
        // What the matcher decided, it decides again: only a person may have it posted then.
        self.held |= !ruled || self.remains_at_provider();
    }
}

impl State {
    pub(super) fn take(&mut self, entry: &Entry) {
        let payment = entry.event.payment_id();
        for key in entry.event.transactions() {
            self.named.insert((key.id().clone(), payment.clone()));
        }
        let known = self.payments.entry(payment.clone()).or_default();
        match &entry.event {
            Event::Decided { decision } => known.decide(decision),
            Event::Unknown { .. } => {}
            Event::Posting(pair) => known.pending = Some((pair.transaction.clone(), entry.at)),
            Event::Posted { pair, .. } => {
                (known.pending, known.tied) = (None, true);
                known.settled = Some(Settled {
                    transactions: vec![pair.transaction.clone()],
                    posted: true,
                    post: false,
                });
            }
            Event::NotPosted { pair, cause, refused } => {
                let key = &pair.transaction;
                known.pending = None;
                if *refused && known.unsettle(|settled| settled.post && settled.transactions.contains(key)) {
                    known.refused.insert(key.clone(), cause.clone());
                }
                if *refused && cause == ErrorCode::TransactionNotFound.as_str() {
                    self.forget(key);
                }
            }
            Event::Accepted {
                transactions, post, ..
            } => {
                known.held = false;
                known.refused.clear();
                let mut settled = known.settled.iter();
                // To accept what was posted only ends a doubt.
                if !settled.any(|settled| settled.posted && settled.transactions == *transactions) {
                    known.settled = Some(Settled {
                        transactions: transactions.clone(),
                        posted: false,
                        post: *post,
                    });
                }
            }
            Event::Rejected { pair, .. } => {
                let key = &pair.transaction;
                // The later ruling counts.
                known.unsettle(|settled| {
                    !settled.posted && settled.transactions.iter().any(|other| other.may_be(key))
                });
                known.rejected.insert(key.clone());
            }
            Event::Contested(_) => known.held = true,
            Event::Revoked(_) => known.revoke(),
        }
    }

    /// Drops a transaction that the provider does not know: it is no rival, and no list of the provider can hold it.
    ///
    /// The refusal is proof: a listed code says that the call did nothing.
    fn forget(&mut self, transaction: &TransactionKey) {
        let payments: Vec<PaymentId> = self.named_with(transaction.id()).cloned().collect();
        for payment in payments {
            if let Some(known) = self.payments.get_mut(&payment) {
                known.candidates.retain(|key| key != transaction);
                known.against.retain(|(key, _)| key != transaction);
                known.hash = None;
            }
        }
    }

    /// What the log says of a payment.
    pub fn of(&self, payment: &PaymentId) -> &PaymentState {
        self.payments.get(payment).unwrap_or(&UNKNOWN)
    }

    /// The pairs whose call was begun and whose outcome is not known, each with the time when it was begun. Look at the
    /// payment before anything is posted.
    pub fn pending(&self) -> impl Iterator<Item = (Pair, Timestamp)> + '_ {
        self.payments.iter().filter_map(|(payment, known)| {
            let (key, since) = known.pending.as_ref()?;
            Some((Pair::new(payment, key.clone()), *since))
        })
    }

    /// The pairs that people accepted and that are not posted yet.
    pub fn to_post(&self) -> impl Iterator<Item = Pair> + '_ {
        let accepted = self
            .payments
            .iter()
            .filter_map(|(payment, known)| Some(Pair::new(payment, known.to_post()?.clone())));
        accepted.filter(|pair| self.other_payment(&pair.payment_id, &pair.transaction).is_none())
    }

    /// Whether neither the payment nor the transaction is taken, but by a person who accepted this pair.
    pub(crate) fn may_post(&self, pair: &Pair) -> bool {
        let known = self.of(&pair.payment_id);
        let is_free = !known.is_taken() || known.to_post() == Some(&pair.transaction);
        is_free && self.other_payment(&pair.payment_id, &pair.transaction).is_none()
    }

    /// The accepted pairs that the provider refused, with its code: each waits for a person to accept it anew.
    pub fn refused(&self) -> impl Iterator<Item = (Pair, &str)> {
        self.payments.iter().flat_map(|(payment, known)| {
            let refused = known.refused.iter();
            refused.map(move |(key, code)| (Pair::new(payment, key.clone()), code.as_str()))
        })
    }

    /// The payments that some entry names with a transaction of this id.
    pub(super) fn named_with(&self, transaction: &TransactionId) -> impl Iterator<Item = &PaymentId> {
        let from = (transaction.clone(), PaymentId::from(""));
        let same = transaction.clone();
        let named = self.named.range(from..).take_while(move |(id, _)| *id == same);
        named.map(|(_, payment)| payment)
    }

    /// The other payment that the transaction pays, as far as the log knows.
    pub fn other_payment(&self, payment: &PaymentId, transaction: &TransactionKey) -> Option<&PaymentId> {
        let mut others = self.named_with(transaction.id());
        others.find(|other| {
            let mut taken = self.of(other).taken();
            *other != payment && taken.any(|taken| taken.may_be(transaction))
        })
    }

    /// Whether the log has this decision as the last one about its payment.
    pub(super) fn is_recorded(&self, decision: &Decision) -> bool {
        let last = self.of(&decision.payment_id).hash;
        last.is_some_and(|last| last == hash(decision))
    }

    /// Whether there is anything to doubt or take back: after a revoked ruling there is not.
    pub(super) fn knows(&self, payment: &PaymentId) -> bool {
        let known = self.of(payment);
        let is_ruled = known.held || !known.rejected.is_empty();
        known.outcome.is_some() || known.is_taken() || known.tied || is_ruled
    }

    /// Tells a matcher what was decided before: settled payments, and rejected pairs.
    pub fn tell(&self, matcher: &mut Matcher) {
        for (payment, known) in &self.payments {
            if let Some(settled) = &known.settled {
                matcher.settle(payment.clone(), settled.transactions.iter().cloned());
            }
            for key in &known.rejected {
                matcher.exclude(payment.clone(), key.clone());
            }
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
