//! The task that writes, and its group commit.

use std::path::PathBuf;
use std::sync::Arc;

use cryptopocket_webhooks::Sighting;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};

use super::file::{self, Open};
use super::keys::Keys;
use super::{insert, schema};
use crate::error::{Error, ErrorKind, of_sqlx};
use crate::handler::BoxFuture;
use crate::runtime::Unpanicked;
use crate::store::NewEvent;

/// Most events that one commit stores.
const MOST_INSERTS: usize = 512;
/// Most calls that one commit does. Fewer than inserts, because a handler can take its time and the others wait for it.
const MOST_CALLS: usize = 128;
/// After a commit that failed, this many transactions hold one call each, so that a handler that breaks the commit harms
/// no other.
const APART: u32 = 64;
/// Requests that may wait. More wait in their senders.
const WAITING: usize = 4096;

/// A change that is done in a transaction with others.
trait Call: Send {
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, Result<(), Error>>;

    /// Whether it needs no savepoint.
    fn is_atomic(&self) -> bool;

    /// Answers the caller. `alone` says that the transaction held nothing else.
    fn finish(self: Box<Self>, result: Result<(), Error>, alone: bool);
}

enum Request {
    Insert(Box<NewEvent>, oneshot::Sender<Result<Sighting, Error>>),
    Call(Box<dyn Call>),
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
        self.send(Request::Insert(Box::new(event), reply)).await?;
        answer.await.unwrap_or_else(|_| Err(Error::closed()))
    }

    /// Does a change in a savepoint.
    pub(super) async fn call<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Error>> + Send + 'static,
    {
        self.request(change, false).await.0
    }

    /// Does a change that is one statement, or has a savepoint of its own, and leaves nothing when it fails. Also tells
    /// whether its transaction held nothing else.
    pub(super) async fn atomic<T, F>(&self, change: F) -> (Result<T, Error>, bool)
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Error>> + Send + 'static,
    {
        self.request(change, true).await
    }

    async fn request<T, F>(&self, change: F, atomic: bool) -> (Result<T, Error>, bool)
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Error>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let call = Change {
            work: Some(change),
            atomic,
            output: None,
            reply,
        };
        if let Err(error) = self.send(Request::Call(Box::new(call))).await {
            return (Err(error), false);
        }
        answer.await.unwrap_or_else(|_| (Err(Error::closed()), false))
    }

    /// Finishes the requests that were sent before, and closes the connection.
    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Request::Close(reply)).await.is_ok() {
            let _ = answer.await;
        }
    }
}

struct Change<T, F> {
    work: Option<F>,
    atomic: bool,
    output: Option<T>,
    reply: oneshot::Sender<(Result<T, Error>, bool)>,
}

impl<T, F> Call for Change<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Error>> + Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, Result<(), Error>> {
        Box::pin(async move {
            let Some(work) = self.work.take() else {
                return Ok(());
            };
            // The task serves others too, and must outlive a panic.
            let done = Unpanicked(Box::pin(async move { work(connection).await })).await;
            let panicked = |_| Error::new(ErrorKind::Handler, "the work of a transaction panicked");
            self.output = Some(done.map_err(panicked)??);
            Ok(())
        })
    }

    fn is_atomic(&self) -> bool {
        self.atomic
    }

    fn finish(self: Box<Self>, result: Result<(), Error>, alone: bool) {
        let Self { output, reply, .. } = *self;
        let result = result.and_then(|()| output.ok_or_else(Error::closed));
        // A caller that gave up needs no answer.
        let _ = reply.send((result, alone));
    }
}

#[derive(Default)]
struct Batch {
    events: Vec<NewEvent>,
    replies: Vec<oneshot::Sender<Result<Sighting, Error>>>,
    calls: Vec<Box<dyn Call>>,
    close: Option<oneshot::Sender<()>>,
}

