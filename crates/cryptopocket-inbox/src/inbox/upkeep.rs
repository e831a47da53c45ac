//! Looking after an inbox: lists, replay, retention, quarantine.

use std::time::Duration;

use super::Inbox;
use crate::alarm::Alarm;
use crate::delivery::Delivery;
use crate::error::Result;
use crate::identity::place;
use crate::measure;
use crate::store::{Counts, Events as _, Filter, Quarantined, Resolution, StoredBody, StoredEvent};
use crate::transaction::{Store, in_steps};

impl<S: Store> Inbox<S> {
    /// Counts events by state.
    ///
    /// With the feature `metrics` this also sets the gauges: call it at intervals.
    pub async fn counts(&self) -> Result<Counts> {
        let now = self.now();
        let counts = self
            .store()
            .view(move |events| Box::pin(events.counts(now)))
            .await?;
        measure::counts(&counts, now);
        Ok(counts)
    }

    /// Counts the events that are done. On SQLite this reads every stored event.
    pub async fn done(&self) -> Result<u64> {
        self.store().view(|events| Box::pin(events.done())).await
    }

    /// Lists up to `limit` events in order of arrival. Continue with [`Filter::after`].
    pub async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<StoredEvent>> {
        self.store()
            .view(move |events| Box::pin(events.events(filter, limit, false)))
            .await
    }

    /// Reads up to `limit` events with their bodies and changes nothing, each beside its number for [`Filter::after`].
    ///
    /// `None` stands for a body that was erased, or that cannot be opened, which raises an [`Alarm::Sealed`].
    pub async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<(i64, Option<Delivery>)>> {
        let read = self
            .store()
            .view(move |events| Box::pin(events.events(filter, limit, true)));
        let opened = read.await?.into_iter().map(|event| {
            let seq = event.seq;
            if event.body.is_none() {
                return (seq, None);
            }
            let delivery = self.delivery(event);
            let opened = delivery.map_err(|(key, _)| self.raise(&Alarm::Sealed { key }));
            (seq, opened.ok())
        });
        Ok(opened.collect())
    }

    /// Makes events that are done or dead ready again, and returns their number.
    ///
    /// Handlers run again with all their effects: this is for effects that were lost, or for a handler that was wrong.
    /// Events that are still being handled, and those whose body was erased, stay as they are.
    pub async fn replay(&self, mut filter: Filter) -> Result<u64> {
        let (now, mut replayed) = (self.now(), 0);
        loop {
            let step = filter.clone();
            let work = self
                .store()
                .transact(move |events| Box::pin(events.replay(step, now)));
            let (some, last) = work.await?;
            replayed += some;
            if last.is_none() {
                self.store().wake();
                return Ok(replayed);
            }
            filter.after = last;
        }
    }

    /// Erases the bodies of events that have been done for `age`, and returns their number.
    ///
    /// Keys and hashes stay for ever, so that a delivery that is repeated years later is still known.
    pub async fn erase_bodies(&self, age: Duration) -> Result<u64> {
        let Some(before) = self.now().checked_sub(age) else {
            return Ok(0);
        };
        in_steps(self.store(), move |events| Box::pin(events.erase_bodies(before))).await
    }

    /// Lists up to `limit` contents in quarantine, oldest first, with their bodies as received.
    ///
    /// A body that cannot be opened raises an [`Alarm::Sealed`] and is left out of its entry.
    pub async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>> {
        let listed = self
            .store()
            .view(move |events| Box::pin(events.quarantined(limit)));
        let mut found = listed.await?;
        for entry in &mut found {
            let Some(stored) = entry.body.take() else { continue };
            match self.inner.bodies.read(place(&entry.key), stored) {
                Ok(bytes) => {
                    entry.body = Some(StoredBody {
                        bytes,
                        sealed_with: None,
                    });
                }
                Err(_) => self.raise(&Alarm::Sealed {
                    key: entry.key.clone(),
                }),
            }
        }
        Ok(found)
    }

    /// Takes content out of quarantine; `false` if it is not there.
    pub async fn resolve(&self, id: i64, resolution: Resolution) -> Result<bool> {
        let now = self.now();
        let resolve = self
            .store()
            .transact(move |events| Box::pin(events.resolve(id, resolution, now)));
        let found = resolve.await?;
        self.store().wake();
        Ok(found)
    }

    /// Finishes what was begun and closes the store. Every later call fails with
    /// [`Closed`](crate::ErrorKind::Closed).
    pub async fn close(&self) {
        self.inner.store.close().await;
    }
}
