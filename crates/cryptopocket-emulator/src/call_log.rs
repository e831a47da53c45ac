//! The last calls of the API and their answers, with secrets and files redacted.

mod redaction;

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::store::OrderedMap;

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

/// The last thousand calls of the API by number.
///
/// A call alone causes no write of the state file, so that reads do not wait for the disk: it goes along with the next
/// change, or with the closing of the file.
#[derive(Debug, Default)]
pub struct CallLog {
    entries: OrderedMap<u64, Entry>,
    /// The number of the last call.
    last: u64,
}

impl CallLog {
    /// Adds a call and numbers it.
    pub(crate) fn add(&mut self, mut entry: Entry) {
        entry.number = self.last + 1;
        self.restore(entry);
    }

    /// How often an operation was called, among the calls that are kept.
    pub fn count(&self, operation: &str) -> usize {
        let called = |entry: &&Entry| entry.operation == operation;
        self.values().filter(called).count()
    }

    /// The calls after the call with number `after`, oldest first.
    pub fn since(&self, after: u64) -> Vec<&Entry> {
        let later = self.range(after.saturating_add(1)..);
        later.map(|(_, entry)| entry).collect()
    }

    /// Adds a call that has its number. They come in the order of their numbers.
    pub(crate) fn restore(&mut self, entry: Entry) {
        self.last = entry.number;
        self.entries.insert(entry.number, entry);
        if self.len() > KEPT {
            self.entries.drop_first();
        }
    }

    /// Leaves numbers unused for calls that may have been shown but were not saved before the process was killed.
    pub(crate) fn leave_a_gap(&mut self) {
        self.last += KEPT as u64;
    }
}

impl Deref for CallLog {
    type Target = OrderedMap<u64, Entry>;

    fn deref(&self) -> &OrderedMap<u64, Entry> {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{CallLog, Entry, KEPT, received, written};
    use crate::store::Store as _;

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
        log.track(true);
        called(&mut log, 3);
        let numbers = |log: &CallLog| -> Vec<(u64, bool)> {
            let changes = log.records("call", true).into_iter();
            changes
                .map(|(number, entry)| (number[5..].parse().unwrap(), entry.is_some()))
                .collect()
        };
        assert_eq!(numbers(&log), [(1, true), (2, true), (3, true)]);
        assert!(numbers(&log).is_empty());
        called(&mut log, KEPT - 1);
        let changes = numbers(&log);
        assert_eq!(
            (changes.len(), &changes[..3]),
            (KEPT + 1, &[(1, false), (2, false), (4, true)][..])
        );
        called(&mut log, 3 * KEPT);
        assert_eq!(numbers(&log).len(), 2 * KEPT);
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
