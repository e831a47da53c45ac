//! The journal in the state file. No call makes a write of its own by being logged, so that reads do not wait for the
//! disk: what was called since the last write goes along with the next, or with the closing of the file.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{CallLog, Entry, KEPT, LoggedBody, view};
use crate::catalogue::known;
use crate::moment::Moment;

#[derive(Serialize, Deserialize)]
struct Saved<'a> {
    number: u64,
    at: Moment,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    query: Cow<'a, str>,
    body: Box<RawValue>,
    status: Option<u16>,
    reply: Box<RawValue>,
    fault: Option<String>,
}

fn saved(number: u64, entry: &Entry) -> String {
    let shown = view(number, entry);
    let saved = Saved {
        number,
        at: entry.at,
        operation: shown.operation.into(),
        method: shown.method.into(),
        path: shown.path.into(),
        query: shown.query,
        body: shown.body,
        status: shown.status,
        reply: shown.reply,
        fault: shown.fault.map(str::to_owned),
    };
    serde_json::to_string(&saved).unwrap_or_default()
}

impl CallLog {
    /// What is remembered, by number, as JSON.
    pub fn records(&self) -> impl Iterator<Item = (u64, String)> + '_ {
        self.records_from(0)
    }

    fn records_from(&self, first: u64) -> impl Iterator<Item = (u64, String)> + '_ {
        let skipped = self.entries.partition_point(|(number, _)| *number < first);
        self.entries
            .iter()
            .skip(skipped)
            .map(|(number, entry)| (*number, saved(*number, entry)))
    }

    /// Takes all that is remembered for saved.
    pub fn is_saved(&mut self) {
        let first = self
            .entries
            .front()
            .map_or(self.written + 1, |(number, _)| *number);
        self.saved = first..self.written + 1;
    }

    /// What has to be written down and what has to go, and takes it for saved.
    pub fn unsaved(&mut self) -> Vec<(u64, Option<String>)> {
        let before = self.saved.clone();
        let mut changes: Vec<_> = self
            .records_from(before.end)
            .map(|(number, json)| (number, Some(json)))
            .collect();
        self.is_saved();
        let gone = before.start..before.end.min(self.saved.start);
        changes.extend(gone.map(|number| (number, None)));
        changes
    }

    /// Takes up an entry that was written down, if it makes sense. They come in the order of their numbers.
    pub fn restore(&mut self, json: &str) -> Option<()> {
        let saved: Saved<'_> = serde_json::from_str(json).ok()?;
        let entry = Entry {
            at: saved.at,
            operation: known(&saved.operation),
            method: saved.method.parse().ok()?,
            path: saved.path.into_owned(),
            query: saved.query.into_owned(),
            body: LoggedBody::Shown(saved.body),
            status: saved.status,
            reply: LoggedBody::Shown(saved.reply),
            fault: saved.fault.as_deref().map(known),
        };
        self.written = saved.number;
        self.entries.push_back((saved.number, entry));
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
        Some(())
    }

    /// Leaves out the numbers of calls that were perhaps shown and not saved before the process was killed.
    pub fn leave_a_gap(&mut self) {
        self.written += KEPT as u64;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Method;

    use super::{CallLog, Entry, KEPT, LoggedBody, Moment};

    fn called(journal: &mut CallLog, times: usize) {
        for _ in 0..times {
            let body = Bytes::from_static(br#"{"api_secret":"s3cret","file":"data:a/b;base64,QUJD"}"#);
            journal.add(Entry {
                at: Moment::from_micros(1),
                operation: "authenticate",
                method: Method::POST,
                path: "/api/authenticate".to_owned(),
                query: String::new(),
                body: LoggedBody::received(&body, false),
                status: Some(200),
                reply: LoggedBody::written(&Bytes::new()),
                fault: None,
            });
        }
    }

    #[test]
    fn each_entry_is_written_down_once_and_goes_when_it_is_forgotten() {
        let mut journal = CallLog::default();
        journal.is_saved();
        called(&mut journal, 3);
        let numbers = |journal: &mut CallLog| -> Vec<(u64, bool)> {
            let changes = journal.unsaved().into_iter();
            changes.map(|(number, json)| (number, json.is_some())).collect()
        };
        assert_eq!(numbers(&mut journal), [(1, true), (2, true), (3, true)]);
        assert!(numbers(&mut journal).is_empty());
        called(&mut journal, KEPT - 1);
        let changes = numbers(&mut journal);
        assert_eq!((changes.len(), changes.last()), (KEPT + 1, Some(&(2, false))));
        called(&mut journal, 3 * KEPT);
        assert_eq!(numbers(&mut journal).len(), 2 * KEPT);
    }

    #[test]
    fn what_is_written_down_holds_no_secret_and_reads_the_same_again() {
        let mut journal = CallLog::default();
        called(&mut journal, 2);
        let records: Vec<_> = journal.records().collect();
        assert!(
            !records[0].1.contains("s3cret") && !records[0].1.contains("QUJD"),
            "{records:?}"
        );
        let mut again = CallLog::default();
        for (_, json) in &records {
            again.restore(json).unwrap();
        }
        assert_eq!(again.records().collect::<Vec<_>>(), records);
    }
}
