//! Recording the shapes of a session's calls.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;

use super::folder::Folder;
use super::name::is_field_name;
use super::{Shape, ShapeRecord};
use crate::call::Call;

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

    pub(crate) fn record(&self, call: &Call, status: u16, reply: &Bytes, succeeded: bool) {
        /// Paths of raw calls can be many.
        const FILES: usize = 300;
        let seen = shapes(call, status, reply, succeeded);
        let name = seen.file_name();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let news = match known.get(&name) {
            Some(before) => {
                let mut merged = before.clone();
                merged.merge(&seen).then_some(merged)
            }
            None => (known.len() < FILES).then_some(seen),
        };
        let Some(news) = news else {
            return;
        };
        match self.folder.merge(&news) {
            Ok(stored) => drop(known.insert(name, stored)),
            Err(error) if !self.has_warned.swap(true, Ordering::Relaxed) => {
                tracing::warn!(kind = %error.kind(), "shapes of calls cannot be recorded; calls go on");
            }
            Err(_) => {}
        }
    }
}

/// The shapes of one request and its answer.
fn shapes(call: &Call, status: u16, reply: &Bytes, succeeded: bool) -> ShapeRecord {
    let (operation, request) = (call.operation, &call.request);
    let class = status / 100;
    let refused = if succeeded || class != 2 { "" } else { "-refused" };
    let outcome = format!("{class}xx{refused}");
    let path = if operation.is_raw() {
        template(&call.template)
    } else {
        call.template.to_string()
    };
    let mut record = ShapeRecord::new(operation.id, request.method.as_str(), &path, &outcome);
    if let Some((_, query)) = request.url.split_once('?') {
        record.query = Shape::of_form(query);
    }
    if !request.body.is_empty() {
        let body = String::from_utf8_lossy(&request.body);
        let form = request.headers.get(CONTENT_TYPE);
        record.request = if form.is_some_and(|form| form.as_bytes().ends_with(b"urlencoded")) {
            Shape::of_form(&body)
        } else {
            Shape::of_json(&body)
        };
    }
    record.reply = Shape::of_json(&String::from_utf8_lossy(reply));
    record
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
