//! What an application does about changes.

use std::future::Future;

use cryptopocket_webhooks::Event;

use super::object::{Changed, Object, state_of_kind};
use super::observation::{Observation, Source};
use super::record::Stop;
use super::settings::Tracker;
use super::store::TrackerStore;
use crate::delivery::Delivery;
use crate::handler::{Failure, Handler};
use crate::measure;

/// Handles changes in the transaction `T` that records them.
///
/// Each change comes once, whichever source told it first: a webhook, a poll or the bank. What is written through
/// `transaction` is committed together with the change, or not at all. As with [`Handler`], calls to other systems are not
/// covered; for those follow [`Tracker::feed`].
///
/// # Examples
/// ```
/// use cryptopocket_inbox::Failure;
/// use cryptopocket_inbox::tracker::{Change, ChangeHandler, Changed};
/// # #[cfg(feature = "sqlite")]
/// use sqlx::SqliteConnection;
///
/// struct Deliver;
///
/// # #[cfg(feature = "sqlite")]
/// impl ChangeHandler<SqliteConnection> for Deliver {
///     async fn change(&self, changed: &Changed, transaction: &mut SqliteConnection) -> Result<(), Failure> {
///         if let Change::Confirmed { .. } = changed.change {
///             sqlx::query("UPDATE orders SET delivered = 1 WHERE payment = ?")
///                 .bind(changed.object.id())
///                 .execute(transaction)
///                 .await?;
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait ChangeHandler<T>: Send + Sync + 'static {
    /// Handles one change.
    ///
    /// # Errors
    /// A [`Failure`] rolls the change back too. The event is tried again, or the poll is repeated, and tells it anew.
    fn change(
        &self,
        changed: &Changed,
        transaction: &mut T,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Handles an event, after the changes that it told. By default nothing: use it for events that are about no payment
    /// or off-ramp.
    ///
    /// # Errors
    /// As those of [`Handler::handle`].
    fn event(
        &self,
        delivery: &Delivery,
        transaction: &mut T,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = (delivery, transaction);
        async { Ok(()) }
    }
}

/// For an application that follows [`Tracker::feed`] only.
impl<T: Send> ChangeHandler<T> for () {
    async fn change(&self, _: &Changed, _: &mut T) -> Result<(), Failure> {
        Ok(())
    }
}

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
                    .map_err(Stop::into_failure)?;
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
