//! The task that writes, and its group commit.

use std::any::Any;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use cryptopocket_webhooks::Sighting;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};

use super::file::{self, Open};
use super::keys::Keys;
use super::{insert, schema};
use crate::error::{Error, ErrorKind};
use crate::handler::{BoxFuture, Failure};
use crate::runtime::Unpanicked;
use crate::sql::events::{Divided, failed};
use crate::store::NewEvent;

/// Most events that one commit stores.
const MOST_INSERTS: usize = 1024;
/// Most calls that one commit does. Fewer than inserts, because a handler can take its time and the others wait for it.
const MOST_CALLS: usize = 128;
/// After a commit that failed, this many transactions hold one call each, so that a handler that breaks the commit harms
/// no other.
const APART: u32 = 64;
/// Requests that may wait. More wait in their senders.
const WAITING: usize = 4096;

type Output = Box<dyn Any + Send>;
type Change =
    Box<dyn for<'t> FnOnce(&'t mut SqliteConnection) -> BoxFuture<'t, Result<Output, Error>> + Send>;

/// A change that is done in a transaction with others.
struct Call {
    change: Change,
    reply: oneshot::Sender<Result<Output, Error>>,
}

#[allow(
    clippy::large_enum_variant,
    reason = "most are events, and a box for each would cost more than its room"
)]
enum Request {
    Insert(NewEvent, oneshot::Sender<Result<Sighting, Error>>),
    Call(Call),
    Close(oneshot::Sender<()>),
}

/// The sending end of the writer.
pub(super) struct Writer {
    /// None for a store that is opened for reading.
    requests: Option<mpsc::Sender<Request>>,
}

impl Writer {
    /// Starts the task.
    pub(super) fn start(
        open: Open,
        keys: Keys,
        options: SqliteConnectOptions,
        path: PathBuf,
        wake: Arc<Notify>,
    ) -> Self {
        let (requests, receiver) = mpsc::channel(WAITING);
        let task = Task {
            open: Some(open),
            keys,
            options,
            path,
            wake,
            apart: 0,
        };
        tokio::spawn(task.run(receiver));
        Self {
            requests: Some(requests),
        }
    }

    /// A writer that refuses everything.
    pub(super) fn refusing() -> Self {
        Self { requests: None }
    }

    async fn send(&self, request: Request) -> Result<(), Error> {
        let requests = self.requests.as_ref().ok_or_else(Error::opened_read_only)?;
        requests.send(request).await.map_err(|_| Error::closed())
    }

    /// Stores an event, durably.
    pub(super) async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Insert(event, reply)).await?;
        answer.await.unwrap_or_else(|_| Err(Error::closed()))
    }

    /// Does a change in a savepoint.
    pub(super) async fn transact<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut SqliteConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let change: Change = Box::new(move |connection| {
            Box::pin(async move {
                // The task serves others too, and must outlive a panic.
                let work = pin!(async move { change(connection).await });
                let output = Unpanicked(work).await.map_err(|_| panicked())??;
                Ok(Box::new(output) as Output)
            })
        });
        let (reply, answer) = oneshot::channel();
        self.send(Request::Call(Call { change, reply })).await?;
        let output = answer.await.unwrap_or_else(|_| Err(Error::closed()))?;
        let typed = output.downcast().map_err(|_| Error::closed());
        typed.map(|output| *output)
    }

    /// Finishes the requests that were sent before, and closes the connection.
    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Request::Close(reply)).await.is_ok() {
            let _ = answer.await;
        }
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Handler, "the work of a transaction panicked")
        .with_hint("look for the panic in the output of the program; nothing was written")
}

#[derive(Default)]
struct Batch {
    events: Vec<NewEvent>,
    replies: Vec<oneshot::Sender<Result<Sighting, Error>>>,
    calls: Vec<Call>,
    close: Option<oneshot::Sender<()>>,
}

impl Batch {
    fn add(&mut self, request: Request) {
        match request {
            Request::Insert(event, reply) => {
                self.events.push(event);
                self.replies.push(reply);
            }
            Request::Call(call) => self.calls.push(call),
            Request::Close(reply) => self.close = Some(reply),
        }
    }

    fn is_full(&self, most_calls: usize) -> bool {
        self.close.is_some() || self.events.len() >= MOST_INSERTS || self.calls.len() >= most_calls
    }
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
    async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        // One for all transactions: it keeps its room.
        let mut batch = Batch::default();
        let mut is_busy = false;
        while let Some(first) = requests.recv().await {
            // Senders that were just answered may send again, and then share this commit instead of the next one.
            if is_busy {
                tokio::task::yield_now().await;
            }
            batch.add(first);
            let most_calls = if self.apart > 0 { 1 } else { MOST_CALLS };
            while !batch.is_full(most_calls) {
                let Ok(next) = requests.try_recv() else { break };
                batch.add(next);
            }
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

    async fn serve(&mut self, batch: &mut Batch) {
        if batch.events.is_empty() && batch.calls.is_empty() {
            return;
        }
        self.apart = self.apart.saturating_sub(1);
        let events = batch.events.as_slice();
        let mut divided = Divided::new(events.len());
        while let Some(part) = divided.next() {
            let calls = std::mem::take(&mut batch.calls);
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
        let results = divided.results;
        // Not after every commit: a claim that finds nothing is one too, and the idle worker would never sleep.
        let is_any_new = results.iter().any(|result| matches!(result, Ok(Sighting::New)));
        batch.events.clear();
        for (reply, result) in batch.replies.drain(..).zip(results) {
            let _ = reply.send(result);
        }
        if is_any_new {
            self.wake.notify_one();
        }
    }

    /// One transaction, after which the calls are answered.
    async fn commit(&mut self, events: &[NewEvent], calls: Vec<Call>) -> Result<Vec<Sighting>, Error> {
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
    ) -> Result<(Vec<Sighting>, Vec<Result<Output, Error>>), Error> {
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
        schema::check(&mut *transaction).await?;
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
async fn perform(transaction: &mut SqliteConnection, change: Change) -> Result<Result<Output, Error>, Error> {
    let mut savepoint = transaction.begin().await.map_err(failed)?;
    let result = change(&mut savepoint).await;
    let Err(error) = &result else {
        savepoint.commit().await.map_err(failed)?;
        return Ok(result);
    };
    match savepoint.rollback().await {
        Ok(()) => Ok(result),
        // The database has ended the whole transaction by itself, as it does when the disk is full: no fault of a handler.
        Err(ended) if error.carried().is_some() => {
            let what = "the database ended the transaction of the handler";
            Err(Error::new(ErrorKind::Unavailable, what).with_source(ended))
        }
        // The cause is in the error of the change.
        Err(_) => Err(error.clone()),
    }
}
