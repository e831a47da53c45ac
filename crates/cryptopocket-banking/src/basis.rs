//! The records that decisions were made from.

use std::collections::BTreeMap;

use cryptopocket_types::{Money, PaymentId, TransactionId};

use crate::matcher::ExpectedPayment;
use crate::{Transaction, TransactionKey};

/// The records that decisions were made from: what [`apply`](crate::Banking::apply) compares with the log before it posts.
///
/// Give all of them: a pair is held if the log knows a record that could be its rival and is not here.
///
/// # Examples
/// ```
/// use cryptopocket_banking::audit::Hold;
/// use cryptopocket_banking::{ApplyResult, Basis, preview};
/// # use cryptopocket_banking::{Transaction, audit::AuditLog, matcher::{Decision, ExpectedPayment, Matcher, Policy}};
///
/// # let mut payment = ExpectedPayment::new("p-1", "10 EUR".parse()?);
/// # payment.concept = Some(120_037.into());
/// # let mut credit = Transaction::new("t-1", "10 EUR".parse()?, "2026-06-26".parse()?);
/// # credit.concept = cryptopocket_types::Personal::from("120037").into();
/// # let mut matcher = Matcher::new(Policy::default())?;
/// # matcher.add_payments(std::slice::from_ref(&payment));
/// # matcher.add_transactions(std::slice::from_ref(&credit));
/// # let folder = tempfile::tempdir()?;
/// # let log = AuditLog::open(&folder.path().join("log"))?;
/// // The matcher confirmed that the credit pays the payment.
/// let decisions: Vec<Decision> = matcher.decide().iter().collect();
/// let rows = preview(&decisions, &Basis::new([&payment], [&credit]), &log);
/// assert_eq!(rows[0].result, ApplyResult::WouldPost);
///
/// let rows = preview(&decisions, &Basis::new([], [&credit]), &log);
/// assert_eq!(rows[0].result, ApplyResult::Held { reason: Hold::PaymentMissing("p-1".into()) });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// Without an amount where records of one id contradict each other.
    pub(crate) payments: BTreeMap<PaymentId, Option<Money>>,
    transactions: BTreeMap<TransactionId, Vec<(TransactionKey, Option<Money>)>>,
}

impl Basis {
    /// These payments and transactions.
    pub fn new<'a>(
        payments: impl IntoIterator<Item = &'a ExpectedPayment>,
        transactions: impl IntoIterator<Item = &'a Transaction>,
    ) -> Self {
        let mut basis = Self::default();
        for payment in payments {
            let amount = basis
                .payments
                .entry(payment.id.clone())
                .or_insert(Some(payment.amount));
            *amount = amount.filter(|amount| *amount == payment.amount);
        }
        for transaction in transactions {
            let record = (transaction.key(), transaction.amount.value().copied());
            let records = basis.transactions.entry(transaction.id.clone()).or_default();
            if !records.contains(&record) {
                records.push(record);
            }
        }
        basis
    }

    /// The records that may be the transaction.
    pub(crate) fn records(
        &self,
        transaction: &TransactionKey,
    ) -> impl Iterator<Item = &(TransactionKey, Option<Money>)> {
        let same_id = self.transactions.get(transaction.id()).into_iter().flatten();
        same_id.filter(|(key, _)| key.may_be(transaction))
    }
}
