//! The store in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cryptopocket_types::Timestamp;
use cryptopocket_webhooks::Sighting;
use tokio::sync::{Mutex, MutexGuard, Notify};

use super::row::Row;
use super::table::Table;
use crate::error::Error;
use crate::identity::released_key;
use crate::store::{
    Counts, Done, EventState, Filter, Lease, Leased, NewEvent, Outcome, Quarantined, Resolution, Settle,
    Settlement, Store, Stored, Summary, Work,
};

/// A store in memory, for tests and simulations. It loses everything when it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    wake: Notify,
    closed: AtomicBool,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[derive(Default, Clone)]
struct State {
    rows: Vec<Row>,
    by_key: BTreeMap<String, usize>,
    quarantine: Vec<Content>,
    table: Table,
}

#[derive(Clone)]
struct Content {
    event: NewEvent,
    deliveries: u32,
    resolved: bool,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// What handlers have written and committed.
    pub async fn table(&self) -> BTreeMap<String, String> {
        (*self.state.lock().await.table).clone()
    }

    /// Opens a transaction, which is rolled back unless it is committed.
    pub(super) async fn open(&self) -> Result<Open<'_>, Error> {
        Ok(Open(self.state().await?))
    }

    /// A copy of everything that is committed, as a backup makes it.
    pub async fn back_up(&self) -> Self {
        Self {
            state: Mutex::new(self.state.lock().await.clone()),
            ..Self::default()
        }
    }

    /// Puts a backup in place of everything.
    pub async fn restore(&self, backup: Self) {
        *self.state.lock().await = backup.state.into_inner();
    }

    async fn state(&self) -> Result<MutexGuard<'_, State>, Error> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::closed());
        }
        Ok(self.state.lock().await)
    }
}

/// A transaction. A crash or a cancellation in the middle drops it.
pub(super) struct Open<'a>(MutexGuard<'a, State>);

impl Open<'_> {
    pub(super) fn table(&mut self) -> &mut Table {
        &mut self.0.table
    }

    pub(super) fn commit(mut self) {
        self.0.table.commit();
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.table.roll_back();
    }
}

impl State {
    fn add(&mut self, event: NewEvent, due_at: Timestamp) {
        self.by_key.insert(event.key.clone(), self.rows.len());
        self.rows.push(Row::fresh(event, due_at));
    }

    fn held(&mut self, lease: Lease) -> Result<&mut Row, Error> {
        usize::try_from(lease.seq - 1)
            .ok()
            .and_then(|index| self.rows.get_mut(index))
            .filter(|row| row.holds(lease.token))
            .ok_or_else(Error::lease_lost)
    }

    fn numbered(&mut self) -> impl Iterator<Item = (i64, &mut Row)> {
        (1..).zip(&mut self.rows)
    }

    fn selected(&self, filter: &Filter, limit: u32) -> impl Iterator<Item = (i64, &Row)> {
        let selected = (1..)
            .zip(&self.rows)
            .filter(|(seq, row)| matches(filter, *seq, row));
        selected.take(limit as usize)
    }
}

fn matches(filter: &Filter, seq: i64, row: &Row) -> bool {
    seq > filter.after.unwrap_or(0)
        && filter.since.is_none_or(|since| row.event.received_at >= since)
        && filter.state.is_none_or(|state| row.state == state)
        && filter.key.as_ref().is_none_or(|key| row.event.key == *key)
}

impl Store for MemoryStore {
    type Transaction = Table;

