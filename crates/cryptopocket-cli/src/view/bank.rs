use cryptopocket::Personal;
use cryptopocket::banking::{BankAccount, Reconciled, Transaction};

use crate::output::{Line, People, Row, Shown, cell, line};

impl Row for BankAccount {
    const HEADINGS: &'static [&'static str] = &["IBAN", "BIC", "HOLDER", "ALIAS", ">BALANCE", "STATUS"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.iban.reveal().to_owned(),
            cell(&self.bic),
            cell(self.holder_name.borrowed().map(Personal::reveal)),
            cell(self.alias.borrowed().map(Personal::reveal)),
            self.balance.shown().unwrap_or_else(|| cell(self.currency)),
            cell(&self.status),
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
        let payment = self.payment_id.borrowed().shown();
        vec![
            self.id.to_string(),
            cell(self.booking_date),
            cell(self.amount),
            cell(self.concept.borrowed().map(Personal::reveal)),
            cell(self.counterparty_name.borrowed().map(Personal::reveal)),
            cell(payment.or(reconciled)),
        ]
    }
}

impl People for Reconciled {
    fn lines(&self) -> Vec<Line> {
        vec![
            line("payment", Some(&self.payment_id)),
            line("transaction", Some(&self.transaction_id)),
            line("status", &self.status),
        ]
    }
}
