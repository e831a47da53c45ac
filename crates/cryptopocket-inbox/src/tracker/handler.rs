//! What an application does about changes.

use std::future::Future;

use super::object::Changed;
use crate::delivery::Delivery;
use crate::handler::Failure;

/// Handles changes in the transaction `T` that records them.
///
/// Each change comes once, whichever source told it first: a webhook, a poll or the bank. What is written through
/// `transaction` is committed together with the change, or not at all. As with [`Handler`](crate::Handler), calls to other systems are not
/// covered; for those follow [`Tracker::feed`](super::Tracker::feed).
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
    /// As those of [`Handler::handle`](crate::Handler::handle).
    fn event(
        &self,
        delivery: &Delivery,
        transaction: &mut T,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = (delivery, transaction);
        async { Ok(()) }
    }
}

/// For an application that follows [`Tracker::feed`](super::Tracker::feed) only.
impl<T: Send> ChangeHandler<T> for () {
    async fn change(&self, _: &Changed, _: &mut T) -> Result<(), Failure> {
        Ok(())
    }
}
