//! The index of keys: it costs the same however many events are stored.
//!
//! In a B-tree of random keys each new event changes a page of its own, once the tree has many more pages than a commit
//! has events: at ten million events that is most of the cost. So the keys of recent events are indexed in memory, and
//! later written to the file in runs, each sorted and never changed. A filter in memory knows all keys in runs, and tells
//! of nearly every new key that it is in none. What it finds is compared with the stored events, so it need not be exact.

mod bloom;

use std::collections::BTreeSet;
use std::mem;

use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::error::{Error, of_sqlx};
use crate::store::{Filter, NewEvent};

use bloom::Bloom;

/// Events of a run.
const RUN: usize = if cfg!(test) { 50 } else { 1 << 16 };
/// Rows of a run: each holds the keys whose hashes begin alike. A power of two.
const ROWS: u64 = if cfg!(test) { 4 } else { 512 };
/// The number of a row: which hashes it holds in the upper bits, the last event of its run in the lower.
const RUN_BITS: u32 = 48;
/// Length of a hash and the number of its event.
const ENTRY: usize = 16;

/// Knows which keys are stored, up to one event.
pub(super) struct Keys {
    known: Known,
    /// What was known before the transaction that is open.
    before: Known,
    /// Those that this transaction moved from `recent` to a run.
    moved: Vec<(u64, i64)>,
    /// Hash and event, of those that are in no run.
    recent: BTreeSet<(u64, i64)>,
    filter: Bloom,
}

/// How far a file is known.
#[derive(Clone, Copy)]
struct Known {
    /// The greatest number of an event whose key is known.
    last: i64,
    /// The hash of its key and when it was received, by which a file that was restored is told from this one.
    at_last: Option<(u64, i64)>,
    /// The last event in runs.
    run: i64,
}

impl Keys {
    /// Reads the runs, and makes those that are missing, as after an update of the tables.
    pub(super) async fn open(connection: &mut SqliteConnection) -> Result<Self, Error> {
        let mut keys = Self::read(connection).await.map_err(failed)?;
        keys.catch_up(connection).await?;
        Ok(keys)
    }

    async fn read(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut transaction = connection.begin().await?;
        let keys = Self::load(&mut transaction).await?;
        transaction.commit().await?;
        Ok(keys)
    }

