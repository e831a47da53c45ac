//! What the shop does about changes.

use std::marker::PhantomData;

use cryptopocket::PaymentStatus;
use cryptopocket::inbox::Failure;
use cryptopocket::inbox::tracker::{Change, ChangeHandler, Changed, Object};

use crate::ledger::Ledger;

/// Credits the customer when the provider confirms that the coins of an order were sent, in the transaction that records it.
///
/// Whether a webhook told it or a poll found it, the confirmation comes once.
pub(crate) struct Credit<S>(pub(crate) PhantomData<fn() -> S>);

impl<S: Ledger> ChangeHandler<S::Transaction> for Credit<S> {
    async fn change(&self, changed: &Changed, transaction: &mut S::Transaction) -> Result<(), Failure> {
        let Object::Payment(payment) = &changed.object else {
            return Ok(());
        };
        match &changed.change {
            Change::Confirmed { state } if *state == PaymentStatus::CoinsSent.into() => {
                S::credit(transaction, payment.as_str()).await
            }
            _ => Ok(()),
        }
    }
}
