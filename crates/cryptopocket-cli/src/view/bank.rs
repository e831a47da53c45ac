use cryptopocket::Personal;
use cryptopocket::banking::{BankAccount, Reconciled, Transaction};

use crate::output::{Cell, Shown, View, cell};

impl View for BankAccount {
    fn cells(&self) -> Vec<Cell> {
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

impl View for Transaction {
    fn cells(&self) -> Vec<Cell> {
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

impl View for Reconciled {
    fn cells(&self) -> Vec<Cell> {
        vec![
            cell("payment", Some(&self.payment_id)),
            cell("transaction", Some(&self.transaction_id)),
            cell("status", &self.status),
        ]
    }
}
