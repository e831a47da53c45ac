//! What a store has to do.

use std::future::Future;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;

use crate::error::{Error, Result};
use crate::handler::{BoxFuture, Failure};
use crate::journal::Calls;
use crate::store::{Done, Events, Lease, NewEvent, StoredEvent};
use crate::tracker::Objects;

/// The handling of an event, in the transaction that marks it as done.
pub type Handling<T> = Box<dyn for<'t> FnOnce(&'t mut T) -> BoxFuture<'t, Result<(), Failure>> + Send>;

/// Work that is done in one transaction `T`: a closure that returns a boxed future.
pub trait Work<T, R>: for<'t> FnOnce(&'t mut T) -> BoxFuture<'t, Result<R>> + Send + 'static {}

impl<T, R, F> Work<T, R> for F where F: for<'t> FnOnce(&'t mut T) -> BoxFuture<'t, Result<R>> + Send + 'static {}

/// Where events, tracked objects and calls are kept. Implemented by `SqliteStore` and `PostgresStore`; another database needs
/// an implementation.
///
/// Each method is one transaction, durable when it returns `Ok` and without effect when it returns `Err`. An error about
/// a lost connection may hide a commit; every method can be repeated then.
pub trait Store: Send + Sync + 'static {
    /// What a handler writes through.
    type Transaction: Events + Objects + Calls;

    /// Stores an event: `New` if the key is new, `Duplicate` if the content is known, otherwise `Changed`, with the
    /// content in quarantine.
    fn insert(&self, event: NewEvent) -> impl Future<Output = Result<Sighting>> + Send;

    /// Does `work` in one transaction, which is durable when this returns `Ok`, and without effect when it returns `Err`.
    ///
    /// If the database refuses the commit because of what `work` has written, as a deferred constraint does, the error must
    /// [carry](Error::carrying) a [`Failure`]: without one the event is tried again without end. The error of work that
    /// failed is returned as it is, unless the rollback fails too: then the handler may not be to blame, and the error
    /// must carry none.
    ///
    /// Never call it from within a handler or another transaction.
    fn transact<R: Send + 'static>(
        &self,
        work: impl Work<Self::Transaction, R>,
    ) -> impl Future<Output = Result<R>> + Send;

    /// Does `work` that only reads.
    fn view<R: Send + 'static>(
        &self,
        work: impl Work<Self::Transaction, R>,
    ) -> impl Future<Output = Result<R>> + Send;

    /// Claims up to `limit` due events, as [`Events::claim`] does.
    fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<StoredEvent>>> + Send {
        self.transact(move |events| Box::pin(events.claim(now, lease, limit)))
    }

    /// Does `work` and marks the event as done in one transaction.
    ///
    /// # Errors
    /// [`LeaseLost`](crate::ErrorKind::LeaseLost), before any work, if the token is not the latest.
    /// [`Handler`](crate::ErrorKind::Handler) if the work failed.
    fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Handling<Self::Transaction>,
    ) -> impl Future<Output = Result<()>> + Send {
        self.transact(move |transaction| {
            Box::pin(async move {
                // Before the work: no other transaction can claim the event until this one ends.
                transaction.mark_done(lease, done).await?;
                work(transaction).await.map_err(Error::of_handler)
            })
        })
    }

    /// Tells an idle worker that an event may have become ready, if the transaction that made it so cannot.
    fn wake(&self) {}

    /// Completes when an event may have become ready. May miss some, so a worker also looks at intervals.
    fn woken(&self) -> impl Future<Output = ()> + Send;

    /// Finishes what was begun and closes the store.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// Repeats a step, each in a transaction of its own, until it changes nothing. Returns the sum.
pub(crate) async fn in_steps<S: Store>(
    store: &S,
    step: impl for<'t> Fn(&'t mut S::Transaction) -> BoxFuture<'t, Result<u64>> + Clone + Send + 'static,
) -> Result<u64> {
    let mut sum = 0;
    loop {
        match store.transact(step.clone()).await? {
            0 => return Ok(sum),
            some => sum += some,
        }
    }
}
