//! Handlers of events.

use std::future::Future;
use std::pin::Pin;

use cryptopocket_types::debug_fields;

use crate::delivery::Delivery;
use crate::error::Error;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Longest stored reason of a failure, in characters.
const REASON_LIMIT: usize = 300;

/// Handles events in the transaction `T` that marks them as done.
///
/// What the handler writes through `transaction` is committed together with that mark, or not at all. It must neither
/// commit nor roll back. On PostgreSQL a statement that fails ends the transaction: a handler that goes on after it, without a
/// savepoint to return to, fails too. Calls to other systems are not covered by the transaction: give them
/// [`Delivery::idempotency_key`], or use [`Inbox::claim`](crate::Inbox::claim) and make them before
/// [`Inbox::complete`](crate::Inbox::complete).
///
/// On SQLite all writes share one transaction: a slow handler delays every other, and the acknowledgement of webhooks.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::{Delivery, Failure, Handler};
/// use cryptopocket_types::Field;
/// # #[cfg(feature = "sqlite")]
/// use sqlx::SqliteConnection;
///
/// struct Credit;
///
/// # #[cfg(feature = "sqlite")]
/// impl Handler<SqliteConnection> for Credit {
///     async fn handle(&self, delivery: &Delivery, transaction: &mut SqliteConnection) -> Result<(), Failure> {
///         let Some(payment) = delivery.event().and_then(|event| event.payment()) else {
///             return Ok(());
///         };
///         let Field::Value(id) = &payment.id else {
///             return Err(Failure::dead("the payment has no readable id"));
///         };
///         sqlx::query("INSERT INTO credits (payment) VALUES (?)")
///             .bind(id.as_str())
///             .execute(transaction)
///             .await?;
///         Ok(())
///     }
/// }
/// ```
pub trait Handler<T>: Send + Sync + 'static {
    /// Handles one event.
    ///
    /// # Errors
    /// A [`Failure`] rolls back what was written and says whether the event is tried again.
    fn handle(
        &self,
        delivery: &Delivery,
        transaction: &mut T,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Makes a handler of a closure that returns a boxed future.
///
/// # Examples
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use cryptopocket_inbox::{Handler, handler_fn};
/// use sqlx::SqliteConnection;
///
/// let handler = handler_fn(|delivery, transaction: &mut SqliteConnection| {
///     Box::pin(async move {
///         sqlx::query("INSERT INTO seen (key) VALUES (?)").bind(delivery.key()).execute(transaction).await?;
///         Ok(())
///     })
/// });
/// # fn check(_: impl Handler<SqliteConnection>) {}
/// # check(handler);
/// # }
/// ```
pub fn handler_fn<T, F>(handle: F) -> impl Handler<T>
where
    F: for<'a> Fn(&'a Delivery, &'a mut T) -> BoxFuture<'a, Result<(), Failure>> + Send + Sync + 'static,
    T: Send,
{
    HandlerFn(handle)
}

struct HandlerFn<F>(F);

impl<T, F> Handler<T> for HandlerFn<F>
where
    F: for<'a> Fn(&'a Delivery, &'a mut T) -> BoxFuture<'a, Result<(), Failure>> + Send + Sync + 'static,
    T: Send,
{
    async fn handle(&self, delivery: &Delivery, transaction: &mut T) -> Result<(), Failure> {
        (self.0)(delivery, transaction).await
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// Tried again, and counted.
    Retry,
    /// Tried again, and not counted.
    Unavailable,
    /// Given up.
    Dead,
}

/// Why an event was not handled, and what is to become of it.
///
/// `?` turns every error into a failure that is tried again. An error of sqlx about a lost connection, a full disk or a
/// lock becomes [`unavailable`](Self::unavailable). The text is kept in the store beside the event and never logged.
#[derive(Clone)]
pub struct Failure {
    kind: FailureKind,
    reason: String,
}

impl Failure {
    /// The event is tried again after a delay; the failure counts as an attempt.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::of(FailureKind::Retry, &reason.into())
    }

    /// The event is tried again after a delay, as often as it takes: something that it needs cannot be reached.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::of(FailureKind::Unavailable, &reason.into())
    }

    /// The event is given up at once.
    pub fn dead(reason: impl Into<String>) -> Self {
        Self::of(FailureKind::Dead, &reason.into())
    }

    fn of(kind: FailureKind, reason: &str) -> Self {
        let mut reason = reason.replace('\0', "\u{fffd}");
        if let Some((cut, _)) = reason.char_indices().nth(REASON_LIMIT) {
            reason.truncate(cut);
        }
        Self { kind, reason }
    }

    /// The text.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub(crate) fn kind(&self) -> FailureKind {
        self.kind
    }
}

debug_fields! { Failure => |failure| kind: failure.kind }

/// Not implemented for `Failure` itself, which is no `Error` for that reason.
impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let kind = if is_outage(&error) {
            FailureKind::Unavailable
        } else {
            FailureKind::Retry
        };
        Self::of(kind, &error.to_string())
    }
}

fn is_outage(error: &(dyn std::error::Error + 'static)) -> bool {
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    if let Some(error) = error.downcast_ref::<sqlx::Error>() {
        return crate::error::is_outage(error);
    }
    error.downcast_ref::<Error>().is_some_and(Error::is_outage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_is_cut_and_hidden_from_debug() {
        let failure = Failure::dead("é".repeat(400));
        assert_eq!(failure.reason().chars().count(), REASON_LIMIT);
        assert!(!format!("{failure:?}").contains('é'));
    }

    #[test]
    fn foreign_error_is_tried_again_and_counted() {
        let failure = Failure::from(std::fmt::Error);
        assert_eq!(failure.kind(), FailureKind::Retry);
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn lost_connection_is_not_counted() {
        let failure = Failure::from(sqlx::Error::PoolTimedOut);
        assert_eq!(failure.kind(), FailureKind::Unavailable);
        let failure = Failure::from(sqlx::Error::RowNotFound);
        assert_eq!(failure.kind(), FailureKind::Retry);
    }
}
