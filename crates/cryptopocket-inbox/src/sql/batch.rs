//! Deliveries that wait together, and are stored by one transaction.

use std::iter;
use std::ops::Range;

use cryptopocket_webhooks::Sighting;
use sqlx::error::DatabaseError;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgDatabaseError;
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, ErrorKind, Result};
use crate::store::NewEvent;

/// Requests that may wait. More wait in their senders.
const WAITING: usize = 4096;

/// What the task of a store is asked: to store an event, to do a change `C`, or to end.
#[allow(
    clippy::large_enum_variant,
    reason = "most are events, and a box for each would cost more than its room"
)]
pub(crate) enum Request<C> {
    Insert(NewEvent, oneshot::Sender<Result<Sighting>>),
    #[cfg_attr(
        not(feature = "sqlite"),
        allow(dead_code, reason = "only SQLite does changes in this task")
    )]
    Change(C),
    Close(oneshot::Sender<()>),
}

/// The sending end of the task of a store.
pub(crate) struct Requests<C> {
    /// None for a store that is opened for reading.
    sender: Option<mpsc::Sender<Request<C>>>,
}

impl<C> Requests<C> {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Request<C>>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let sender = Some(sender);
        (Self { sender }, receiver)
    }

    /// Refuses everything.
    #[cfg(feature = "sqlite")]
    pub(crate) fn refusing() -> Self {
        Self { sender: None }
    }

    pub(crate) async fn send(&self, request: Request<C>) -> Result<()> {
        let sender = self.sender.as_ref().ok_or_else(Error::opened_read_only)?;
        sender.send(request).await.map_err(|_| Error::closed())
    }

    /// Stores an event, durably.
    pub(crate) async fn insert(&self, event: NewEvent) -> Result<Sighting> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Insert(event, reply)).await?;
        answer.await.unwrap_or_else(|_| Err(Error::closed()))
    }

    /// Finishes the requests that were sent before, and ends the task.
    pub(crate) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Request::Close(reply)).await.is_ok() {
            let _ = answer.await;
        }
    }
}

/// What waits together.
pub(crate) struct Batch<C> {
    pub(crate) events: Vec<NewEvent>,
    replies: Vec<oneshot::Sender<Result<Sighting>>>,
    pub(crate) changes: Vec<C>,
    pub(crate) close: Option<oneshot::Sender<()>>,
}

impl<C> Batch<C> {
    pub(crate) fn new() -> Self {
        Self {
            events: Vec::new(),
            replies: Vec::new(),
            changes: Vec::new(),
            close: None,
        }
    }

    /// Takes in a request, and what waits behind it, up to so many events and changes.
    pub(crate) fn fill(
        &mut self,
        first: Request<C>,
        requests: &mut mpsc::Receiver<Request<C>>,
        most_events: usize,
        most_changes: usize,
    ) {
        let mut next = Some(first);
        while let Some(request) = next.take() {
            match request {
                Request::Insert(event, reply) => {
                    self.events.push(event);
                    self.replies.push(reply);
                }
                Request::Change(change) => self.changes.push(change),
                Request::Close(reply) => self.close = Some(reply),
            }
            let has_room = self.events.len() < most_events && self.changes.len() < most_changes;
            if self.close.is_none() && has_room {
                next = requests.try_recv().ok();
            }
        }
    }

    /// Answers the senders of the events, and tells whether any event was new.
    pub(crate) fn answer(&mut self, results: Vec<Result<Sighting>>) -> bool {
        let is_any_new = results.iter().any(|result| matches!(result, Ok(Sighting::New)));
        self.events.clear();
        for (reply, result) in self.replies.drain(..).zip(results) {
            let _ = reply.send(result);
        }
        is_any_new
    }
}

/// Divides the events of a transaction, if the database refuses one of them, until the others are stored without it.
pub(crate) struct Divided {
    /// In falling order.
    waiting: Vec<Range<usize>>,
    /// In the order of the events.
    pub(crate) results: Vec<Result<Sighting>>,
}

impl Divided {
    pub(crate) fn new(events: usize) -> Self {
        Self {
            waiting: iter::once(0..events).collect(),
            results: Vec::with_capacity(events),
        }
    }

    /// The events of the next transaction.
    pub(crate) fn next(&mut self) -> Option<Range<usize>> {
        self.waiting.pop()
    }

    /// Takes the result of that transaction.
    pub(crate) fn set(&mut self, events: Range<usize>, stored: Result<Vec<Sighting>>) {
        match stored {
            Ok(sightings) => self.results.extend(sightings.into_iter().map(Ok)),
            Err(error) if may_be_of_one(&error) && events.len() > 1 => {
                let middle = events.start + events.len() / 2;
                self.waiting.extend([middle..events.end, events.start..middle]);
            }
            Err(error) => self.results.extend(events.map(|_| Err(error.clone()))),
        }
    }
}

/// Whether an error may be about one event of many. If the database cannot do its work now, or lacks a table or the right to
/// it, every event meets the same error.
fn may_be_of_one(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    let is_of_schema = match source {
        Some(sqlx::Error::Database(reported)) => match reported.code().as_deref() {
            // What a trigger or a constraint of the user reports has other codes, so the text is that of SQLite.
            Some("1") => reported.message().starts_with("no such "),
            // Undefined tables, columns and functions, and missing rights.
            Some("42P01" | "42703" | "42883" | "42501") => is_of_statement(reported.as_ref()),
            _ => false,
        },
        _ => false,
    };
    error.kind() == ErrorKind::Database && !is_of_schema
}

/// Whether PostgreSQL refuses the statement itself. A trigger, which may do so for one event only, gives a context; row-level
/// security, which looks at each row, gives its routine.
#[cfg(feature = "postgres")]
fn is_of_statement(reported: &dyn DatabaseError) -> bool {
    let reported = reported.try_downcast_ref::<PgDatabaseError>();
    reported.is_some_and(|reported| {
        reported.r#where().is_none() && reported.routine() != Some("ExecWithCheckOptions")
    })
}

#[cfg(not(feature = "postgres"))]
fn is_of_statement(_: &dyn DatabaseError) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    use super::*;
    use crate::sql::events::failed;

    /// How many transactions a group of eight takes, if this statement fails in each.
    async fn transactions(sql: &'static str) -> usize {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let make = "CREATE TABLE one (number INTEGER NOT NULL CHECK (number > 0)) STRICT";
        sqlx::raw_sql(make).execute(&mut connection).await.unwrap();
        let (mut divided, mut transactions) = (Divided::new(8), 0);
        while let Some(part) = divided.next() {
            transactions += 1;
            let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err();
            divided.set(part, Err(failed(error)));
        }
        assert_eq!(divided.results.len(), 8);
        transactions
    }

    #[tokio::test]
    async fn error_of_every_event_costs_one_transaction() {
        assert_eq!(transactions("INSERT INTO dropped VALUES (1)").await, 1);
        assert_eq!(transactions("INSERT INTO one (other) VALUES (1)").await, 15);
        assert_eq!(transactions("INSERT INTO one (number) VALUES (0)").await, 15);
    }
}