    /// Learns what others have stored, if it is so much that a transaction with events should not wait for it.
    pub(super) async fn catch_up(&mut self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let mut transaction = connection.begin().await.map_err(failed)?;
        self.recognize(&mut transaction).await.map_err(failed)?;
        let newest = "SELECT coalesce(max(seq), 0) FROM cryptopocket_inbox_events";
        let newest = sqlx::query_scalar::<_, i64>(newest).fetch_one(&mut *transaction);
        let ahead = newest.await.map_err(failed)? - self.known.last;
        transaction.commit().await.map_err(failed)?;
        if usize::try_from(ahead).unwrap_or(0) < RUN {
            return Ok(());
        }
        loop {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
            self.mark();
            let learned = match self.learn_some(&mut transaction).await {
                Ok(is_more) => transaction.commit().await.map(|()| is_more),
                Err(error) => Err(error),
            };
            match learned {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    self.roll_back();
                    return Err(failed(error));
                }
            }
        }
    }

    /// Within a transaction, so that no run is written between the reads.
    async fn load(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let count = sqlx::query_scalar("SELECT count(*) FROM cryptopocket_inbox_keys WHERE number < 1 << ?")
            .bind(RUN_BITS)
            .fetch_one(&mut *connection);
        let runs: u32 = count.await?;
        let mut filter = Bloom::with_room(RUN.saturating_mul(usize::try_from(runs).unwrap_or(0)));
        for row in 0..ROWS {
            let (first, last) = numbers(row);
            let rows =
                sqlx::query("SELECT entries FROM cryptopocket_inbox_keys WHERE number BETWEEN ? AND ?")
                    .bind(first)
                    .bind(last)
                    .fetch_all(&mut *connection)
                    .await?;
            for row in rows {
                for (hash, _) in entries(row.try_get(0)?) {
                    filter.add(hash);
                }
            }
        }
        let run = last_in_runs(connection).await?;
        let known = Known {
            last: run,
            at_last: event_at(connection, run).await?,
            run,
        };
        Ok(Self {
            known,
            before: known,
            moved: Vec::new(),
            recent: BTreeSet::new(),
            filter,
        })
    }

    /// Reads everything again if the file is not the one that is known: a backup may have been restored into it.
    async fn recognize(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let Known { last, at_last, run } = self.known;
        if last_in_runs(connection).await? < run || event_at(connection, last).await? != at_last {
            *self = Self::load(connection).await?;
        }
        Ok(())
    }

    /// Begins a transaction.
    pub(super) fn mark(&mut self) {
        self.before = self.known;
        self.moved.clear();
    }

    /// Forgets what the transaction has written. What it added to the filter may stay there.
    pub(super) fn roll_back(&mut self) {
        self.known = self.before;
        self.recent.extend(self.moved.drain(..));
        let last = self.known.last;
        self.recent.retain(|(_, seq)| *seq <= last);
    }

    /// Learns the keys of events that others have stored, before a transaction stores any itself.
    pub(super) async fn learn(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        self.recognize(connection).await?;
        while self.learn_some(connection).await? {}
        Ok(())
    }

    /// Learns the keys of a run of events; whether there may be more.
    async fn learn_some(&mut self, connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let room = RUN.saturating_sub(self.recent.len());
        let rows = sqlx::query(
            "SELECT seq, key, received_at FROM cryptopocket_inbox_events WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(self.known.last)
        .bind(i64::try_from(room).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await?;
        for row in &rows {
            self.remember(row.try_get(0)?, hash(row.try_get(1)?), row.try_get(2)?);
        }
        self.write_run(connection).await?;
        Ok(rows.len() == room)
    }

    fn remember(&mut self, seq: i64, hash: u64, received_at: i64) {
        self.known.last = seq;
        self.known.at_last = Some((hash, received_at));
        self.recent.insert((hash, seq));
    }

    /// The number for a new event.
    pub(super) fn add(&mut self, hash: u64, event: &NewEvent) -> i64 {
        let seq = self.known.last + 1;
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
            numbers.extend(in_runs(connection, hash).await?);
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

    /// Writes the recent keys to a run, if they are enough for one.
    pub(super) async fn write_run(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if self.recent.len() < RUN {
            return Ok(());
        }
        // Another process on the same file may have written some of them.
        let written = last_in_runs(connection).await?;
        let mut run: Vec<Vec<u8>> = vec![Vec::new(); usize::try_from(ROWS).unwrap_or(0)];
        for (hash, seq) in mem::take(&mut self.recent) {
            self.filter.add(hash);
            if seq <= self.before.last {
                self.moved.push((hash, seq));
            }
            if seq > written {
                let row = &mut run[usize::try_from(row_of(hash)).unwrap_or(0)];
                row.extend(hash.to_be_bytes());
                row.extend(seq.to_be_bytes());
            }
        }
        let last = self.known.last;
        self.known.run = written.max(last);
        if last <= written {
            return Ok(());
        }
        for (row, entries) in (0..ROWS).zip(run) {
            // Also a row without entries: the first row of each run tells its last event.
            sqlx::query("INSERT INTO cryptopocket_inbox_keys (number, entries) VALUES (?, ?)")
                .bind(numbers(row).0 + last)
                .bind(entries)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

/// Adds to a query of events that their key is that of the filter, in a form that needs no look at every event.
pub(super) async fn narrow(
    query: &mut QueryBuilder<Sqlite>,
    connection: &mut SqliteConnection,
    filter: &Filter,
) -> Result<(), sqlx::Error> {
    let Some(key) = &filter.key else { return Ok(()) };
    let last = last_in_runs(connection).await?;
    let mut numbers = in_runs(connection, hash(key)).await?;
    let recent = "SELECT seq FROM cryptopocket_inbox_events WHERE seq > ? AND key = ?";
    let recent = sqlx::query_scalar::<_, i64>(recent).bind(last).bind(key.as_str());
    numbers.extend(recent.fetch_all(connection).await?);
    query.push(" AND seq IN (");
    let mut values = query.separated(", ");
    for seq in numbers {
        values.push_bind(seq);
    }
    query.push(")");
    Ok(())
}

/// The events in runs whose keys have this hash.
async fn in_runs(connection: &mut SqliteConnection, hash: u64) -> Result<Vec<i64>, sqlx::Error> {
    let (first, last) = numbers(row_of(hash));
    let rows = sqlx::query(
        "SELECT entries FROM cryptopocket_inbox_keys WHERE number BETWEEN ? AND ? AND instr(entries, ?)",
    )
    .bind(first)
    .bind(last)
    .bind(hash.to_be_bytes().as_slice())
    .fetch_all(connection)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let same = entries(row.try_get(0)?).filter(|(other, _)| *other == hash);
        found.extend(same.map(|(_, seq)| seq));
    }
    Ok(found)
}

async fn last_in_runs(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let last = "SELECT coalesce(max(number), 0) FROM cryptopocket_inbox_keys WHERE number < 1 << ?";
    sqlx::query_scalar(last)
        .bind(RUN_BITS)
        .fetch_one(connection)
        .await
}

/// The hash of the key of an event, and when it was received.
async fn event_at(connection: &mut SqliteConnection, seq: i64) -> Result<Option<(u64, i64)>, sqlx::Error> {
    let event = "SELECT key, received_at FROM cryptopocket_inbox_events WHERE seq = ?";
    let found = sqlx::query(event).bind(seq).fetch_optional(connection).await?;
    found
        .map(|row| Ok((hash(row.try_get(0)?), row.try_get(1)?)))
        .transpose()
}

fn failed(error: sqlx::Error) -> Error {
    of_sqlx("the keys of the inbox could not be read", error)
}

fn entries(row: &[u8]) -> impl Iterator<Item = (u64, i64)> {
    row.chunks_exact(ENTRY).filter_map(|entry| {
        let (hash, seq) = entry.split_first_chunk()?;
        Some((
            u64::from_be_bytes(*hash),
            i64::from_be_bytes(seq.try_into().ok()?),
        ))
    })
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

/// The row of a run that holds a hash.
fn row_of(hash: u64) -> u64 {
    hash >> (64 - ROWS.trailing_zeros())
}

/// The first and the last number that this row can have in a run.
fn numbers(row: u64) -> (i64, i64) {
    let first = i64::try_from(row << RUN_BITS).unwrap_or(i64::MAX);
    (first, first + ((1 << RUN_BITS) - 1))
}

#[cfg(test)]
mod tests;