    async fn insert(&self, event: NewEvent) -> Result<Sighting, Error> {
        let mut state = self.state().await?;
        let Some(&known) = state.by_key.get(&event.key) else {
            let due_at = event.received_at;
            state.add(event, due_at);
            drop(state);
            self.wake.notify_one();
            return Ok(Sighting::New);
        };
        if state.rows[known].event.fingerprint == event.fingerprint {
            return Ok(Sighting::Duplicate);
        }
        let same = |content: &&mut Content| {
            content.event.key == event.key && content.event.fingerprint == event.fingerprint
        };
        if let Some(content) = state.quarantine.iter_mut().find(same) {
            content.deliveries += 1;
            return Ok(Sighting::Duplicate);
        }
        state.quarantine.push(Content {
            event,
            deliveries: 1,
            resolved: false,
        });
        Ok(Sighting::Changed)
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Leased>, Error> {
        let mut state = self.state().await?;
        let mut due: Vec<_> = state.numbered().filter(|(_, row)| row.is_due(now)).collect();
        due.sort_by_key(|(seq, row)| (row.due_at, *seq));
        due.truncate(limit as usize);
        due.sort_by_key(|(seq, _)| *seq);
        let claimed = due.into_iter().map(|(seq, row)| {
            row.claim(now, lease);
            Leased {
                lease: Lease {
                    seq,
                    token: row.token,
                },
                key: row.event.key.clone(),
                body: row.body(),
                received_at: row.event.received_at,
                signed_at: row.event.signed_at,
                attempts: row.attempts,
                lost: row.lost,
            }
        });
        Ok(claimed.collect())
    }

    async fn complete(
        &self,
        lease: Lease,
        done: Done,
        work: Work<Table>,
        settle: Settle,
    ) -> Result<Outcome, Error> {
        let mut open = self.open().await?;
        open.0.held(lease)?;
        match work(open.table()).await {
            Ok(()) => {
                let row = open.0.held(lease)?;
                row.finish(done.at);
                if let Some(body) = done.body {
                    row.event.body = body;
                }
                open.commit();
                Ok(Outcome::Done)
            }
            Err(failure) => {
                let settlement = settle(&failure);
                open.0.held(lease)?.settle(settlement.clone());
                Ok(Outcome::Failed(settlement))
            }
        }
    }

    async fn settle(&self, lease: Lease, settlement: Settlement) -> Result<(), Error> {
        self.state().await?.held(lease)?.settle(settlement);
        Ok(())
    }

    async fn extend(&self, lease: Lease, until: Timestamp) -> Result<(), Error> {
        self.state().await?.held(lease)?.due_at = until;
        Ok(())
    }

    async fn replay(&self, filter: Filter, now: Timestamp) -> Result<u64, Error> {
        let mut state = self.state().await?;
        let replayed = state
            .numbered()
            .filter(|(seq, row)| matches(&filter, *seq, row) && !row.body_erased)
            .filter_map(|(_, row)| row.replay(now).then_some(()))
            .count();
        drop(state);
        self.wake.notify_one();
        Ok(replayed as u64)
    }

    async fn erase_bodies(&self, before: Timestamp) -> Result<u64, Error> {
        let mut state = self.state().await?;
        let mut erased = 0;
        for row in &mut state.rows {
            let old = row.settled_at.is_some_and(|at| at < before);
            if row.state == EventState::Done && old && !row.body_erased {
                row.body_erased = true;
                row.event.body.bytes.clear();
                erased += 1;
            }
        }
        Ok(erased)
    }

    async fn list(&self, filter: Filter, limit: u32) -> Result<Vec<Summary>, Error> {
        let state = self.state().await?;
        let found = state.selected(&filter, limit);
        let summaries = found.map(|(seq, row)| Summary {
            seq,
            key: row.event.key.clone(),
            name: row.event.name.clone(),
            object_id: row.event.object_id.clone(),
            state: row.state,
            received_at: row.event.received_at,
            due_at: row.due_at,
            attempts: row.attempts,
            lost: row.lost,
            reason: row.reason.clone(),
        });
        Ok(summaries.collect())
    }

    async fn read(&self, filter: Filter, limit: u32) -> Result<Vec<Stored>, Error> {
        let state = self.state().await?;
        let found = state.selected(&filter, limit);
        let stored = found.map(|(seq, row)| Stored {
            seq,
            key: row.event.key.clone(),
            body: row.body(),
            received_at: row.event.received_at,
            signed_at: row.event.signed_at,
            attempts: row.attempts,
        });
        Ok(stored.collect())
    }

    async fn quarantined(&self, limit: u32) -> Result<Vec<Quarantined>, Error> {
        let state = self.state().await?;
        let open = (1..)
            .zip(&state.quarantine)
            .filter(|(_, content)| !content.resolved);
        let found = open.take(limit as usize);
        let entries = found.map(|(id, content)| Quarantined {
            id,
            key: content.event.key.clone(),
            body: Some(content.event.body.clone()),
            received_at: content.event.received_at,
            deliveries: content.deliveries,
        });
        Ok(entries.collect())
    }

    async fn resolve(&self, id: i64, resolution: Resolution, now: Timestamp) -> Result<bool, Error> {
        let mut state = self.state().await?;
        let content = usize::try_from(id - 1)
            .ok()
            .and_then(|index| state.quarantine.get_mut(index))
            .filter(|content| !content.resolved);
        let Some(content) = content else { return Ok(false) };
        content.resolved = true;
        if resolution == Resolution::Release {
            let mut event = content.event.clone();
            event.key = released_key(&event.key, &event.fingerprint);
            state.add(event, now);
            drop(state);
            self.wake.notify_one();
        }
        Ok(true)
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts, Error> {
        let state = self.state().await?;
        let mut counts = Counts {
            quarantined: state
                .quarantine
                .iter()
                .filter(|content| !content.resolved)
                .count() as u64,
            ..Counts::default()
        };
        for row in &state.rows {
            match row.state {
                EventState::Ready if row.due_at <= now => counts.ready += 1,
                EventState::Ready => counts.scheduled += 1,
                EventState::Leased => counts.leased += 1,
                EventState::Dead => counts.dead += 1,
                EventState::Done => {}
            }
            if matches!(row.state, EventState::Ready | EventState::Leased) {
                let oldest = counts.oldest.get_or_insert(row.event.received_at);
                *oldest = (*oldest).min(row.event.received_at);
            }
        }
        Ok(counts)
    }

    async fn done(&self) -> Result<u64, Error> {
        let state = self.state().await?;
        let done = state.rows.iter().filter(|row| row.state == EventState::Done);
        Ok(done.count() as u64)
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }

    async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}
