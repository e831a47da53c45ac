//! The store as one process sees it: with failures, doubts and crashes around each operation.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::journal::{
    Begun, CallCounts, Entry, JournalStore, NewEntry, Phase, Record, Selection, StoredAnswer,
};
use cryptopocket_inbox::tracker::{self, Bucket, Changed, Object, Row, TrackerStore, Transacted};
use cryptopocket_inbox::{
    BoxFuture, Counts, Done, Error, ErrorKind, Filter, Lease, Leased, NewEvent, Outcome, Quarantined,
    Resolution, Settle, Settlement, Store, Stored, Summary, Work,
};
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
    async fn unfenced(&self, lease: Lease, work: Work<D::Transaction>) -> Result<Outcome, Error> {
        let handle: Transacted<D::Transaction, ()> = Box::new(move |transaction| {
            Box::pin(async move {
                let done = work(transaction).await;
                done.map_err(|failure| Error::new(ErrorKind::Database, failure.reason().to_owned()))
            })
        });
        let outcome = self.durable().transact(handle).await.map(|()| Outcome::Done);
        self.world.completed(lease, &outcome);
        outcome
    }

    fn durable(&self) -> &D {
        &self.world.durable
    }
}

impl<D: Durable> JournalStore for SimStore<D> {
    async fn begin(&self, entry: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        let key = entry.key.clone();
        self.once(async {
            let begun = self.durable().begin(entry, now, hold).await?;
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
                let known = self.durable().select(Selection::Key(key.to_owned()), 1).await?;
                return known.into_iter().next().ok_or_else(Error::lease_lost);
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

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        self.once(self.durable().select(selection, limit)).await
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        self.once(self.durable().answers(key)).await
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        self.once(self.durable().call_counts()).await
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        self.once(self.durable().finish(object, at)).await
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        self.once(self.durable().erase_final(before)).await
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

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Leased>, Error> {
        self.once(async {
            let claimed = self.durable().claim(now, lease, limit).await?;
            self.world.claimed(&claimed);
            Ok(claimed)
        })
        .await
    }

    async fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<D::Transaction>,
        settle: Settle,
    ) -> Result<Outcome, Error> {
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
            let outcome = self.durable().complete(lease, done, work, settle).await;
            self.world.completed(lease, &outcome);
            outcome
        })
        .await
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<(), Error> {
        self.once(self.durable().settle(lease, settlement)).await
    }

    async fn extend(&self, lease: Lease, until: Timestamp) -> Result<(), Error> {
        self.once(self.durable().extend(lease, until)).await
    }

    async fn replay(&self, filter: Filter, now: Timestamp) -> Result<u64, Error> {
        self.once(self.durable().replay(filter, now)).await
    }

    async fn erase_bodies(&self, before: Timestamp) -> Result<u64, Error> {
        self.once(self.durable().erase_bodies(before)).await
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
        self.once(self.durable().list(filter, limit)).await
    }

    async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<Stored>, Error> {
        self.once(self.durable().read(filter, limit)).await
    }

    async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>, Error> {
        self.once(self.durable().quarantined(limit)).await
    }

    async fn resolve(&self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool, Error> {
        self.once(self.durable().resolve(id, resolution, now)).await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, Error> {
        self.once(self.durable().counts(now)).await
    }

    async fn done(&self) -> Result<u64, Error> {
        self.once(self.durable().done()).await
    }

    async fn woken(&self) {
        self.durable().woken().await;
    }

    async fn close(&self) {}
}

impl<D: Durable> TrackerStore for SimStore<D> {
    async fn transact<R: Send + 'static>(&self, work: Transacted<D::Transaction, R>) -> Result<R, Error> {
        self.once(self.durable().transact(work)).await
    }

    fn lock(transaction: &mut D::Transaction, fresh: Row) -> BoxFuture<'_, Result<(Row, bool), Error>> {
        D::lock(transaction, fresh)
    }

    fn save(
        transaction: &mut D::Transaction,
        row: Row,
        changes: Vec<Changed>,
    ) -> BoxFuture<'_, Result<(), Error>> {
        D::save(transaction, row, changes)
    }

    fn beat(
        transaction: &mut D::Transaction,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Option<Timestamp>, Error>> {
        D::beat(transaction, now)
    }

    fn repoll(
        transaction: &mut D::Transaction,
        now: Timestamp,
        number: i64,
    ) -> BoxFuture<'_, Result<u64, Error>> {
        D::repoll(transaction, now, number)
    }

    fn bucket(transaction: &mut D::Transaction) -> BoxFuture<'_, Result<Bucket, Error>> {
        D::bucket(transaction)
    }

    fn set_bucket(transaction: &mut D::Transaction, bucket: Bucket) -> BoxFuture<'_, Result<(), Error>> {
        D::set_bucket(transaction, bucket)
    }

    fn claim_objects(
        transaction: &mut D::Transaction,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Row>, Error>> {
        D::claim_objects(transaction, now, until, limit)
    }

    async fn object(&self, object: &Object) -> Result<Option<Row>, Error> {
        self.once(self.durable().object(object)).await
    }

    async fn objects(
        &self,
        selection: tracker::Selection,
        after: Option<Object>,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        self.once(self.durable().objects(selection, after, limit)).await
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<tracker::Entry>, Error> {
        self.once(self.durable().changes(after, limit)).await
    }

    async fn latest_change(&self) -> Result<i64, Error> {
        self.once(self.durable().latest_change()).await
    }

    async fn erase_changes(&self, before: Timestamp) -> Result<u64, Error> {
        self.once(self.durable().erase_changes(before)).await
    }

    async fn tracked(&self, now: Timestamp) -> Result<tracker::Counts, Error> {
        self.once(self.durable().tracked(now)).await
    }
}
