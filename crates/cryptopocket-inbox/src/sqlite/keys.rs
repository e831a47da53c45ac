//! The index of keys: it costs the same however many events are stored.
//!
//! In a B-tree of random keys each new event changes a page of its own, once the tree has many more pages than a commit
//! has events: at ten million events that is most of the cost. So the keys of recent events are indexed in memory, and
//! later written to the file in runs, each sorted and never changed. A filter in memory knows all keys in runs, and tells
//! of nearly every new key that it is in none. What it finds is compared with the stored events, so it need not be exact.
//!
//! Each transaction first reads what was committed since the last one. So nothing has to be undone when one fails, and what
//! others store, or a backup that is restored, is known before a key is looked up.

mod bloom;
mod runs;

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use super::schema;
use crate::error::{Error, Result, of_sqlx};
use crate::store::NewEvent;

use bloom::Bloom;
use runs::Runs;

/// Events of a run.
const RUN: usize = if cfg!(test) { 50 } else { 1 << 16 };

/// Knows which keys are stored, up to one event.
pub(super) struct Keys {
    /// Hash and event, of those that are in no run.
    recent: BTreeSet<(u64, i64)>,
    /// The hashes in runs.
    filter: Bloom,
    /// The last event in runs.
    run: i64,
    /// The last event whose key is known.
    last: Mark,
    /// The last one that is known to be committed.
    committed: Mark,
}

/// An event, with the hash of its key and when it was received, by which a file that was restored is told from this one.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    seq: i64,
    found: Option<(u64, i64)>,
}

impl Mark {
    async fn read(connection: &mut SqliteConnection, seq: i64) -> Result<Self, sqlx::Error> {
        let event = "SELECT key, received_at FROM cryptopocket_inbox_events WHERE seq = ?";
        let row = sqlx::query(event).bind(seq).fetch_optional(connection).await?;
        let found = row.map(|row| Ok::<_, sqlx::Error>((hash(row.try_get(0)?), row.try_get(1)?)));
        Ok(Self {
            seq,
            found: found.transpose()?,
        })
    }
}

