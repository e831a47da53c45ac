//! Looking after an inbox: lists, replay, retention, quarantine.

use std::time::Duration;

use super::Inbox;
use crate::alarm::Alarm;
use crate::delivery::Delivery;
use crate::error::Error;
use crate::identity::place;
use crate::measure;
use crate::store::{Counts, Filter, Quarantined, Resolution, Store, StoredBody, Summary};

impl<S: Store> Inbox<S> {
    /// Counts events by state.
    ///
    /// With the feature `metrics` this also sets the gauges: call it at intervals.
    pub async fn counts(&self) -> Result<Counts, Error> {
        let now = self.now();
        let counts = self.inner.store.counts(now).await?;
        measure::counts(&counts, now);
        Ok(counts)
    }

    /// Counts the events that are done. On SQLite this reads the whole store: not at intervals, as [`counts`](Self::counts) may be.
    pub async fn done(&self) -> Result<u64, Error> {
        self.inner.store.done().await
    }

    /// Lists up to `limit` events in order of arrival. Continue with [`Filter::after`].
    pub async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
        self.inner.store.list(filter, limit).await
    }

    /// Reads up to `limit` events with their bodies and changes nothing, each beside its number for [`Filter::after`].
    ///
    /// `None` stands for a body that was erased, or that cannot be opened, which raises an [`Alarm::Sealed`].
    pub async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<(i64, Option<Delivery>)>, Error> {
        let stored = self.inner.store.read(filter, limit).await?;
        let opened = stored.into_iter().map(|event| {
            let Some(body) = event.body else {
                return (event.seq, None);
            };
            let Ok(body) = self.inner.bodies.read(place(&event.key), body) else {
                self.raise(&Alarm::Sealed { key: event.key });
                return (event.seq, None);
            };
            let attempt = event.attempts.saturating_add(1);
            let delivery = Delivery::new(event.key, body, event.received_at, event.signed_at, attempt);
            (event.seq, Some(delivery))
        });
        Ok(opened.collect())
    }

    /// Makes events that are done or dead ready again, and returns their number.
    ///
    /// Handlers run again with all their effects: this is for effects that were lost, or for a handler that was wrong.
    /// Events that are still being handled, and those whose body was erased, stay as they are.
    pub async fn replay(&self, filter: Filter) -> Result<u64, Error> {
        self.inner.store.replay(filter, self.now()).await
    }

    /// Erases the bodies of events that have been done for `age`, and returns their number.
    ///
    /// Keys and hashes stay for ever, so that a delivery that is repeated years later is still known.
    pub async fn erase_bodies(&self, age: Duration) -> Result<u64, Error> {
        let Some(before) = self.now().checked_sub(age) else {
            return Ok(0);
        };
        self.inner.store.erase_bodies(before).await
    }

    /// Lists up to `limit` contents in quarantine, oldest first, with their bodies as received.
    ///
    /// A body that cannot be opened raises an [`Alarm::Sealed`] and is left out of its entry.
    pub async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>, Error> {
        let mut found = self.inner.store.quarantined(limit).await?;
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
    pub async fn resolve(&self, id: i64, resolution: Resolution) -> Result<bool, Error> {
        self.inner.store.resolve(id, resolution, self.now()).await
    }

    /// Finishes what was begun and closes the store. Every later call fails with
    /// [`Closed`](crate::ErrorKind::Closed).
    pub async fn close(&self) {
        self.inner.store.close().await;
    }
}
