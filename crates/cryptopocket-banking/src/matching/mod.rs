//! Which bank credit pays an expected transfer.

mod concept;

use std::collections::BTreeMap;
use std::fmt;

use cryptopocket_types::{Concept, Money, PaymentId, TransactionId};

use crate::Transaction;

/// A transfer that a payer was asked to make: the concept to write and the exact amount to send.
///
/// Only the reply that creates a transfer payment has the concept; whoever creates one has to keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedTransfer {
    /// The reference that the payer has to write.
    pub concept: Concept,
    /// The amount that the payer has to send.
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

/// What [`match_transfer`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransferMatch<'a> {
    /// Exactly one credit names the concept, has the amount and currency, and is not reconciled.
    Confirmed(&'a Transaction),
    /// More than one credit fits; a person has to choose. Reconciling one of them by guess could post
    /// somebody's double payment.
    Ambiguous(Vec<&'a Transaction>),
    /// A credit that fits is reconciled already. If another fits too, it is probably a double payment, so
    /// it is not confirmed.
    AlreadyReconciled(&'a Transaction),
    /// None fits. What is nearest comes with the reasons against it: every transaction that names the
    /// concept, and every unreconciled credit of the amount.
    None(Vec<NearMiss<'a>>),
}

impl<'a> TransferMatch<'a> {
    /// The one credit that may be reconciled, if there is one.
    pub fn confirmed(&self) -> Option<&'a Transaction> {
        match self {
            Self::Confirmed(transaction) => Some(transaction),
            _ => None,
        }
    }
}

/// A transaction that comes near, and why it is not the one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss<'a> {
    /// The transaction.
    pub transaction: &'a Transaction,
    /// Every reason against it, at least one.
    pub reasons: Vec<Mismatch>,
}

/// A reason against a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// Money left the account, or none moved.
    NotACredit,
    /// It pays another payment already.
    AlreadyReconciled {
        /// The payment that it pays, where the bank's record tells.
        payment_id: Option<PaymentId>,
    },
    /// It is in another currency.
    OtherCurrency,
    /// Too little was sent.
    ShortBy(Money),
    /// Too much was sent.
    OverBy(Money),
    /// Another amount was sent; the difference has more digits than an amount may have.
    OtherAmount,
    /// The payer wrote nothing.
    NoConcept,
    /// The payer's text does not name the concept as a whole token.
    WrongConcept,
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
            Self::NoConcept => f.write_str("the payer wrote no concept"),
            Self::WrongConcept => f.write_str("the payer's text does not name the concept"),
        }
    }
}

/// Finds the credit that pays an expected transfer. Pure: it sees only what it is given, and posts nothing.
///
/// A credit is confirmed only when all of this holds:
/// - money came in, in the currency and to the last decimal the amount expected;
/// - the payer's text has the concept as a whole token: `483920` is not found in `REF483920`, `1483920` or
///   `483920.50`;
/// - it is not reconciled;
/// - no other transaction fits as well, reconciled or not.
///
/// So give it every movement since the payment was created: a second credit, or the right one, may be in a part that was
/// left out. A list is known to be whole when its end is proven, which
/// [`PagesEnd::is_proven`](cryptopocket_core::PagesEnd::is_proven) tells; otherwise a confirmed credit is the only
/// one *seen*, and none found means nothing.
///
/// A transaction that is given twice, as overlapping pages do, counts once. If the two differ, both have to fit.
///
/// # Examples
/// ```
/// use cryptopocket_banking::{ExpectedTransfer, Mismatch, Transaction, TransferMatch, match_transfer};
///
/// let credit = |id: &str, amount: &str, text: &str| {
///     let mut credit = Transaction::new(id, amount.parse().unwrap(), "2026-06-26".parse().unwrap());
///     credit.concept = Some(text.into());
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
    let mut by_id = BTreeMap::<&TransactionId, Considered<'a>>::new();
    let mut order = Vec::new();
    for transaction in transactions {
        let reasons = reasons_against(expected, transaction);
        if let Some(seen) = by_id.get_mut(&transaction.id) {
            seen.add(transaction, reasons);
        } else {
            order.push(&transaction.id);
            by_id.insert(&transaction.id, Considered { transaction, reasons });
        }
    }
    let considered: Vec<_> = order.iter().filter_map(|id| by_id.remove(*id)).collect();

    if let Some(reconciled) = considered.iter().find(|c| c.fits_but_for_being_reconciled()) {
        return TransferMatch::AlreadyReconciled(reconciled.transaction);
    }
    let fitting: Vec<_> = considered
        .iter()
        .filter(|c| c.reasons.is_empty())
        .map(|c| c.transaction)
        .collect();
    match fitting[..] {
        [one] => TransferMatch::Confirmed(one),
        [] => TransferMatch::None(considered.into_iter().filter_map(Considered::near_miss).collect()),
        _ => TransferMatch::Ambiguous(fitting),
    }
}

