use cryptopocket::Personal;
use cryptopocket::banking::{BankAccount, Reconciled, Transaction};

use crate::output::{Column, Line, People, Row, Shown, cell, line};

impl Row for BankAccount {
    fn columns(&self) -> Vec<Column> {
        vec![
            cell("IBAN", Some(self.iban.reveal())),
            cell("BIC", &self.bic),
            cell("HOLDER", self.holder_name.borrowed().map(Personal::reveal)),
            cell("ALIAS", self.alias.borrowed().map(Personal::reveal)),
            cell(">BALANCE", self.balance.shown().or_else(|| self.currency.shown())),
            cell("STATUS", &self.status),
        ]
    }
}

impl Row for Transaction {
    fn columns(&self) -> Vec<Column> {
        let reconciled = self.reconciled.then(|| "reconciled".to_owned());
        let payment = self.payment_id.borrowed().shown();
        vec![
            cell("TRANSACTION", Some(&self.id)),
            cell("BOOKED", self.booking_date),
            cell(">AMOUNT", self.amount),
            cell("CONCEPT", self.concept.borrowed().map(Personal::reveal)),
            cell(
                "COUNTERPARTY",
                self.counterparty_name.borrowed().map(Personal::reveal),
            ),
            cell("PAYMENT", payment.or(reconciled)),
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