impl Batch {
    fn add(&mut self, request: Request) {
        match request {
            Request::Insert(event, reply) => {
                self.events.push(*event);
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

/// What a committed transaction did: one entry an event, one a call.
type Committed = (Vec<Sighting>, Vec<Result<(), Error>>);

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
        let mut is_busy = false;
        while let Some(first) = requests.recv().await {
            // Senders that were just answered may send again, and then share this commit instead of the next one.
            if is_busy {
                tokio::task::yield_now().await;
            }
            let mut batch = Batch::default();
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
        let (mut events, mut calls) = (
            std::mem::take(&mut batch.events),
            std::mem::take(&mut batch.calls),
        );
        let replies = std::mem::take(&mut batch.replies);
        let alone = calls.len() == 1 && events.is_empty();
        let mut result = self.commit(&mut events, &mut calls).await;
        if result.is_err() && !calls.is_empty() {
            self.apart = APART;
            if !events.is_empty() {
                // The failure may be that of a handler, and an acknowledgement must not depend on handlers.
                finish_calls(calls, &result, alone);
                calls = Vec::new();
                result = self.commit(&mut events, &mut calls).await;
            }
        }
        finish_calls(calls, &result, alone);
        match result {
            Ok((sightings, _)) => {
                // Not after every commit: a claim that finds nothing is one too, and the idle worker would never sleep.
                let is_any_new = sightings.contains(&Sighting::New);
                for (reply, sighting) in replies.into_iter().zip(sightings) {
                    let _ = reply.send(Ok(sighting));
                }
                if is_any_new {
                    self.wake.notify_one();
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }

    /// One transaction. After a failure the connection is closed, and the next transaction opens another.
    async fn commit(
        &mut self,
        events: &mut [NewEvent],
        calls: &mut [Box<dyn Call>],
    ) -> Result<Committed, Error> {
        let mut open = if let Some(open) = self.open.take() {
            open
        } else {
            let mut open = file::open(&self.options, &self.path, false).await?;
            self.keys.catch_up(&mut open.connection).await?;
            open
        };
        open.identity.check(&self.path)?;
        let mut has_begun = false;
        let done = transact(
            &mut open.connection,
            &mut self.keys,
            &mut has_begun,
            events,
            calls,
        )
        .await;
        if let Err(error) = &done
            && !has_begun
            && error.kind() == ErrorKind::Locked
        {
            // Nothing is wrong with the connection.
            self.open = Some(open);
            return done;
        }
        let done = done?;
        // The file may have gone while it was written.
        open.identity.check(&self.path)?;
        self.open = Some(open);
        Ok(done)
    }
}

async fn transact(
    connection: &mut SqliteConnection,
    keys: &mut Keys,
    has_begun: &mut bool,
    events: &mut [NewEvent],
    calls: &mut [Box<dyn Call>],
) -> Result<Committed, Error> {
    let failed = |error| of_sqlx("the inbox could not write", error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    *has_begun = true;
    schema::check(&mut *transaction).await?;
    let sightings = insert::all(&mut transaction, keys, events)
        .await
        .map_err(failed)?;
    let mut results = Vec::with_capacity(calls.len());
    for call in calls {
        if call.is_atomic() {
            let result = call.run(&mut transaction).await;
            // After any other failure the database may have ended the transaction, and the next statement would be
            // committed by itself.
            match &result {
                Err(error) if error.kind() != ErrorKind::LeaseLost => return Err(error.clone()),
                _ => results.push(result),
            }
            continue;
        }
        // What one call writes must not stay when it fails, and must not take the others with it.
        let mut savepoint = transaction.begin().await.map_err(failed)?;
        let result = call.run(&mut savepoint).await;
        match &result {
            Ok(()) => savepoint.commit().await.map_err(failed)?,
            // A full disk may have ended the whole transaction; then the cause is in the error of the call.
            Err(error) => savepoint.rollback().await.map_err(|_| error.clone())?,
        }
        results.push(result);
    }
    transaction.commit().await.map_err(failed)?;
    // A transaction without events has not begun one of the keys.
    if !events.is_empty() {
        keys.commit();
    }
    Ok((sightings, results))
}

fn finish_calls(calls: Vec<Box<dyn Call>>, result: &Result<Committed, Error>, alone: bool) {
    for (index, call) in calls.into_iter().enumerate() {
        let own = match result {
            Ok((_, results)) => results.get(index).cloned().unwrap_or(Ok(())),
            Err(error) => Err(error.clone()),
        };
        call.finish(own, alone);
    }
}
