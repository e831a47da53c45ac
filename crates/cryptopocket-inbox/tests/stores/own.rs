//! A store of an application's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cryptopocket_inbox::testing::{MemoryStore, Table};
use cryptopocket_inbox::{
    Error, ErrorKind, EventState, Failure, Filter, Inbox, NewEvent, Outcome, Result, Settlement, Store, Work,
};
use cryptopocket_webhooks::Sighting;

use crate::stage::{body, note_then, receive};

/// The numbers of the transactions that fail, and how.
type Failures = &'static [(u32, fn() -> Error)];

/// A store in memory, whose next transactions can fail.
#[derive(Default)]
struct Unsteady {
    memory: MemoryStore,
    transactions: AtomicU32,
    failures: Failures,
}

impl Store for Unsteady {
    type Transaction = Table;

    async fn insert(&self, event: NewEvent) -> Result<Sighting> {
        self.memory.insert(event).await
    }

    async fn transact<R: Send + 'static>(&self, work: impl Work<Table, R>) -> Result<R> {
        let number = self.transactions.fetch_add(1, Ordering::SeqCst);
        let failure = self.failures.iter().find(|(failing, _)| *failing == number);
        let failure = failure.map(|(_, failure)| *failure);
        self.memory
            .transact(move |transaction| {
                Box::pin(async move {
                    let done = work(transaction).await?;
                    failure.map_or(Ok(done), |failure| Err(failure()))
                })
            })
            .await
    }

    async fn view<R: Send + 'static>(&self, work: impl Work<Table, R>) -> Result<R> {
        self.memory.view(work).await
    }

    async fn woken(&self) {
        self.memory.woken().await;
    }

    async fn close(&self) {
        self.memory.close().await;
    }
}

/// Completes an event, where the first transaction is the claim, and gives the outcome and the state of the event.
async fn complete(
    failures: Failures,
    end: fn() -> Result<(), Failure>,
) -> (Result<Outcome>, EventState, u32) {
    let inbox = Inbox::new(Unsteady {
        failures,
        ..Unsteady::default()
    });
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    let handler = note_then::<MemoryStore, _>(move |_| end());
    let outcome = inbox.complete(claim, Arc::new(handler)).await;
    let event = inbox.list(Filter::all(), 1).await.unwrap().remove(0);
    (outcome, event.state, event.attempts)
}

fn outage() -> Error {
    Error::new(ErrorKind::Unavailable, "the network is gone")
}

fn refusal() -> Error {
    Error::new(ErrorKind::Database, "the commit is refused").carrying(Failure::dead("no account 7"))
}

#[tokio::test]
async fn refusal_at_the_commit_is_that_of_the_handler() {
    let (outcome, state, attempts) = complete(&[(1, refusal)], || Ok(())).await;
    let Ok(Outcome::Failed(Settlement::Dead { reason, .. })) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(reason.as_deref(), Some("no account 7"));
    assert_eq!((state, attempts), (EventState::Dead, 1));
}

#[tokio::test]
async fn settlement_that_fails_once_is_repeated() {
    let dead = || Err(Failure::dead("no account 7"));
    let (outcome, state, _) = complete(&[(2, outage)], dead).await;
    assert!(matches!(outcome, Ok(Outcome::Failed(_))), "{outcome:?}");
    assert_eq!(state, EventState::Dead);
}

#[tokio::test]
async fn settlement_that_fails_twice_is_reported() {
    let dead = || Err(Failure::dead("no account 7"));
    let (outcome, state, attempts) = complete(&[(2, outage), (3, outage)], dead).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!((state, attempts), (EventState::Leased, 0));
}

#[tokio::test]
async fn lost_lease_is_not_settled_twice() {
    let dead = || Err(Failure::dead("no account 7"));
    let (outcome, ..) = complete(&[(2, Error::lease_lost)], dead).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::LeaseLost);
}
