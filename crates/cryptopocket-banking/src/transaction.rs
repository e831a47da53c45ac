//! Transactions of a bank account.

use cryptopocket_api::banking::types;
use cryptopocket_types::{Date, Extra, Field, Money, PaymentId, Personal, TransactionId};
use serde::{Deserialize, Serialize};

use crate::TransactionKey;

/// A transaction of a bank account.
///
/// Every field is assumed. `Debug` hides personal data; serialization writes it. Its JSON reads back as the same value.
///
/// # Examples
/// ```
/// use cryptopocket_banking::Transaction;
///
/// let mut credit = Transaction::new("t-1", "150.50 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
/// credit.concept = cryptopocket_types::Personal::from("Pago 483920").into();
/// assert!(credit.is_credit());
/// assert!(!format!("{credit:?}").contains("483920"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transaction {
    /// Id of the transaction, for [`Banking::reconcile`](crate::Banking::reconcile). It may be unique in its account only: see
    /// [`key`](Self::key).
    pub id: TransactionId,
    /// IBAN of your account, as the provider writes it; if a reply leaves it out, the one whose list was asked for.
    #[serde(default)]
    pub iban: Field<Personal>,
    /// Signed amount in currency units: credits are positive, debits negative.
    #[serde(default)]
    pub amount: Field<Money>,
    /// Day on which the bank booked it.
    #[serde(default)]
    pub booking_date: Field<Date>,
    /// Day from which it bears interest.
    #[serde(default)]
    pub value_date: Field<Date>,
    /// The payer's text. It should contain the `concept` of a payment.
    #[serde(default)]
    pub concept: Field<Personal>,
    /// Name of the payer or payee, as the bank gives it.
    #[serde(default)]
    pub counterparty_name: Field<Personal>,
    /// Account of the payer or payee.
    #[serde(default)]
    pub counterparty_iban: Field<Personal>,
    /// End-to-end reference of the payer; `NOTPROVIDED` means none.
    #[serde(default)]
    pub end_to_end_id: Field<Personal>,
    /// Whether it is reconciled with a payment.
    ///
    /// Without this field a transaction is reconciled if it has a [`payment_id`](Self::payment_id). A field that cannot be
    /// read counts as reconciled: to pay a second payment from one credit is worse than to ask a person.
    #[serde(default)]
    pub reconciled: bool,
    /// The payment that it is reconciled with.
    #[serde(default)]
    pub payment_id: Field<PaymentId>,
    /// Fields of the reply that this SDK does not know or cannot read.
    #[serde(default)]
    pub extra: Extra,
}

impl Transaction {
    /// A transaction with this id, signed amount and booking day, for records of other origin.
    pub fn new(id: impl Into<TransactionId>, amount: Money, booking_date: Date) -> Self {
        Self {
            id: id.into(),
            iban: Field::Absent,
            amount: Field::Value(amount),
            booking_date: Field::Value(booking_date),
            value_date: Field::Absent,
            concept: Field::Absent,
            counterparty_name: Field::Absent,
            counterparty_iban: Field::Absent,
            end_to_end_id: Field::Absent,
            reconciled: false,
            payment_id: Field::Absent,
            extra: Extra::new(),
        }
    }

    /// Whether it is a credit: its amount is above zero.
    pub fn is_credit(&self) -> bool {
        self.amount
            .value()
            .is_some_and(|amount| !amount.is_zero() && !amount.is_negative())
    }

    /// What tells it apart from every other transaction: its account and its id.
    ///
    /// Nothing says that ids are unique across accounts. Compare keys, not ids, when you gather the transactions of
    /// several accounts.
    pub fn key(&self) -> TransactionKey {
        let key = TransactionKey::from(self.id.clone());
        match self.iban.value() {
            Some(account) => key.in_account(account.clone()),
            None => key,
        }
    }

    pub(crate) fn from_wire(wire: types::BankAccountTransaction) -> Self {
        let mut extra = wire.extra;
        let amount = extra.pair(("amount", wire.amount), ("currency", wire.currency));
        let reconciled = match wire.reconciled {
            Field::Value(reconciled) => reconciled,
            Field::Absent => !wire.payment_id.is_absent(),
            Field::Unreadable => true,
        };
        Self {
            id: wire.id,
            iban: wire.iban,
            amount: amount.map(|(amount, currency)| Money::new(amount.decimal(), currency)),
            booking_date: wire.booking_date,
            value_date: wire.value_date,
            concept: wire.concept,
            counterparty_name: wire.counterparty_name,
            counterparty_iban: wire.counterparty_iban,
            end_to_end_id: wire.end_to_end_id,
            reconciled,
            payment_id: wire.payment_id,
            extra,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_reads_back_the_same() {
        let text = concat!(
            r#"{"id":"t-1","iban":"ES79","amount":{"amount":"-150.50","currency":"EUR"},"booking_date":"2026-06-26","#,
            r#""value_date":null,"concept":"Pago 483920","counterparty_name":"Ada","counterparty_iban":"GB29","#,
            r#""end_to_end_id":"E2E","reconciled":true,"payment_id":"p-1","extra":{"fee":0.10}}"#
        );
        let transaction: Transaction = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&transaction).unwrap(), text);
        assert!(!transaction.is_credit());
    }

    #[test]
    fn id_amount_and_day_are_required() {
        let text = r#"{"id":7,"amount":{"amount":"1","currency":"EUR"},"booking_date":"2026-06-26"}"#;
        let transaction: Transaction = serde_json::from_str(text).unwrap();
        let expected = Transaction::new("7", "1.00 EUR".parse().unwrap(), "2026-06-26".parse().unwrap());
        assert_eq!(transaction, expected);
    }
}
