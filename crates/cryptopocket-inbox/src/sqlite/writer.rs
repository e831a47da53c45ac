//! The task that writes, and its group commit.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use cryptopocket_webhooks::Sighting;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};

use super::file::{self, Open};
use super::keys::Keys;
use super::{insert, schema};
use crate::error::{Error, ErrorKind, Result};
use crate::handler::{BoxFuture, Failure};
use crate::runtime::unpanicked;
use crate::sql::batch::{Batch, Divided, Request, Requests};
use crate::sql::events::failed;
use crate::store::NewEvent;
use crate::transaction::Work;

/// Most events that one commit stores.
const MOST_INSERTS: usize = 1024;
/// Most calls that one commit does. Fewer than inserts, because a handler can take its time and the others wait for it.
const MOST_CALLS: usize = 128;
/// After a commit that failed, this many transactions hold one call each, so that a handler that breaks the commit harms
/// no other.
const APART: u32 = 64;

type Output = Box<dyn Any + Send>;
type Change = Box<dyn for<'t> FnOnce(&'t mut SqliteConnection) -> BoxFuture<'t, Result<Output>> + Send>;

/// A change that is done in a transaction with others.
pub(super) struct Call {
    change: Change,
    reply: oneshot::Sender<Result<Output>>,
}

/// The sending end of the writer.
pub(super) struct Writer(pub(super) Requests<Call>);

impl Writer {
    /// Starts the task.
    pub(super) fn start(
        open: Open,
        keys: Keys,
        options: SqliteConnectOptions,
        path: PathBuf,
        wake: Arc<Notify>,
    ) -> Self {
        let (requests, receiver) = Requests::new();
        let task = Task {
            open: Some(open),
            keys,
            options,
            path,
            wake,
            apart: 0,
        };
        tokio::spawn(task.run(receiver));
        Self(requests)
    }

    /// Does a change in a savepoint.
    pub(super) async fn transact<T: Send + 'static>(
        &self,
        change: impl Work<SqliteConnection, T>,
    ) -> Result<T> {
        let change: Change = Box::new(move |connection| {
            Box::pin(async move {
                // The task serves others too, and must outlive a panic.
                let output = unpanicked(async move { change(connection).await }).await;
                let output = output.map_err(|_| panicked())??;
                Ok(Box::new(output) as Output)
            })
        });
        let (reply, answer) = oneshot::channel();
        self.0.send(Request::Change(Call { change, reply })).await?;
        let output = answer.await.unwrap_or_else(|_| Err(Error::closed()))?;
        let typed = output.downcast().map_err(|_| Error::closed());
        typed.map(|output| *output)
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Handler, "the work of a transaction panicked")
        .with_hint("look for the panic in the output of the program; nothing was written")
}

struct Task {
    open: Option<Open>,
    /// Also when another connection is opened: it recognizes the file.
    keys: Keys,
    options: SqliteConnectOptions,
    path: PathBuf,
    wake: Arc<Notify>,
    apart: u32,
}

impl Task {
    async fn run(mut self, mut requests: mpsc::Receiver<Request<Call>>) {
        // One for all transactions: it keeps its room.
        let mut batch = Batch::new();
        let mut is_busy = false;
        while let Some(first) = requests.recv().await {
            // Senders that were just answered may send again, and then share this commit instead of the next one.
            if is_busy {
                tokio::task::yield_now().await;
            }
            let most_calls = if self.apart > 0 { 1 } else { MOST_CALLS };
            batch.fill(first, &mut requests, MOST_INSERTS, most_calls);
            is_busy = batch.events.len() > 1;
            self.serve(&mut batch).await;
            if let Some(reply) = batch.close {
                if let Some(open) = self.open.take() {
                    let _ = open.connection.close().await;
                }
                // Senders that wait are told that the store is closed.
                drop(requests);
                let _ = reply.send(());
                return;
            }
        }
    }

