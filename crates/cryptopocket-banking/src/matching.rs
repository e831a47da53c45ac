//! Matching: which bank credit pays an expected transfer.

mod concept;

use std::collections::BTreeMap;
use std::fmt;

use cryptopocket_types::{Concept, Field, Money, PaymentId};
use serde::{Deserialize, Serialize};

use crate::Transaction;

/// A transfer that a payer was asked to make: the concept to write, and the exact amount to send.
///
/// Only the reply that creates a transfer payment has the concept, so store it when you create one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpectedTransfer {
    /// The reference that the payer must write.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub concept: Concept,
    /// The amount that the payer must send.
    pub amount: Money,
}

impl ExpectedTransfer {
    /// Expects this amount under this concept.
    pub fn new(concept: impl Into<Concept>, amount: Money) -> Self {
        Self {
            concept: concept.into(),
            amount,
        }
    }
}

/// The result of [`match_transfer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TransferMatch<'a> {
    /// Exactly one credit has the concept, the amount and the currency, and is not reconciled.
    Confirmed(&'a Transaction),
    /// More than one credit fits. A person must choose: a guess could post a double payment.
    Ambiguous(Vec<&'a Transaction>),
    /// A credit that fits is reconciled already. Another one that fits too is probably a double payment.
    AlreadyReconciled(&'a Transaction),
    /// No transaction fits. The near misses are every transaction with the concept, and every unreconciled credit of the amount.
    None(Vec<NearMiss<'a>>),
}

impl<'a> TransferMatch<'a> {
    /// The one credit to reconcile, if there is one.
    pub fn confirmed(&self) -> Option<&'a Transaction> {
        match self {
            Self::Confirmed(transaction) => Some(transaction),
            _ => None,
        }
    }
}

/// A transaction that nearly fits, and the reasons against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NearMiss<'a> {
    /// The transaction.
    pub transaction: &'a Transaction,
    /// Every reason against it, at least one.
    pub reasons: Vec<Mismatch>,
}

/// A reason against a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mismatch {
    /// Money left the account, or none moved.
    NotACredit,
    /// It is reconciled with a payment already.
    AlreadyReconciled {
        /// The payment, if the transaction names it.
        payment_id: Option<PaymentId>,
    },
    /// It is in another currency.
    OtherCurrency,
    /// Too little was sent.
    ShortBy(Money),
    /// Too much was sent.
    OverBy(Money),
    /// Another amount was sent, and the difference has more digits than an amount can have.
    OtherAmount,
    /// Its amount cannot be read.
    UnreadableAmount,
    /// The payer wrote nothing.
    NoConcept,
    /// The payer's text does not have the concept as a whole token.
    WrongConcept,
    /// The payer's text cannot be read.
    UnreadableConcept,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotACredit => f.write_str("it is not a credit"),
            Self::AlreadyReconciled { payment_id: None } => f.write_str("it is reconciled already"),
            Self::AlreadyReconciled {
                payment_id: Some(payment),
            } => {
                write!(f, "it is reconciled with payment {} already", payment.as_str())
            }
            Self::OtherCurrency => f.write_str("it is in another currency"),
            Self::ShortBy(missing) => write!(f, "it is short by {missing}"),
            Self::OverBy(surplus) => write!(f, "it is over by {surplus}"),
            Self::OtherAmount => f.write_str("it has another amount"),
            Self::UnreadableAmount => f.write_str("its amount cannot be read"),
            Self::UnreadableConcept => f.write_str("the payer's text cannot be read"),
            Self::NoConcept => f.write_str("the payer wrote no concept"),
            Self::WrongConcept => f.write_str("the payer's text does not name the concept"),
        }
    }
}