impl Keys {
    /// Reads the index, and writes the runs that are missing, as after an update of the tables.
    pub(super) async fn open(connection: &mut SqliteConnection) -> Result<Self> {
        let mut transaction = connection.begin().await.map_err(failed)?;
        let mut keys = Self::load(&mut transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        keys.catch_up(connection).await?;
        Ok(keys)
    }

    /// Learns what others have stored, which can be too much for a transaction with events.
    pub(super) async fn catch_up(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        loop {
            let mut transaction = connection.begin().await.map_err(failed)?;
            self.recognize(&mut transaction).await.map_err(failed)?;
            while self.recent.len() < RUN && self.learn_some(&mut transaction).await.map_err(failed)? {}
            transaction.commit().await.map_err(failed)?;
            // Until here it has only read. A program that stores events writes their runs, and is not waited for.
            if self.recent.len() < RUN {
                return Ok(());
            }
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
            schema::check(&mut transaction).await?;
            self.recognize(&mut transaction).await.map_err(failed)?;
            self.write_run(&mut transaction).await.map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            self.commit();
        }
    }

    /// Begins a transaction: learns what others have stored, and forgets what a failed transaction has added.
    pub(super) async fn begin(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.recognize(connection).await?;
        while self.learn_some(connection).await? {}
        Ok(())
    }

    /// Writes the recent keys to a run if they are enough for one: the last step of a transaction that stores events.
    pub(super) async fn write_run(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if self.recent.len() >= RUN {
            runs::write(connection, self.last.seq, self.recent.iter().copied()).await?;
        }
        Ok(())
    }

    /// Tells that the transaction is committed. Without it, the next one would learn from the file what this one added.
    pub(super) fn commit(&mut self) {
        self.committed = self.last;
        if self.recent.len() >= RUN {
            self.set_run(self.last.seq);
        }
    }

    /// Learns which events are in runs. Reads everything again if the file is not the one that is known: a backup may have
    /// been restored into it.
    async fn recognize(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if self.last != self.committed {
            self.last = self.committed;
            self.recent.retain(|(_, seq)| *seq <= self.committed.seq);
        }
        let runs = Runs::since(connection, self.run).await?;
        let has_runs = self.run == 0 || runs.first == self.run;
        if has_runs && Mark::read(connection, self.last.seq).await? == self.last {
            self.set_run(runs.last);
        } else {
            *self = Self::load(connection).await?;
        }
        Ok(())
    }

    async fn load(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let runs = Runs::since(connection, 0).await?;
        let mut filter = Bloom::with_room(RUN.saturating_mul(runs.count));
        runs::each(connection, |hash| filter.add(hash)).await?;
        let last = Mark::read(connection, runs.last).await?;
        Ok(Self {
            recent: BTreeSet::new(),
            filter,
            run: runs.last,
            last,
            committed: last,
        })
    }

    /// Learns the keys of the next events; whether there may be more.
    async fn learn_some(&mut self, connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT seq, key, received_at FROM cryptopocket_inbox_events WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(self.last.seq)
        .bind(i64::try_from(RUN).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await?;
        for row in &rows {
            self.remember(row.try_get(0)?, hash(row.try_get(1)?), row.try_get(2)?);
        }
        self.committed = self.last;
        Ok(rows.len() == RUN)
    }

    fn remember(&mut self, seq: i64, hash: u64, received_at: i64) {
        self.last = Mark {
            seq,
            found: Some((hash, received_at)),
        };
        if seq > self.run {
            self.recent.insert((hash, seq));
        } else {
            self.filter.add(hash);
        }
    }

    /// Sets the last event in runs.
    fn set_run(&mut self, run: i64) {
        if run == self.run {
            return;
        }
        self.run = run;
        for (hash, seq) in std::mem::take(&mut self.recent) {
            if seq <= run {
                self.filter.add(hash);
            } else {
                self.recent.insert((hash, seq));
            }
        }
    }

    /// The number for a new event.
    pub(super) fn add(&mut self, hash: u64, event: &NewEvent) -> i64 {
        // Never one that a run covers, not even if its events were deleted: the run would not know the new one.
        let seq = self.last.seq.max(self.run) + 1;
        self.remember(seq, hash, event.received_at.unix_micros());
        seq
    }

    /// Whether an event with such a key may be stored.
    pub(super) fn may_hold(&self, hash: u64) -> bool {
        self.filter.may_hold(hash) || self.recent(hash).next().is_some()
    }

    fn recent(&self, hash: u64) -> impl Iterator<Item = i64> {
        let range = self.recent.range((hash, i64::MIN)..=(hash, i64::MAX));
        range.map(|(_, seq)| *seq)
    }

    /// Whether the event is stored, and with the same content.
    pub(super) async fn find(
        &self,
        connection: &mut SqliteConnection,
        hash: u64,
        event: &NewEvent,
    ) -> Result<Option<bool>, sqlx::Error> {
        let mut numbers: Vec<i64> = self.recent(hash).collect();
        if self.filter.may_hold(hash) {
            numbers.extend(runs::events_of(connection, hash).await?);
        }
        for seq in numbers {
            let found = sqlx::query_scalar(
                "SELECT fingerprint = ? FROM cryptopocket_inbox_events WHERE seq = ? AND key = ?",
            )
            .bind(event.fingerprint.as_slice())
            .bind(seq)
            .bind(event.key.as_str());
            let found = found.fetch_optional(&mut *connection).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// The numbers that events with this key may have, without a look at every event.
pub(super) async fn numbers_of(
    connection: &mut SqliteConnection,
    key: &str,
) -> Result<Vec<i64>, sqlx::Error> {
    // Recent events first: one that gets into a run meanwhile is found twice, and never missed.
    let last = Runs::since(connection, 0).await?.last;
    let recent = "SELECT seq FROM cryptopocket_inbox_events WHERE seq > ? AND key = ?";
    let recent = sqlx::query_scalar(recent).bind(last).bind(key);
    let mut numbers: Vec<i64> = recent.fetch_all(&mut *connection).await?;
    numbers.extend(runs::events_of(connection, hash(key)).await?);
    Ok(numbers)
}

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the keys of the inbox could not be read", error)
}

/// Stored in runs, so it never changes.
pub(super) fn hash(key: &str) -> u64 {
    // In tests many keys have one hash.
    if cfg!(test) {
        full_hash(key) & !0 << 58
    } else {
        full_hash(key)
    }
}

fn full_hash(key: &str) -> u64 {
    let hash = Sha256::digest(key);
    hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests;
