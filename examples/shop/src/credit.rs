//! What the shop does about changes.

use std::marker::PhantomData;

use cryptopocket::PaymentStatus;
use cryptopocket::inbox::Failure;
use cryptopocket::inbox::tracker::{Change, ChangeHandler, Changed, Object};

use crate::ledger::{Ledger, credit, unmatched};

/// Credits the customer when the provider confirms that the coins of an order were sent, in the transaction that records it.
///
/// Whether a webhook told it or a poll found it, the confirmation comes once. A payment that no order is known for is put
/// aside: a failure would only have it polled for ever.
pub(crate) struct Credit<S>(pub(crate) PhantomData<fn() -> S>);

impl<S: Ledger> ChangeHandler<S::Transaction> for Credit<S> {
    async fn change(&self, changed: &Changed, transaction: &mut S::Transaction) -> Result<(), Failure> {
        let (Object::Payment(payment), Change::Confirmed { state }) = (&changed.object, &changed.change)
        else {
            return Ok(());
        };
        let is_paid = *state == PaymentStatus::CoinsSent.into();
        if is_paid && !credit(transaction, payment.as_str()).await? {
            unmatched::park(transaction, payment.as_str(), changed.at).await?;
        }
        Ok(())
    }
}