/// Finds the credit that pays an expected transfer. It is a pure function and posts nothing.
///
/// A credit is confirmed only when all of this holds:
/// - it is a credit of exactly the expected amount, to the last decimal, in the expected currency;
/// - the payer's text has the concept as a whole token: `483920` is not found in `REF483920`, `1483920` or
///   `483920.50`;
/// - it is not reconciled;
/// - no other transaction fits as well, reconciled or not.
///
/// Pass every transaction since the payment was created: a second credit, or the right one, may be among those left
/// out. A list is complete when its end is proven ([`PagesEnd::is_proven`](cryptopocket_core::PagesEnd::is_proven)).
/// Otherwise a confirmed credit is only the one *seen*, and `None` proves nothing.
///
/// A transaction that is given twice, as by overlapping pages, counts once; it is told apart by its
/// [account and id](Transaction::key). If its two records differ, both must fit.
///
/// # Examples
/// ```
/// use cryptopocket_banking::{ExpectedTransfer, Mismatch, Transaction, TransferMatch, match_transfer};
///
/// let credit = |id: &str, amount: &str, text: &str| {
///     let mut credit = Transaction::new(id, amount.parse().unwrap(), "2026-06-26".parse().unwrap());
///     credit.concept = cryptopocket_types::Personal::from(text).into();
///     credit
/// };
/// let credits = [
///     credit("t-1", "150.50 EUR", "483921"),
///     credit("t-2", "149.50 EUR", "Pago 483920"),
///     credit("t-3", "150.50 EUR", "Pago 483920, gracias"),
/// ];
/// let expected = ExpectedTransfer::new(483_920_u64, "150.50 EUR".parse().unwrap());
/// assert_eq!(match_transfer(&expected, &credits).confirmed().unwrap().id.as_str(), "t-3");
///
/// let TransferMatch::None(near) = match_transfer(&expected, &credits[..2]) else { unreachable!() };
/// assert_eq!(near[0].reasons, [Mismatch::WrongConcept]);
/// assert_eq!(near[1].reasons, [Mismatch::ShortBy("1.00 EUR".parse().unwrap())]);
/// ```
pub fn match_transfer<'a>(
    expected: &ExpectedTransfer,
    transactions: impl IntoIterator<Item = &'a Transaction>,
) -> TransferMatch<'a> {
    // Overlapping pages give a transaction twice. Counted twice, it would look like a double payment. Told apart by id
    // alone, the credits of two accounts would look like one, and a double payment would be confirmed.
    let mut places = BTreeMap::new();
    let mut considered: Vec<NearMiss<'a>> = Vec::new();
    for transaction in transactions {
        let reasons = reasons_against(expected, transaction);
        let found = NearMiss { transaction, reasons };
        let place = *places.entry(transaction.key()).or_insert(considered.len());
        match considered.get_mut(place) {
            Some(seen) => seen.add(found),
            None => considered.push(found),
        }
    }

    // Before the credits that fit: when one that fits is reconciled already, the payment is paid, and the next one that
    // fits is the customer's second payment.
    let reconciled = |reason: &Mismatch| matches!(reason, Mismatch::AlreadyReconciled { .. });
    let is_paid = |found: &&NearMiss<'_>| !found.reasons.is_empty() && found.reasons.iter().all(reconciled);
    if let Some(paid) = considered.iter().find(is_paid) {
        return TransferMatch::AlreadyReconciled(paid.transaction);
    }
    let fitting = considered.iter().filter(|found| found.reasons.is_empty());
    let fitting: Vec<_> = fitting.map(|found| found.transaction).collect();
    match fitting[..] {
        [one] => TransferMatch::Confirmed(one),
        [] => TransferMatch::None(considered.into_iter().filter(NearMiss::is_near).collect()),
        _ => TransferMatch::Ambiguous(fitting),
    }
}

impl NearMiss<'_> {
    /// Adds another record of the same transaction: a reason against either record counts against the transaction.
    ///
    /// A record may be older than the reconciliation that the other one shows, so the worse one decides.
    fn add(&mut self, other: Self) {
        if other.reasons.len() > self.reasons.len() {
            self.transaction = other.transaction;
        }
        for reason in other.reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
    }

    /// Whether one thing is wrong, or several with the right concept: a person can settle that. Anything else is unrelated.
    fn is_near(&self) -> bool {
        let no_concept = |reason: &Mismatch| {
            matches!(
                reason,
                Mismatch::NoConcept | Mismatch::WrongConcept | Mismatch::UnreadableConcept
            )
        };
        self.reasons.len() == 1 || !self.reasons.iter().any(no_concept)
    }
}

/// Every reason against `transaction` as the one that pays `wanted`, by its amount, currency and state.
///
/// For a pair that a person chose, when the concept is not at hand. An empty result does not prove that the pair is
/// right: [`match_transfer`] also checks the payer's text and the other transactions.
pub fn money_mismatches(wanted: Money, transaction: &Transaction) -> Vec<Mismatch> {
    let mut reasons = Vec::new();
    if let Some(amount) = transaction.amount.into_value() {
        reasons.extend(amount_mismatch(wanted, amount, transaction));
    } else {
        reasons.push(Mismatch::UnreadableAmount);
    }
    // A payment id counts even when the mark is missing or wrong: to pay a second payment from the same credit is worse
    // than to ask a person. So does one that cannot be read.
    if transaction.reconciled || !transaction.payment_id.is_absent() {
        reasons.push(Mismatch::AlreadyReconciled {
            payment_id: transaction.payment_id.clone().into_value(),
        });
    }
    reasons
}

fn amount_mismatch(wanted: Money, amount: Money, transaction: &Transaction) -> Option<Mismatch> {
    Some(if !transaction.is_credit() {
        Mismatch::NotACredit
    } else if amount.currency() != wanted.currency() {
        Mismatch::OtherCurrency
    } else if amount < wanted {
        wanted
            .checked_sub(amount)
            .map_or(Mismatch::OtherAmount, Mismatch::ShortBy)
    } else if amount != wanted {
        amount
            .checked_sub(wanted)
            .map_or(Mismatch::OtherAmount, Mismatch::OverBy)
    } else {
        return None;
    })
}

fn reasons_against(expected: &ExpectedTransfer, transaction: &Transaction) -> Vec<Mismatch> {
    let mut reasons = money_mismatches(expected.amount, transaction);
    match &transaction.concept {
        Field::Value(text) if concept::names(text.reveal(), expected.concept.as_str()) => {}
        Field::Value(text) if !text.reveal().trim().is_empty() => reasons.push(Mismatch::WrongConcept),
        Field::Unreadable => reasons.push(Mismatch::UnreadableConcept),
        _ => reasons.push(Mismatch::NoConcept),
    }
    reasons
}

#[cfg(test)]
mod tests;
