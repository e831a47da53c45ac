//! A journal in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::journal::{
    Begun, CallCounts, Entry, JournalStore, MOST_ANSWERS, NewEntry, Phase, Record, Selection, StoredAnswer,
};
use crate::store::StoredBody;

/// A journal in memory, for tests and simulations. It loses everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    entries: Mutex<BTreeMap<String, Row>>,
}

#[derive(Debug, Clone)]
struct Row {
    entry: Entry,
    answers: Vec<StoredAnswer>,
}

impl Row {
    fn add(&mut self, at: Timestamp, answers: Vec<StoredBody>) {
        let is_final = self.entry.phase == Phase::Done && self.entry.final_at.is_some();
        if self.entry.erased || is_final {
            return;
        }
        self.answers
            .extend(answers.into_iter().map(|body| StoredAnswer { at, body }));
        let surplus = self.answers.len().saturating_sub(MOST_ANSWERS);
        self.answers.drain(..surplus);
    }
}

impl MemoryJournal {
    /// A copy of everything, as a backup makes it.
    pub async fn back_up(&self) -> Self {
        Self {
            entries: Mutex::new(self.entries.lock().await.clone()),
        }
    }

    /// Puts a backup in place of everything.
    pub async fn restore(&self, backup: Self) {
        *self.entries.lock().await = backup.entries.into_inner();
    }
}

impl JournalStore for MemoryJournal {
    async fn begin(&self, new: NewEntry, now: Timestamp, hold: Duration) -> Result<Begun, Error> {
        let mut entries = self.entries.lock().await;
        let furthest = new.furthest;
        let seq = i64::try_from(entries.len()).unwrap_or(i64::MAX).saturating_add(1);
        let row = entries.entry(new.key.clone()).or_insert_with(|| Row {
            entry: Entry::fresh(seq, new, now),
            answers: Vec::new(),
        });
        if !row.entry.take_up(now, hold, furthest) {
            let until = row.entry.held_until;
            return Ok(Begun::Busy { until });
        }
        Ok(Begun::Held(Box::new(row.entry.clone())))
    }

    async fn record(&self, key: &str, token: i64, mut record: Record) -> Result<Entry, Error> {
        let mut entries = self.entries.lock().await;
        let row = entries.get_mut(key).ok_or_else(Error::lease_lost)?;
        let (at, answers) = (record.at, std::mem::take(&mut record.answers));
        let counts = row.entry.record(token, record);
        row.add(at, answers);
        counts.then(|| row.entry.clone()).ok_or_else(Error::lease_lost)
    }

    async fn select(&self, selection: Selection, limit: u32) -> Result<Vec<Entry>, Error> {
        let entries = self.entries.lock().await;
        let is_selected = |entry: &&Entry| match &selection {
            Selection::Open { after } => entry.phase.is_open() && entry.seq > *after,
            Selection::Due { now, furthest } => entry.is_due(*now, *furthest),
            Selection::Key(key) => entry.key == *key,
            Selection::Object(object) => entry.object.as_ref() == Some(object),
        };
        let found = entries.values().map(|row| &row.entry).filter(is_selected);
        let mut found: Vec<_> = found.cloned().collect();
        found.sort_unstable_by_key(|entry| match selection {
            Selection::Due { .. } => (entry.due_at, entry.seq),
            _ => (None, entry.seq),
        });
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn answers(&self, key: &str) -> Result<Vec<StoredAnswer>, Error> {
        let entries = self.entries.lock().await;
        Ok(entries
            .get(key)
            .map(|row| row.answers.clone())
            .unwrap_or_default())
    }

    async fn call_counts(&self) -> Result<CallCounts, Error> {
        let entries = self.entries.lock().await;
        let mut counts = CallCounts::default();
        for row in entries.values() {
            counts.add(row.entry.phase, 1, row.entry.begun_at);
        }
        Ok(counts)
    }

    async fn finish(&self, object: &str, at: Timestamp) -> Result<u64, Error> {
        let mut entries = self.entries.lock().await;
        let mut finished = 0;
        for Row { entry, answers, .. } in entries.values_mut() {
            let is_of = entry.object.as_deref() == Some(object) && entry.phase == Phase::Done;
            if is_of && entry.final_at.is_none() {
                entry.final_at = Some(at);
                answers.clear();
                finished += 1;
            }
        }
        Ok(finished)
    }

    async fn erase_final(&self, before: Timestamp) -> Result<u64, Error> {
        let mut entries = self.entries.lock().await;
        let mut erased = 0;
        for Row { entry, answers, .. } in entries.values_mut() {
            if !entry.erased && entry.final_at.is_some_and(|at| at <= before) {
                entry.request = StoredBody {
                    bytes: Vec::new(),
                    sealed_with: None,
                };
                (entry.answer, entry.erased) = (None, true);
                answers.clear();
                erased += 1;
            }
        }
        Ok(erased)
    }
}
