//! The audit log of reconciliation: every decision and every call, in an append-only file whose entries are chained.
//!
//! Each line is one JSON object of an entry and its SHA-256, and each entry holds the hash of the one before. A changed,
//! removed, inserted or reordered line breaks the chain. Entries cut off the end do not: keep [`AuditLog::head`] elsewhere to
//! notice that as well.

mod chain;
mod state;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use cryptopocket_types::{PaymentId, Timestamp, TransactionId};
use serde::{Deserialize, Serialize};

pub use chain::{Broken, Verified, verify};
pub use state::{Pending, State};

use crate::matcher::Decision;

/// Something that happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The matcher decided, with its evidence.
    Decided {
        /// The decision.
        decision: Decision,
    },
    /// A pair is about to be posted. Written before the call.
    Posting {
        /// The payment.
        payment_id: PaymentId,
        /// The transaction.
        transaction_id: TransactionId,
    },
    /// The provider tied the pair.
    Posted {
        /// The payment.
        payment_id: PaymentId,
        /// The transaction.
        transaction_id: TransactionId,
        /// Whether that was seen later, after a lost answer.
        seen_later: bool,
    },
    /// The call did nothing: it was refused, or never sent.
    NotPosted {
        /// The payment.
        payment_id: PaymentId,
        /// The transaction.
        transaction_id: TransactionId,
        /// The provider's code or the kind of the error.
        cause: String,
    },
    /// The answer was lost: the call may have taken effect.
    Unknown {
        /// The payment.
        payment_id: PaymentId,
        /// The transaction.
        transaction_id: TransactionId,
        /// The kind of the error.
        cause: String,
    },
    /// A person says that these transactions pay the payment. Several are a split.
    Accepted {
        /// The payment.
        payment_id: PaymentId,
        /// The transactions.
        transaction_ids: Vec<TransactionId>,
        /// Why.
        reason: String,
    },
    /// A person says that this transaction does not pay the payment.
    Rejected {
        /// The payment.
        payment_id: PaymentId,
        /// The transaction.
        transaction_id: TransactionId,
        /// Why.
        reason: String,
    },
    /// A person takes back what was decided about the payment.
    Revoked {
        /// The payment.
        payment_id: PaymentId,
        /// Why.
        reason: String,
        /// Whether it was posted. No call is known that undoes that: ask the provider.
        remains_at_provider: bool,
    },
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it: a person or a program.
    pub by: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// The hash of the entry before; zeros for the first.
    pub previous: String,
}

/// An audit log in a file.
///
/// Every entry is on the disk before [`append`](Self::append) returns. One process at a time may write it: lock the file
/// before [`from_file`](Self::from_file) if several could.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::audit::{AuditLog, Event, verify};
/// use cryptopocket_types::Timestamp;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("audit.jsonl");
/// let at: Timestamp = "2026-06-26T10:00:00Z".parse().unwrap();
/// let mut log = AuditLog::open(&path)?;
/// log.append(at, "ana", Event::Rejected {
///     payment_id: "p-1".into(), transaction_id: "t-1".into(), reason: "another customer's".into(),
/// })?;
/// assert!(log.state().is_rejected(&"p-1".into(), &"t-1".into()));
///
/// let text = std::fs::read_to_string(&path)?;
/// assert_eq!(verify(text.as_bytes()).unwrap().entries, 1);
/// assert_eq!(verify(text.replace("t-1", "t-2").as_bytes()).unwrap_err().line, 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct AuditLog {
    file: File,
    entries: u64,
    head: String,
    state: State,
}

impl AuditLog {
    /// Opens or creates a log, and verifies what it holds.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or `InvalidData` when its chain is broken.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::from_file(options.open(path)?)
    }

    /// Uses a file that is open for reading and appending.
    ///
    /// A last line without its end was being written when a process died: nothing depended on it yet, and it is cut off.
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
        if whole < bytes.len() {
            file.set_len(whole as u64)?;
            bytes.truncate(whole);
        }
        let mut state = State::default();
        let verified = chain::read(&bytes, |entry| state.take(entry))
            .map_err(|broken| io::Error::new(io::ErrorKind::InvalidData, broken))?;
        Ok(Self {
            file,
            entries: verified.entries,
            head: verified.head,
            state,
        })
    }

    /// Writes an entry to the disk.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Open the log anew then: a part of it may be in the file.
    pub fn append(&mut self, at: Timestamp, by: &str, event: Event) -> io::Result<()> {
        let entry = Entry {
            number: self.entries + 1,
            at,
            by: by.to_owned(),
            event,
            previous: self.head.clone(),
        };
        let (line, hash) = chain::line(&entry)?;
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()?;
        self.state.take(&entry);
        self.entries += 1;
        self.head = hash;
        Ok(())
    }

    /// What the log says of each payment.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The hash of the last entry; zeros for an empty log.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The number of entries.
    pub const fn entries(&self) -> u64 {
        self.entries
    }
}

#[cfg(test)]
mod tests;
