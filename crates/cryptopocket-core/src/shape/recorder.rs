//! Recording the shapes of a session's calls.

use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;

use super::name::is_field_name;
use super::{Shape, ShapeRecord};
use crate::call::Call;

/// Writes the shapes of calls to a folder, which several processes may share. It never fails a call.
#[derive(Debug)]
pub(crate) struct Recorder {
    folder: PathBuf,
    /// Tells the drafts of this process from those of others.
    process: u64,
    drafts: AtomicU64,
    /// What the files hold as far as this process knows: they are written only if a call adds something.
    known: Mutex<HashMap<String, ShapeRecord>>,
    has_warned: AtomicBool,
}

impl Recorder {
    pub(crate) fn new(folder: PathBuf, random: u64) -> Self {
        Self {
            folder,
            process: random,
            drafts: AtomicU64::new(0),
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
        match self.merge(&news) {
            Ok(stored) => drop(known.insert(name, stored)),
            Err(error) if !self.has_warned.swap(true, Ordering::Relaxed) => {
                tracing::warn!(kind = %error.kind(), "shapes of calls cannot be recorded; calls go on");
            }
            Err(_) => {}
        }
    }

    /// Merges `record` into its file, and gives the merged record.
    ///
    /// Without a lock, which a process that was killed would leave behind: the file is taken away by a rename, which one
    /// process alone can do, and put back by a link, which fails if another process has put one there meanwhile; that one is
    /// then taken too. So nothing that another process wrote is overwritten.
    pub(super) fn merge(&self, record: &ShapeRecord) -> io::Result<ShapeRecord> {
        const ROUNDS: usize = 32;
        fs::create_dir_all(&self.folder)?;
        let target = self.folder.join(record.file_name());
        let mut merged = record.clone();
        let mut taken = Vec::new();
        for _ in 0..ROUNDS {
            let file = self.beside(&target, "taken");
            match fs::rename(&target, &file) {
                Ok(()) => {
                    if let Some(stored) = read(&file) {
                        merged.merge(&stored);
                    }
                    taken.push(file);
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            if self.put(&target, &merged)? {
                for file in &taken {
                    let _ = fs::remove_file(file);
                }
                return Ok(merged);
            }
        }
        // Those that were taken stay beside the file, so nothing is lost.
        Err(io::Error::from(ErrorKind::WouldBlock))
    }

    fn put(&self, target: &Path, record: &ShapeRecord) -> io::Result<bool> {
        let draft = self.beside(target, "draft");
        let put = fs::write(&draft, record.to_text()).and_then(|()| fs::hard_link(&draft, target));
        match put {
            Ok(()) => fs::remove_file(&draft).map(|()| true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(&draft).map(|()| false),
            // A file system without links, where the last writer wins.
            Err(error) if error.kind() == ErrorKind::Unsupported => fs::rename(&draft, target).map(|()| true),
            Err(error) => {
                let _ = fs::remove_file(&draft);
                Err(error)
            }
        }
    }

    fn beside(&self, target: &Path, what: &str) -> PathBuf {
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let process = self.process;
        target.with_extension(format!("{process:x}-{number}.{what}"))
    }
}

/// The record of a file, unless it is none or too long to be one of ours.
fn read(file: &Path) -> Option<ShapeRecord> {
    const LONGEST: u64 = 1 << 20;
    let is_short = fs::metadata(file).is_ok_and(|file| file.len() <= LONGEST);
    is_short
        .then(|| fs::read_to_string(file).ok())
        .flatten()
        .and_then(|text| ShapeRecord::parse(&text))
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
