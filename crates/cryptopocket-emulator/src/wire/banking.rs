//! Replies about bank accounts and their transactions.

use serde::Serialize;

use crate::records::{BankAccount, BankTransaction};

#[derive(Debug, Serialize)]
pub(crate) struct BankAccountView<'a> {
    iban: &'a str,
    bic: &'a str,
    holder_name: &'a str,
    alias: &'a str,
    currency: &'a str,
    balance: String,
    status: &'static str,
}

impl<'a> BankAccountView<'a> {
    pub(crate) fn of(account: &'a BankAccount) -> Self {
        Self {
            iban: &account.iban,
            bic: account.bic,
            holder_name: &account.holder,
            alias: account.alias,
            currency: account.currency,
            balance: account.balance.to_string(),
            status: "active",
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct BankTransactionView<'a> {
    id: &'a str,
    iban: &'a str,
    amount: String,
    currency: &'a str,
    booking_date: String,
    value_date: String,
    concept: Option<&'a str>,
    counterparty_name: Option<&'a str>,
    counterparty_iban: Option<&'a str>,
    end_to_end_id: Option<&'a str>,
    reconciled: bool,
    payment_id: Option<&'a str>,
}

impl<'a> BankTransactionView<'a> {
    pub(crate) fn of(account: &'a BankAccount, transaction: &'a BankTransaction) -> Self {
        Self {
            id: &transaction.id,
            iban: &account.iban,
            amount: transaction.amount.to_string(),
            currency: account.currency,
            booking_date: transaction.booked_at.date(),
            value_date: transaction.booked_at.date(),
            concept: transaction.concept.as_deref(),
            counterparty_name: transaction.counterparty_name.as_deref(),
            counterparty_iban: transaction.counterparty_iban.as_deref(),
            end_to_end_id: transaction.end_to_end_id.as_deref(),
            reconciled: transaction.payment.is_some(),
            payment_id: transaction.payment.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Reconciled<'a> {
    pub payment_id: &'a str,
    pub transaction_id: &'a str,
    pub status: &'a str,
}