struct Considered<'a> {
    transaction: &'a Transaction,
    reasons: Vec<Mismatch>,
}

impl<'a> Considered<'a> {
    /// Takes in another record of the same transaction: what speaks against either speaks against both.
    fn add(&mut self, transaction: &'a Transaction, reasons: Vec<Mismatch>) {
        if reasons.len() > self.reasons.len() {
            self.transaction = transaction;
        }
        for reason in reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
    }

    fn fits_but_for_being_reconciled(&self) -> bool {
        let reconciled = |reason: &Mismatch| matches!(reason, Mismatch::AlreadyReconciled { .. });
        !self.reasons.is_empty() && self.reasons.iter().all(reconciled)
    }

    fn near_miss(self) -> Option<NearMiss<'a>> {
        let no_concept = |reason: &Mismatch| matches!(reason, Mismatch::NoConcept | Mismatch::WrongConcept);
        let near = self.reasons.len() == 1 || !self.reasons.iter().any(no_concept);
        near.then_some(NearMiss {
            transaction: self.transaction,
            reasons: self.reasons,
        })
    }
}

/// Every reason against `transaction` as the one that pays `wanted`, as far as its money and its state tell.
///
/// For a pair that a person chose, whose concept is not at hand: only the reply that creates a payment has it. None found
/// does not make the pair right; [`match_transfer`] also looks at what the payer wrote, and at what else may fit.
///
/// # Examples
/// ```
/// use cryptopocket_banking::{Mismatch, Transaction, money_mismatches};
///
/// let credit = Transaction::new("t-1", "149.50 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
/// assert_eq!(money_mismatches("149.50 EUR".parse().unwrap(), &credit), []);
/// let short = Mismatch::ShortBy("1.00 EUR".parse().unwrap());
/// assert_eq!(money_mismatches("150.50 EUR".parse().unwrap(), &credit), [short]);
/// ```
pub fn money_mismatches(wanted: Money, transaction: &Transaction) -> Vec<Mismatch> {
    let mut reasons = Vec::new();
    let amount = transaction.amount;
    if !transaction.is_credit() {
        reasons.push(Mismatch::NotACredit);
    } else if amount.currency() != wanted.currency() {
        reasons.push(Mismatch::OtherCurrency);
    } else if amount < wanted {
        reasons.push(
            wanted
                .checked_sub(amount)
                .map_or(Mismatch::OtherAmount, Mismatch::ShortBy),
        );
    } else if amount != wanted {
        reasons.push(
            amount
                .checked_sub(wanted)
                .map_or(Mismatch::OtherAmount, Mismatch::OverBy),
        );
    }
    if transaction.reconciled || transaction.payment_id.is_some() {
        reasons.push(Mismatch::AlreadyReconciled {
            payment_id: transaction.payment_id.clone(),
        });
    }
    reasons
}

fn reasons_against(expected: &ExpectedTransfer, transaction: &Transaction) -> Vec<Mismatch> {
    let mut reasons = money_mismatches(expected.amount, transaction);
    match &transaction.concept {
        Some(text) if concept::names(text.reveal(), expected.concept.as_str()) => {}
        Some(text) if !text.reveal().trim().is_empty() => reasons.push(Mismatch::WrongConcept),
        _ => reasons.push(Mismatch::NoConcept),
    }
    reasons
}

#[cfg(test)]
mod tests;
