//! The tracker as the handler of an inbox.

use cryptopocket_webhooks::Event;

use super::handler::ChangeHandler;
use super::object::{Object, state_of_kind};
use super::observation::{Observation, Source};
use super::settings::Tracker;
use super::store::TrackerStore;
use crate::delivery::Delivery;
use crate::handler::{Failure, Handler};
use crate::measure;

/// Records what each event says of its object, in the transaction that marks the event as done.
///
/// An object that is not tracked yet is tracked from then on: its webhook may be faster than the call that tracks it.
impl<S: TrackerStore, C: ChangeHandler<S::Transaction>> Handler<S::Transaction> for Tracker<S, C> {
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
        self.handler().event(delivery, transaction).await
    }
}

fn observed(event: &Event, delivery: &Delivery) -> Option<(Object, Observation)> {
    let object = Object::of(event)?;
    let observation = Observation {
        about: state_of_kind(event.kind()),
        ..Observation::new(Source::Webhook, event.state()?, delivery.received_at())
    };
    Some((object, observation))
}
