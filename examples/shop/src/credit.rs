//! The handler of webhooks.

use std::marker::PhantomData;

use cryptopocket::EventType;
use cryptopocket::inbox::{Delivery, Failure, Handler};

use crate::ledger::Ledger;

/// Credits the customer when the coins of an order were sent, in the transaction that marks the event as done.
pub(crate) struct Credit<S>(pub(crate) PhantomData<fn() -> S>);

impl<S: Ledger> Handler<S::Transaction> for Credit<S> {
    async fn handle(&self, delivery: &Delivery, transaction: &mut S::Transaction) -> Result<(), Failure> {
        let Some(event) = delivery.event() else {
            return Err(Failure::dead("a body that is no event"));
        };
        let Some(payment) = event
            .payment()
            .filter(|_| event.event_type() == EventType::CoinsSent)
        else {
            return Ok(());
        };
        // The external id is the key of the journal, which is the id of the order.
        let Some(order) = payment.external_id.value() else {
            return Err(Failure::dead("a payment that is of no order"));
        };
        let Some(id) = event.object_id() else {
            return Err(Failure::dead("a payment without an id"));
        };
        S::credit(transaction, order.as_str(), &id).await
    }
}