    async fn serve(&mut self, batch: &mut Batch<Call>) {
        if batch.events.is_empty() && batch.changes.is_empty() {
            return;
        }
        self.apart = self.apart.saturating_sub(1);
        let events = batch.events.as_slice();
        let mut divided = Divided::new(events.len());
        while let Some(part) = divided.next() {
            let calls = std::mem::take(&mut batch.changes);
            let has_calls = !calls.is_empty();
            let mut stored = self.commit(&events[part.clone()], calls).await;
            if has_calls && stored.is_err() {
                self.apart = APART;
                if !part.is_empty() {
                    // The failure may be that of a handler, and an acknowledgement must not depend on handlers.
                    stored = self.commit(&events[part.clone()], Vec::new()).await;
                }
            }
            divided.set(part, stored);
        }
        // Not after every commit: a claim that finds nothing is one too, and the idle worker would never sleep.
        if batch.answer(divided.results) {
            self.wake.notify_one();
        }
    }

    /// One transaction, after which the calls are answered.
    async fn commit(&mut self, events: &[NewEvent], calls: Vec<Call>) -> Result<Vec<Sighting>> {
        let (mut changes, mut replies) = (Vec::new(), Vec::new());
        for call in calls {
            changes.push(call.change);
            replies.push(call.reply);
        }
        let (sightings, mut outputs) = match self.transact(events, changes).await {
            Ok((sightings, outputs)) => (Ok(sightings), outputs),
            Err(error) => (Err(error), Vec::new()),
        };
        if let Err(error) = &sightings {
            outputs.extend(replies.iter().map(|_| Err(error.clone())));
        }
        for (reply, output) in replies.into_iter().zip(outputs) {
            // A caller that gave up needs no answer.
            let _ = reply.send(output);
        }
        sightings
    }

    /// After a failure the connection is closed, and the next transaction opens another.
    async fn transact(
        &mut self,
        events: &[NewEvent],
        changes: Vec<Change>,
    ) -> Result<(Vec<Sighting>, Vec<Result<Output>>)> {
        let mut open = if let Some(open) = self.open.take() {
            open
        } else {
            let mut open = file::open(&self.options, &self.path, false).await?;
            self.keys.catch_up(&mut open.connection).await?;
            open
        };
        open.identity.check(&self.path)?;
        let begun = open.connection.begin_with("BEGIN IMMEDIATE").await;
        let begun = begun.map_err(failed);
        if let Err(error) = &begun
            && error.kind() == ErrorKind::Locked
        {
            let error = error.clone();
            drop(begun);
            // Nothing is wrong with the connection.
            self.open = Some(open);
            return Err(error);
        }
        let mut transaction = begun?;
        schema::check(&mut transaction).await?;
        let sightings = insert::all(&mut transaction, &mut self.keys, events)
            .await
            .map_err(failed)?;
        let mut outputs = Vec::with_capacity(changes.len());
        let alone = events.is_empty() && changes.len() == 1;
        for change in changes {
            outputs.push(perform(&mut transaction, change).await?);
        }
        transaction
            .commit()
            .await
            .map_err(|error| uncommitted(error, alone))?;
        // A transaction without events has not begun one of the keys.
        if !events.is_empty() {
            self.keys.commit();
        }
        // The file may have gone while it was written.
        open.identity.check(&self.path)?;
        self.open = Some(open);
        Ok((sightings, outputs))
    }
}

/// The failure of a commit. A deferred constraint is checked by it. If there was nothing in the transaction but one change, that
/// one broke it; otherwise it is not known which did.
fn uncommitted(error: sqlx::Error, alone: bool) -> Error {
    let error = failed(error);
    if alone && error.kind() == ErrorKind::Database {
        let failure = Failure::retry(error.to_string());
        return error.carrying(failure);
    }
    error
}

/// The result of one change, or the failure of the whole transaction. What one writes must not stay when it fails, and must not
/// take the others with it.
async fn perform(transaction: &mut SqliteConnection, change: Change) -> Result<Result<Output>> {
    let mut savepoint = transaction.begin().await.map_err(failed)?;
    let result = change(&mut savepoint).await;
    let Err(error) = &result else {
        savepoint.commit().await.map_err(failed)?;
        return Ok(result);
    };
    match savepoint.rollback().await {
        Ok(()) => Ok(result),
        // The database has ended the whole transaction by itself, as it does when the disk is full.
        Err(ended) => Err(error.clone().unless_ended(ended)),
    }
}
