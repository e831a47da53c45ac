//! Bank statements: their balances, and whether their movements explain them.

use cryptopocket_types::{Decimal, Iban, Money, Personal};
use serde::{Deserialize, Serialize};

use crate::Transaction;

/// A statement of a file, with its booked balances.
///
/// `Debug` hides the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Statement {
    /// The statement's own id or number.
    pub id: String,
    /// The account, as the bank writes it.
    pub iban: Option<Personal>,
    /// The balance before its movements.
    pub opening: Option<Money>,
    /// The balance after them.
    pub closing: Option<Money>,
    /// The sum of the movements that were read; `None` if it does not fit, or they are of several currencies.
    pub movements: Option<Money>,
}

impl Statement {
    /// By how much the movements miss the closing balance: opening balance + movements − closing balance.
    ///
    /// Zero means that every movement is known. `None` when a balance is missing, or when they cannot be added.
    pub fn difference(&self) -> Option<Money> {
        let sum = self.opening?.checked_add(self.movements?)?;
        sum.checked_sub(self.closing?)
    }

    /// A statement without balances and movements.
    pub(super) fn new(id: &str, iban: Option<&str>) -> Self {
        Self {
            id: id.to_owned(),
            iban: iban.map(Personal::from),
            opening: None,
            closing: None,
            movements: None,
        }
    }

    /// Adds up its transactions.
    pub(super) fn add(&mut self, transactions: &[Transaction]) {
        let Some(opening) = self.opening else { return };
        let mut amounts = transactions
            .iter()
            .map(|transaction| transaction.amount.into_value());
        let zero = Money::new(Decimal::ZERO, opening.currency());
        self.movements = amounts.try_fold(zero, |sum, amount| sum.checked_add(amount?));
    }
}

/// An account in normal form if it is an IBAN, or else as it is.
pub(super) fn account(text: &str) -> Personal {
    let iban = text.parse::<Iban>().map(Personal::from);
    iban.unwrap_or_else(|_| text.into())
}
