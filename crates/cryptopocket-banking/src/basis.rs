//! The records that decisions were made from.

use std::collections::BTreeMap;

use cryptopocket_types::{Money, PaymentId, TransactionId};

use crate::matcher::ExpectedPayment;
use crate::{Transaction, TransactionKey};

/// The records that decisions were made from: what [`apply`](crate::Banking::apply) compares with the log before it posts.
///
/// Give all of them: a pair is held if the log knows a record that could be its rival and is not here.
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
