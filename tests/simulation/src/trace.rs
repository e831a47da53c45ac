//! What happened to one object, for the report of a failure.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::virtual_time::VirtualTime;

/// Lines about the subjects that are looked at.
///
/// A world runs without a trace. If an invariant fails, the same world runs again, and this keeps what it says about the
/// objects of the failure.
#[derive(Debug)]
pub(crate) struct Trace {
    subjects: Vec<String>,
    lines: Mutex<Vec<(Duration, String)>>,
    time: VirtualTime,
}

impl Trace {
    pub(crate) fn new(subjects: Vec<String>, time: VirtualTime) -> Self {
        Self {
            subjects,
            lines: Mutex::default(),
            time,
        }
    }

    /// Keeps a line, if `subject` contains one of the subjects.
    pub(crate) fn note(&self, subject: &str, line: impl FnOnce() -> String) {
        if self.subjects.is_empty() {
            return;
        }
        let wanted = subject.is_empty() || self.subjects.iter().any(|one| subject.contains(one.as_str()));
        if wanted {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push((self.time.passed(), line()));
        }
    }

    /// The lines, each with its virtual time.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let told = lines.iter().map(|(at, line)| {
            let (seconds, millis) = (at.as_secs(), at.subsec_millis());
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            format!("{hours:>4}:{minutes:02}:{:02}.{millis:03} {line}", seconds % 60)
        });
        told.collect()
    }
}
