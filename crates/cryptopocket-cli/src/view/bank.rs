use cryptopocket::banking::{BankAccount, Reconciled, Transaction};
use cryptopocket::{Currency, Date, Extra, Money, PaymentId, PaymentStatus, Personal, TransactionId};
use serde::Serialize;

use super::field::{cell, known};
use crate::output::{People, Row};

/// A bank account of the integration.
#[derive(Serialize)]
pub(crate) struct AccountView {
    iban: Personal,
    bic: Option<String>,
    holder_name: Option<Personal>,
    alias: Option<Personal>,
    currency: Option<Currency>,
    balance: Option<Money>,
    status: Option<String>,
    extra: Extra,
}

impl From<BankAccount> for AccountView {
    fn from(account: BankAccount) -> Self {
        Self {
            iban: account.iban,
            bic: account.bic,
            holder_name: account.holder_name,
            alias: account.alias,
            currency: account.currency,
            balance: account.balance,
            status: account.status,
            extra: account.extra,
        }
    }
}

impl Row for AccountView {
    const HEADINGS: &'static [&'static str] = &["IBAN", "BIC", "HOLDER", "ALIAS", ">BALANCE", "STATUS"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.iban.reveal().to_owned(),
            cell(self.bic.as_ref()),
            cell(self.holder_name.as_ref().map(Personal::reveal)),
            cell(self.alias.as_ref().map(Personal::reveal)),
            self.balance
                .map_or_else(|| cell(self.currency), |balance| balance.to_string()),
            cell(self.status.as_ref()),
        ]
    }
}

/// A movement of an account. What is printed here can be read again by `bank match`.
#[derive(Serialize)]
pub(crate) struct TransactionView {
    id: TransactionId,
    iban: Option<Personal>,
    amount: Money,
    booking_date: Date,
    value_date: Option<Date>,
    concept: Option<Personal>,
    counterparty_name: Option<Personal>,
    counterparty_iban: Option<Personal>,
    end_to_end_id: Option<Personal>,
    reconciled: bool,
    payment_id: Option<PaymentId>,
    extra: Extra,
}

impl From<Transaction> for TransactionView {
    fn from(transaction: Transaction) -> Self {
        Self {
            id: transaction.id,
            iban: transaction.iban,
            amount: transaction.amount,
            booking_date: transaction.booking_date,
            value_date: transaction.value_date,
            concept: transaction.concept,
            counterparty_name: transaction.counterparty_name,
            counterparty_iban: transaction.counterparty_iban,
            end_to_end_id: transaction.end_to_end_id,
            reconciled: transaction.reconciled,
            payment_id: transaction.payment_id,
            extra: transaction.extra,
        }
    }
}

impl Row for TransactionView {
    const HEADINGS: &'static [&'static str] = &[
        "TRANSACTION",
        "BOOKED",
        ">AMOUNT",
        "CONCEPT",
        "COUNTERPARTY",
        "PAYMENT",
    ];

    fn cells(&self) -> Vec<String> {
        let payment = match &self.payment_id {
            Some(payment) => payment.to_string(),
            None if self.reconciled => "reconciled".to_owned(),
            None => String::new(),
        };
        vec![
            self.id.to_string(),
            self.booking_date.to_string(),
            self.amount.to_string(),
            cell(self.concept.as_ref().map(Personal::reveal)),
            cell(self.counterparty_name.as_ref().map(Personal::reveal)),
            payment,
        ]
    }
}

/// A credit that was tied to a payment.
#[derive(Serialize)]
pub(crate) struct ReconciledView {
    payment_id: PaymentId,
    transaction_id: TransactionId,
    status: Option<PaymentStatus>,
    extra: Extra,
}

impl From<Reconciled> for ReconciledView {
    fn from(reconciled: Reconciled) -> Self {
        Self {
            payment_id: reconciled.payment_id,
            transaction_id: reconciled.transaction_id,
            status: reconciled.status,
            extra: reconciled.extra,
        }
    }
}

impl People for ReconciledView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("payment", Some(&self.payment_id)),
            known("transaction", Some(&self.transaction_id)),
            known("status", self.status.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
