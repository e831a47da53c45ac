//! The last calls of the API and their answers, with secrets and files redacted.

mod redaction;

use std::collections::VecDeque;
use std::ops::{Deref, Range};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::store::json;

pub(crate) use redaction::{received, redacted_query, written};

/// How many calls are kept.
const KEPT: usize = 1_000;

/// A call of the API and its answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Counts calls, from 1.
    pub number: u64,
    /// When it was answered on the virtual clock.
    pub at: String,
    /// The operation, such as `create_payment`.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path, `/api` included.
    pub path: String,
    /// The query, redacted.
    pub query: String,
    /// The request's body, redacted; forms as JSON objects.
    pub body: Box<RawValue>,
    /// The status; `None` if the connection was closed without an answer.
    pub status: Option<u16>,
    /// The answer's body, redacted.
    pub reply: Box<RawValue>,
    /// The fault that struck the call.
    pub fault: Option<String>,
}

impl Entry {
    /// The answer's `status`, and the code of its error.
    pub fn word(&self) -> String {
        #[derive(Deserialize)]
        struct Said {
            status: String,
            error: Option<String>,
        }
        let said: Option<Said> = serde_json::from_str(self.reply.get()).ok();
        said.map_or_else(String::new, |said| match said.error {
            Some(error) => format!("{} {error}", said.status),
            None => said.status,
        })
    }
}

/// The last thousand calls of the API.
#[derive(Debug, Default)]
pub struct CallLog {
    entries: VecDeque<Entry>,
    /// The number of the last call.
    last: u64,
    /// The numbers of the calls that are in the state file.
    saved: Range<u64>,
}

impl CallLog {
    /// Adds a call and numbers it.
    pub(crate) fn add(&mut self, mut entry: Entry) {
        self.last += 1;
        entry.number = self.last;
        self.keep(entry);
    }

    fn keep(&mut self, entry: Entry) {
        self.entries.push_back(entry);
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
    }

    /// How often an operation was called, among the calls that are kept.
    pub fn count(&self, operation: &str) -> usize {
        let called = |entry: &&Entry| entry.operation == operation;
        self.entries.iter().filter(called).count()
    }

    /// The calls after the call with number `after`, oldest first.
    pub fn since(&self, after: u64) -> Vec<&Entry> {
        self.from(after.saturating_add(1)).collect()
    }

    fn from(&self, first: u64) -> impl Iterator<Item = &Entry> {
        let skipped = self.entries.partition_point(|entry| entry.number < first);
        self.entries.iter().skip(skipped)
    }

    /// Marks all calls as saved. A call alone causes no write, so that reads do not wait for the disk: calls since the
    /// last write go along with the next, or with the closing of the file.
    pub(crate) fn is_saved(&mut self) {
        let first = self.entries.front().map_or(self.last + 1, |entry| entry.number);
        self.saved = first..self.last + 1;
    }

    /// The calls to write and, without a value, those to remove; marks them as saved.
    pub(crate) fn unsaved(&mut self) -> Vec<(String, Option<String>)> {
        let before = self.saved.clone();
        let added = self
            .from(before.end)
            .map(|entry| (name(entry.number), Some(json(entry))));
        let mut changes: Vec<_> = added.collect();
        self.is_saved();
        let removed = before.start..before.end.min(self.saved.start);
        changes.extend(removed.map(|number| (name(number), None)));
        changes
    }

    /// All calls as records of the state file.
    pub(crate) fn records(&self) -> Vec<(String, String)> {
        let entries = self.entries.iter();
        entries.map(|entry| (name(entry.number), json(entry))).collect()
    }

    /// Restores a call. They come in the order of their numbers.
    pub(crate) fn restore(&mut self, entry: Entry) {
        self.last = entry.number;
        self.keep(entry);
    }

    /// Leaves numbers unused for calls that may have been shown but were not saved before the process was killed.
    pub(crate) fn leave_a_gap(&mut self) {
        self.last += KEPT as u64;
    }
}

/// The calls that are kept, oldest first.
impl Deref for CallLog {
    type Target = VecDeque<Entry>;

    fn deref(&self) -> &VecDeque<Entry> {
        &self.entries
    }
}

/// The name of a call in the state file.
fn name(number: u64) -> String {
    format!("call/{number:020}")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{CallLog, Entry, KEPT, received, written};

    fn called(log: &mut CallLog, times: usize) {
        for _ in 0..times {
            let body = Bytes::from_static(br#"{"api_secret":"s3cret","file":"data:a/b;base64,QUJD"}"#);
            log.add(Entry {
                number: 0,
                at: String::new(),
                operation: "authenticate".to_owned(),
                method: "POST".to_owned(),
                path: "/api/authenticate".to_owned(),
                query: String::new(),
                body: received(&body, false),
                status: Some(200),
                reply: written(&[]),
                fault: None,
            });
        }
    }

    #[test]
    fn each_entry_is_saved_once_and_removed_when_dropped() {
        let mut log = CallLog::default();
        log.is_saved();
        called(&mut log, 3);
        let numbers = |log: &mut CallLog| -> Vec<(u64, bool)> {
            let changes = log.unsaved().into_iter();
            changes
                .map(|(number, entry)| (number[5..].parse().unwrap(), entry.is_some()))
                .collect()
        };
        assert_eq!(numbers(&mut log), [(1, true), (2, true), (3, true)]);
        assert!(numbers(&mut log).is_empty());
        called(&mut log, KEPT - 1);
        let changes = numbers(&mut log);
        assert_eq!((changes.len(), changes.last()), (KEPT + 1, Some(&(2, false))));
        called(&mut log, 3 * KEPT);
        assert_eq!(numbers(&mut log).len(), 2 * KEPT);
    }

    #[test]
    fn saved_entries_hold_no_secret_and_read_back_the_same() {
        let mut log = CallLog::default();
        called(&mut log, 2);
        let json = serde_json::to_string(&log.since(0)).unwrap();
        assert!(!json.contains("s3cret") && !json.contains("QUJD"), "{json}");
        let mut again = CallLog::default();
        let entries: Vec<Entry> = serde_json::from_str(&json).unwrap();
        for entry in entries {
            again.restore(entry);
        }
        assert_eq!(serde_json::to_string(&again.since(0)).unwrap(), json);
    }
}
