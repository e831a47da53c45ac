//! The audit log of reconciliation: every decision, ruling and call, in an append-only file whose entries are chained.
//!
//! Each line is one JSON object of an entry and its SHA-256, and each entry holds the hash of the one before. A changed,
//! removed, inserted or reordered line breaks the chain. Entries cut off the end do not: keep [`AuditLog::head`] elsewhere to
//! notice that as well.

mod chain;
mod event;
mod hold;
mod ruling;
mod state;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use cryptopocket_types::Timestamp;

pub use chain::{Broken, Verified, entries, verify};
pub use event::{Doubt, Entry, Event, Pair};
pub use hold::Hold;
pub use state::{PaymentState, State};

/// An audit log in a file.
///
/// Every entry is on the disk before [`append`](Self::append) returns. One process at a time may write it: lock the file
/// before [`from_file`](Self::from_file) if several could.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::audit::{AuditLog, Pair, verify};
/// use cryptopocket_types::Timestamp;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("audit.jsonl");
/// let at: Timestamp = "2026-06-26T10:00:00Z".parse().unwrap();
/// let mut log = AuditLog::open(&path)?;
/// log.reject(at, "ana", Pair::new("p-1", "t-1"), "another customer's")?;
/// assert!(log.state().of(&"p-1".into()).is_rejected(&"t-1".into()));
///
/// let text = std::fs::read_to_string(&path)?;
/// assert_eq!(verify(text.as_bytes()).unwrap().entries, 1);
/// assert_eq!(verify(text.replace("t-1", "t-2").as_bytes()).unwrap_err().line, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct AuditLog {
    file: File,
    end: Verified,
    state: State,
    failed: bool,
}

impl AuditLog {
    /// Opens or creates a log, and verifies what it holds.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or `InvalidData` when its chain is broken.
    ///
    /// # Examples
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// use cryptopocket_banking::audit::{AuditLog, Pair};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("audit.jsonl");
    /// # let at = "2026-06-26T10:00:00Z".parse().unwrap();
    /// AuditLog::open(&path)?.reject(at, "ana", Pair::new("p-1", "t-1"), "another customer's")?;
    /// let log = AuditLog::open(&path)?;
    /// assert!(log.state().of(&"p-1".into()).is_rejected(&"t-1".into()));
    ///
    /// let edited = std::fs::read_to_string(&path)?.replace("t-1", "t-2");
    /// std::fs::write(&path, edited)?;
    /// assert_eq!(AuditLog::open(&path).unwrap_err().kind(), ErrorKind::InvalidData);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::from_file(options.open(path)?)
    }

    /// Uses a file that is open for reading and appending.
    ///
    /// A last line without its end was being written when a process died: nothing depended on it yet, and it is cut off. A file
    /// that is no log is refused and left as it is.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_file(mut file: File) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let mut state = State::default();
        let verified = chain::read(&bytes[..whole], |entry| state.take(entry))
            // Only now, so that a file of something else is left as it is.
            .and_then(|verified| chain::is_beginning(&bytes[whole..], verified))
            .map_err(|broken| io::Error::new(io::ErrorKind::InvalidData, broken))?;
        if whole < bytes.len() {
            file.set_len(whole as u64)?;
        }
        Ok(Self {
            file,
            end: verified,
            state,
            failed: false,
        })
    }

    /// Writes an entry to the disk.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Open the log anew then: a part of it may be in the file.
    pub fn append(&mut self, at: Timestamp, by: &str, event: Event) -> io::Result<()> {
        self.write(at, by, vec![event])
    }

    /// Writes entries to the disk, all before it returns.
    fn write(&mut self, at: Timestamp, by: &str, events: Vec<Event>) -> io::Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        if self.failed {
            return Err(io::Error::other(
                "an earlier entry could not be written; open the log anew",
            ));
        }
        let mut end = self.end.clone();
        let mut lines = String::new();
        let mut entries = Vec::with_capacity(events.len());
        for event in events {
            let entry = Entry {
                number: end.entries + 1,
                at,
                by: by.to_owned(),
                event,
                previous: end.head,
            };
            let line;
            (line, end.head) = chain::line(&entry)?;
            end.entries = entry.number;
            lines.push_str(&line);
            entries.push(entry);
        }
        // A part of it may be in the file, so nothing may follow it.
        self.failed = true;
        self.file.write_all(lines.as_bytes())?;
        self.file.sync_data()?;
        self.failed = false;
        for entry in &entries {
            self.state.take(entry);
        }
        self.end = end;
        Ok(())
    }

    /// What the log says of each payment.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The hash of the last entry; zeros for an empty log.
    pub fn head(&self) -> &str {
        &self.end.head
    }

    /// The number of entries.
    pub const fn entries(&self) -> u64 {
        self.end.entries
    }
}

#[cfg(test)]
mod tests;
