//! Recording the shapes of a session's calls.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::Method;

use super::folder::Folder;
use super::name::is_field_name;
use super::{Shape, ShapeRecord};

/// One request and its answer, as far as their shapes are concerned.
pub(crate) struct Exchange<'a> {
    pub(crate) operation: &'static str,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) url: &'a str,
    pub(crate) is_form: bool,
    pub(crate) request: &'a Bytes,
    pub(crate) status: u16,
    pub(crate) reply: &'a Bytes,
    pub(crate) succeeded: bool,
}

/// Writes the shapes of calls to a folder. It never fails a call.
#[derive(Debug)]
pub(crate) struct Recorder {
    folder: Folder,
    /// What the files hold as far as this process knows: they are written only if a call adds something.
    known: Mutex<HashMap<String, ShapeRecord>>,
    has_warned: AtomicBool,
}

impl Recorder {
    pub(crate) fn new(path: PathBuf, random: u64) -> Self {
        Self {
            folder: Folder::new(path, random),
            known: Mutex::default(),
            has_warned: AtomicBool::new(false),
        }
    }

    pub(crate) fn record(&self, exchange: &Exchange<'_>) {
        /// Paths of raw calls can be many.
        const FILES: usize = 300;
        let seen = exchange.record();
        let name = seen.file_name();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = known.len() >= FILES;
        match known.entry(name) {
            Entry::Occupied(mut entry) => {
                let mut merged = entry.get().clone();
                if merged.merge(&seen)
                    && let Some(stored) = self.store(&merged)
                {
                    entry.insert(stored);
                }
            }
            Entry::Vacant(entry) => {
                if !is_full && let Some(stored) = self.store(&seen) {
                    entry.insert(stored);
                }
            }
        }
    }

    fn store(&self, record: &ShapeRecord) -> Option<ShapeRecord> {
        match self.folder.merge(record) {
            Ok(stored) => Some(stored),
            Err(error) => {
                if !self.has_warned.swap(true, Ordering::Relaxed) {
                    tracing::warn!(kind = %error.kind(), "shapes of calls cannot be recorded; calls go on");
                }
                None
            }
        }
    }
}

impl Exchange<'_> {
    fn record(&self) -> ShapeRecord {
        let class = self.status / 100;
        let refused = if self.succeeded || class != 2 {
            ""
        } else {
            "-refused"
        };
        let outcome = format!("{class}xx{refused}");
        let path = if self.operation == "raw" {
            template(self.path)
        } else {
            self.path.to_owned()
        };
        let mut record = ShapeRecord::new(self.operation, self.method.as_str(), &path, &outcome);
        if let Some((_, query)) = self.url.split_once('?') {
            record.query = Shape::of_form(query);
        }
        if !self.request.is_empty() {
            let body = String::from_utf8_lossy(self.request);
            record.request = if self.is_form {
                Shape::of_form(&body)
            } else {
                Shape::of_json(&body)
            };
        }
        record.reply = Shape::of_json(&String::from_utf8_lossy(self.reply));
        record
    }
}

/// The path of a raw call without what may be an id.
fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let words = segment.replace(['-', '.'], "_");
        if segment.starts_with('{') || !segment.is_empty() && !words.split('_').all(is_field_name) {
            "{id}"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}
