//! The check at the end of a day: opening balance and movements make the closing balance.

use std::collections::BTreeMap;

use cryptopocket_types::Money;

use crate::{Transaction, TransactionKey};

/// By how much the movements miss the closing balance: opening balance + movements − closing balance.
///
/// Zero means that every movement of the day is known. A transaction that is given twice counts once. `None` when an amount is
/// unreadable or in another currency, when two records of one account and id have different amounts, or when a sum does not fit.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::{Transaction, balance_difference};
///
/// let money = |text: &str| text.parse().unwrap();
/// let movement = |id: &str, amount: &str| Transaction::new(id, money(amount), "2026-06-26".parse().unwrap());
/// let day = [movement("t-1", "150.50 EUR"), movement("t-2", "-20.00 EUR"), movement("t-1", "150.50 EUR")];
/// assert!(balance_difference(money("100 EUR"), money("230.50 EUR"), &day).unwrap().is_zero());
/// assert_eq!(balance_difference(money("100 EUR"), money("200 EUR"), &day), Some(money("30.50 EUR")));
/// assert_eq!(balance_difference(money("100 EUR"), money("200 USD"), &day), None);
/// ```
pub fn balance_difference<'a>(
    opening: Money,
    closing: Money,
    movements: impl IntoIterator<Item = &'a Transaction>,
) -> Option<Money> {
    let mut seen = BTreeMap::<TransactionKey, Money>::new();
    let mut sum = opening.checked_sub(closing)?;
    for movement in movements {
        let amount = movement.amount.into_value()?;
        match seen.insert(movement.key(), amount) {
            None => sum = sum.checked_add(amount)?,
            Some(before) if before == amount => {}
            Some(_) => return None,
        }
    }
    Some(sum)
}
