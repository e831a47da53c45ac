//! The tracker as the handler of an inbox.

use cryptopocket_webhooks::Event;

use super::handler::ChangeHandler;
use super::object::{Object, WEBHOOKS};
use super::observation::{Observation, Source};
use super::settings::Tracker;
use crate::delivery::Delivery;
use crate::handler::{Failure, Handler};
use crate::measure;
use crate::transaction::Store;

/// Records what each event says of its object, in the transaction that marks the event as done.
///
/// An object that is not tracked yet is tracked from then on: its webhook may be faster than the call that tracks it.
impl<S: Store, C: ChangeHandler<S::Transaction>> Handler<S::Transaction> for Tracker<S, C> {
    async fn handle(&self, delivery: &Delivery, transaction: &mut S::Transaction) -> Result<(), Failure> {
        match delivery.event().and_then(|event| observed(event, delivery)) {
            Some((object, observation)) => {
                let (_, created) = self
                    .observe_in(transaction, &object, &observation)
                    .await
                    .map_err(|error| match error.carried() {
                        Some(failure) => failure.clone(),
                        None => Failure::from(error),
                    })?;
                if created {
                    measure::unmatched("not_tracked");
                }
            }
            None => measure::unmatched("no_object"),
        }
        self.on_change.event(delivery, transaction).await
    }
}

fn observed(event: &Event, delivery: &Delivery) -> Option<(Object, Observation)> {
    let webhook = WEBHOOKS.iter().find(|(kind, ..)| *kind == event.kind());
    let observation = Observation {
        about: webhook.map(|(_, _, kind, rank)| kind.state(*rank)),
        ..Observation::new(Source::Webhook, event.state()?, delivery.received_at())
    };
    Some((Object::of(event)?, observation))
}
