//! The calls of the store in memory.

use cryptopocket_types::Timestamp;

use super::table::Table;
use crate::error::{Error, Result};
use crate::journal::{CallCounts, Calls, Entry, MOST_ANSWERS, Phase, Selection, StoredAnswer};
use crate::store::StoredBody;

#[derive(Debug, Clone)]
pub(super) struct Call {
    entry: Entry,
    answers: Vec<StoredAnswer>,
}

impl Table {
    /// Changes those of all calls for which `is_one` holds, drops their answers, and returns their number.
    fn drop_answers(&mut self, is_one: impl Fn(&Entry) -> bool, change: impl Fn(&mut Entry)) -> u64 {
        let ones = self.calls.values().map(|call| &call.entry);
        let mut ones: Vec<_> = ones.filter(|entry| is_one(entry)).cloned().collect();
        for entry in &mut ones {
            change(entry);
            let call = Call {
                entry: entry.clone(),
                answers: Vec::new(),
            };
            self.calls.set(entry.key.clone(), Some(call));
        }
        ones.len() as u64
    }
}

impl Calls for Table {
    async fn add_call(&mut self, intent: Entry) -> Result<()> {
        if !self.calls.contains_key(&intent.key) {
            let seq = i64::try_from(self.calls.len()).unwrap_or(i64::MAX - 1) + 1;
            let call = Call {
                entry: Entry { seq, ..intent },
                answers: Vec::new(),
            };
            self.calls.set(call.entry.key.clone(), Some(call));
        }
        Ok(())
    }

    async fn lock_call(&mut self, key: &str) -> Result<Entry> {
        let call = self.calls.get(key).ok_or_else(Error::lease_lost)?;
        Ok(call.entry.clone())
    }

    async fn save_call(&mut self, entry: Entry) -> Result<()> {
        let answers = self.calls.get(&entry.key).map(|call| call.answers.clone());
        let answers = answers.unwrap_or_default();
        self.calls.set(entry.key.clone(), Some(Call { entry, answers }));
        Ok(())
    }

    async fn add_answers(&mut self, key: &str, at: Timestamp, answers: Vec<StoredBody>) -> Result<()> {
        let mut call = self.calls.get(key).ok_or_else(Error::lease_lost)?.clone();
        let answers = answers.into_iter().map(|body| StoredAnswer { at, body });
        call.answers.extend(answers);
        let surplus = call.answers.len().saturating_sub(MOST_ANSWERS);
        call.answers.drain(..surplus);
        self.calls.set(key.to_owned(), Some(call));
        Ok(())
    }

    async fn calls(&mut self, selection: Selection, limit: u32) -> Result<Vec<Entry>> {
        let is_selected = |entry: &&Entry| match &selection {
            Selection::Open { after } => entry.phase.is_open() && entry.seq > *after,
            Selection::Due { now, furthest } => entry.is_due(*now, *furthest),
            Selection::Key(key) => entry.key == *key,
            Selection::Object(object) => entry.object.as_ref() == Some(object),
        };
        let found = self.calls.values().map(|call| &call.entry).filter(is_selected);
        let mut found: Vec<_> = found.cloned().collect();
        found.sort_unstable_by_key(|entry| match selection {
            Selection::Due { .. } => (entry.due_at, entry.seq),
            _ => (None, entry.seq),
        });
        found.truncate(limit as usize);
        Ok(found)
    }

    async fn answers(&mut self, key: String) -> Result<Vec<StoredAnswer>> {
        let answers = self.calls.get(&key).map(|call| call.answers.clone());
        Ok(answers.unwrap_or_default())
    }

    async fn call_counts(&mut self) -> Result<CallCounts> {
        let mut counts = CallCounts::default();
        for Call { entry, .. } in self.calls.values() {
            counts.add(entry.phase, 1, entry.begun_at);
        }
        Ok(counts)
    }

    async fn finish_calls(&mut self, object: String, at: Timestamp) -> Result<u64> {
        let is_open = |entry: &Entry| {
            entry.object.as_ref() == Some(&object) && entry.phase == Phase::Done && entry.final_at.is_none()
        };
        Ok(self.drop_answers(is_open, |entry| entry.final_at = Some(at)))
    }

    async fn erase_calls(&mut self, before: Timestamp) -> Result<u64> {
        let is_old = |entry: &Entry| !entry.erased && entry.final_at.is_some_and(|at| at <= before);
        Ok(self.drop_answers(is_old, |entry| {
            entry.request.bytes.clear();
            (entry.request.sealed_with, entry.answer, entry.erased) = (None, None, true);
        }))
    }
}
