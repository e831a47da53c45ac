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
        let is_one = |Call { entry, .. }: &Call| {
            entry.object.as_ref() == Some(&object) && entry.phase == Phase::Done && entry.final_at.is_none()
        };
        Ok(self.calls.change_each(is_one, |Call { entry, answers }| {
            entry.final_at = Some(at);
            answers.clear();
        }))
    }

    async fn erase_calls(&mut self, before: Timestamp) -> Result<u64> {
        let is_one =
            |Call { entry, .. }: &Call| !entry.erased && entry.final_at.is_some_and(|at| at <= before);
        Ok(self.calls.change_each(is_one, |Call { entry, answers }| {
            (entry.request, entry.answer, entry.erased) = (StoredBody::default(), None, true);
            answers.clear();
        }))
    }
}
