//! The store as one process sees it: with failures, doubts and crashes around each operation.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::journal::{Begun, Calls as _, Entry, JournalStore, Phase, Record};
use cryptopocket_inbox::{Done, Error, ErrorKind, Handling, Lease, NewEvent, Store, StoredEvent, Work};
use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;

use crate::durable::Durable;
use crate::life::Life;
use crate::variant::Variant;
use crate::world::World;

/// The store as one process sees it.
#[derive(Debug)]
pub(crate) struct SimStore<D> {
    world: Arc<World<D>>,
    life: Arc<Life>,
}

impl<D> Clone for SimStore<D> {
    fn clone(&self) -> Self {
        Self {
            world: Arc::clone(&self.world),
            life: Arc::clone(&self.life),
        }
    }
}

impl<D: Durable> SimStore<D> {
    pub(crate) fn new(world: Arc<World<D>>, life: Arc<Life>) -> Self {
        Self { world, life }
    }

    /// One operation: the process can die before it and after it, and the store can fail before it or after it.
    async fn once<T: Send>(&self, work: impl Future<Output = Result<T, Error>> + Send) -> Result<T, Error> {
        self.world.tally.operations.add(1);
        self.life.step().await;
        if let Some(kind) = self.world.store_failure() {
            return Err(Error::new(kind, "a simulated failure"));
        }
        let done = work.await;
        self.life.step().await;
        if done.is_ok() && self.world.draw(|rates| rates.store_doubt) {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "a simulated loss of the connection",
            ));
        }
        done
    }

    /// Runs a handler whose lease was lost, as a store does that does not check it.
    async fn unfenced(&self, lease: Lease, work: Handling<D::Transaction>) -> Result<(), Error> {
        let handle = self.durable().transact(move |transaction| {
            Box::pin(async move {
                let done = work(transaction).await;
                done.map_err(|failure| Error::new(ErrorKind::Database, failure.reason().to_owned()))
            })
        });
        let outcome = handle.await;
        self.world.completed(lease, &outcome);
        outcome
    }

    fn durable(&self) -> &D {
        &self.world.durable
    }
}

impl<D: Durable> JournalStore for SimStore<D> {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }

    async fn begin(
        &self,
        intent: Entry,
        now: Timestamp,
        hold: Duration,
        furthest: Duration,
    ) -> Result<Begun, Error> {
        let key = intent.key.clone();
        self.once(async {
            let begun = self.durable().begin(intent, now, hold, furthest).await?;
            self.world.trace(&key, || match &begun {
                Begun::Held(entry) => format!("{key}: taken up, {:?}, token {}", entry.phase, entry.token),
                _ => format!("{key}: another worker is at it"),
            });
            Ok(begun)
        })
        .await
    }

    async fn record(&self, key: &str, token: i64, record: Record) -> Result<Entry, Error> {
        self.once(async {
            let phase = record.phase;
            if phase == Phase::Sending && self.world.variant == Variant::IntentNotDurable {
                let key = key.to_owned();
                let known = self
                    .durable()
                    .view(|calls| Box::pin(async move { calls.lock_call(&key).await }));
                return known.await;
            }
            let recorded = self.durable().record(key, token, record).await;
            self.world.trace(key, || {
                format!(
                    "{key}: recorded as {phase:?}: {:?}",
                    recorded.as_ref().map(|entry| entry.phase)
                )
            });
            if let Ok(entry) = &recorded {
                self.world.recorded(key, entry.phase);
            }
            recorded
        })
        .await
    }
}

impl<D: Durable> Store for SimStore<D> {
    type Transaction = D::Transaction;

    async fn insert(&self, mut event: NewEvent) -> Result<Sighting, Error> {
        if self.world.variant == Variant::KeyWithContent {
            event.key = cryptopocket_inbox::released_key(&event.key, &event.fingerprint);
        }
        self.once(async {
            let key = event.key.clone();
            let seen = self.durable().insert(event).await;
            self.world.trace(&key, || format!("{key}: stored: {seen:?}"));
            seen
        })
        .await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<StoredEvent>, Error> {
        self.once(async {
            let claimed = self.durable().claim(now, lease, limit).await?;
            self.world.claimed(&claimed);
            Ok(claimed)
        })
        .await
    }

    async fn complete(&self, lease: Lease, done: Done, work: Handling<D::Transaction>) -> Result<(), Error> {
        if self.world.draw(|rates| rates.held_event) {
            // As by a handler that does slow work outside of the transaction. Its lease is a minute.
            let pause = self
                .world
                .between(Duration::from_secs(10), Duration::from_mins(4));
            self.world.time.sleep(pause).await;
        }
        if self.world.variant == Variant::NoFencing && self.world.is_lost(lease) {
            return self.once(self.unfenced(lease, work)).await;
        }
        self.once(async {
            let outcome = self.durable().complete(lease, done, work).await;
            self.world.completed(lease, &outcome);
            outcome
        })
        .await
    }

    async fn transact<R: Send + 'static>(&self, work: impl Work<D::Transaction, R>) -> Result<R, Error> {
        self.once(self.durable().transact(work)).await
    }

    async fn view<R: Send + 'static>(&self, work: impl Work<D::Transaction, R>) -> Result<R, Error> {
        self.once(self.durable().view(work)).await
    }

    fn wake(&self) {
        self.durable().wake();
    }

    async fn woken(&self) {
        self.durable().woken().await;
    }

    async fn close(&self) {}
}
