use cryptopocket::Personal;
use cryptopocket::banking::{BankAccount, Reconciled, Transaction};

use crate::output::{Line, People, Row, cell, line};

impl Row for BankAccount {
    const HEADINGS: &'static [&'static str] = &["IBAN", "BIC", "HOLDER", "ALIAS", ">BALANCE", "STATUS"];

    fn cells(&self) -> Vec<String> {
        let balance = self.balance.map(|balance| balance.to_string());
        vec![
            self.iban.reveal().to_owned(),
            cell(self.bic.as_ref()),
            cell(self.holder_name.as_ref().map(Personal::reveal)),
            cell(self.alias.as_ref().map(Personal::reveal)),
            balance.unwrap_or_else(|| cell(self.currency)),
            cell(self.status.as_ref()),
        ]
    }
}

impl Row for Transaction {
    const HEADINGS: &'static [&'static str] = &[
        "TRANSACTION",
        "BOOKED",
        ">AMOUNT",
        "CONCEPT",
        "COUNTERPARTY",
        "PAYMENT",
    ];

    fn cells(&self) -> Vec<String> {
        let reconciled = self.reconciled.then(|| "reconciled".to_owned());
        let payment = self.payment_id.as_ref().map(ToString::to_string);
        vec![
            self.id.to_string(),
            self.booking_date.to_string(),
            self.amount.to_string(),
            cell(self.concept.as_ref().map(Personal::reveal)),
            cell(self.counterparty_name.as_ref().map(Personal::reveal)),
            cell(payment.or(reconciled)),
        ]
    }
}

impl People for Reconciled {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("payment", Some(&self.payment_id)),
            line("transaction", Some(&self.transaction_id)),
            line("status", self.status.as_ref()),
        ]
    }
}
