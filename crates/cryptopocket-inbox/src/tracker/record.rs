//! Recording what is observed.

use cryptopocket_types::Timestamp;

use super::handler::ChangeHandler;
use super::object::{Changed, NewObject, Object};
use super::observation::{Change, Observation, Source};
use super::settings::Tracker;
use super::store::{Objects as _, Row, Selection};
use crate::error::{Error, ErrorKind, Result};
use crate::handler::Failure;
use crate::runtime::{jittered, limited};
use crate::transaction::Store;

impl<S: Store, C: ChangeHandler<S::Transaction>> Tracker<S, C> {
    /// Begins to track an object; `false` if it was tracked before.
    ///
    /// Call it after each creation; it can be repeated. An object that a webhook has told of already gets its payment
    /// method and its time of creation.
    pub async fn track(&self, new: NewObject) -> Result<bool> {
        let tracker = self.clone();
        self.store()
            .transact(move |transaction| Box::pin(async move { tracker.track_in(transaction, new).await }))
            .await
    }

    /// Does what [`track`](Self::track) does in a transaction of your own, with which it is committed or rolled back: that of
    /// [`Store::transact`], to store an order and track its payment together, or that of a handler.
    ///
    /// # Examples
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// use cryptopocket_inbox::sql::{Connection as _, SqlStore};
    /// use cryptopocket_inbox::tracker::{NewObject, Tracker};
    /// use cryptopocket_inbox::{Error, bind};
    ///
    /// async fn order<S: SqlStore>(store: &S, tracker: Tracker<S>, number: i64, payment: NewObject) -> Result<(), Error> {
    ///     let order = store.transact(move |transaction| {
    ///         Box::pin(async move {
    ///             transaction.change("INSERT INTO orders (number) VALUES ($1)", bind![number]).await?;
    ///             tracker.track_in(transaction, payment).await
    ///         })
    ///     });
    ///     order.await.map(drop)
    /// }
    /// # }
    /// ```
    pub async fn track_in(&self, transaction: &mut S::Transaction, new: NewObject) -> Result<bool> {
        let fresh = Row::fresh(new.object, new.created_at);
        let (mut row, _) = transaction.lock(fresh).await?;
        let is_new = !row.expected;
        row.expected = true;
        row.method = new.method.map(|method| method.as_str().to_owned()).or(row.method);
        row.tracked.created(new.created_at);
        if is_new {
            self.schedule_next(&mut row);
        }
        transaction.save(row, Vec::new()).await?;
        Ok(is_new)
    }

    /// Records what something other than a webhook or a poll of this tracker says of an object, such as the bank.
    ///
    /// # Errors
    /// [`Handler`](ErrorKind::Handler) if the handler of a change failed; nothing is recorded then. Those of the store.
    pub async fn observe(&self, object: &Object, observation: Observation) -> Result<Vec<Change>> {
        let (tracker, object) = (self.clone(), object.clone());
        self.store()
            .transact(move |transaction| {
                Box::pin(async move {
                    let (changes, _) = tracker.observe_in(transaction, &object, &observation).await?;
                    Ok(changes)
                })
            })
            .await
    }

    /// Reads an object; `None` if it is not tracked.
    pub async fn object(&self, object: &Object) -> Result<Option<Row>> {
        let object = object.clone();
        self.store()
            .view(move |objects| Box::pin(objects.object(object)))
            .await
    }

    /// Lists objects by kind and id, after one of them, up to `limit`.
    pub async fn objects(&self, selection: Selection, after: Option<Object>, limit: u32) -> Result<Vec<Row>> {
        self.store()
            .view(move |objects| Box::pin(objects.objects(selection, after, limit)))
            .await
    }

    /// Steps an object, in a transaction; also whether it is new.
    pub(super) async fn observe_in(
        &self,
        transaction: &mut S::Transaction,
        object: &Object,
        observation: &Observation,
    ) -> Result<(Vec<Change>, bool)> {
        let fresh = Row::fresh(object.clone(), observation.at);
        let (mut row, created) = transaction.lock(fresh).await?;
        let (tracked, changes) = row.tracked.step(observation);
        row.tracked = tracked;
        if created {
            self.schedule_next(&mut row);
        } else if !changes.is_empty() {
            // Never later than before: only a poll does that.
            let before = row.due_at;
            row.quiet = 0;
            self.schedule_next(&mut row);
            row.due_at = row.due_at.and_then(|due| Some(due.min(before?)));
        }
        self.commit(transaction, row, &changes, observation.source, observation.at)
            .await?;
        Ok((changes, created))
    }

    /// Stores an object and calls the handler with each change.
    pub(super) async fn commit(
        &self,
        transaction: &mut S::Transaction,
        row: Row,
        changes: &[Change],
        source: Source,
        at: Timestamp,
    ) -> Result<()> {
        let told: Vec<_> = changes
            .iter()
            .map(|change| Changed {
                object: row.object.clone(),
                change: change.clone(),
                source,
                at,
            })
            .collect();
        transaction.save(row, told.clone()).await?;
        for one in &told {
            let deadline = self.inbox.runtime().deadline(self.inbox.handler_limit());
            let handled = limited(self.on_change.change(one, transaction), deadline).await;
            let failed = |did| Err(Failure::retry(format!("the handler of a change {did}")));
            handled.unwrap_or_else(failed).map_err(|failure| {
                let what = "the handler of a change failed, so the change was not recorded";
                Error::new(ErrorKind::Handler, what).carrying(failure)
            })?;
        }
        Ok(())
    }

    /// Sets when an object is polled next.
    pub(super) fn schedule_next(&self, row: &mut Row) {
        let now = self.inbox.now();
        let age = row.tracked.created_at().and_then(|at| now.duration_since(at));
        let pause = self.schedule.pause(
            row.object.kind(),
            row.method.as_deref(),
            row.quiet,
            age.unwrap_or_default(),
        );
        let pause = jittered(self.inbox.runtime(), pause);
        // What is known may be from a clock that was ahead by a year: that must not put off the poll for as long.
        let latest = now.saturating_add(pause);
        row.due_at = row.tracked.next_poll(pause).map(|due_at| due_at.min(latest));
    }

    pub(super) fn store(&self) -> &S {
        self.inbox.store()
    }
}
