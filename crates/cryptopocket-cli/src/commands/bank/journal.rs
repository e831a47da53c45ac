//! `bank journal`: the audit log of matching, and what people decide.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cryptopocket::banking::audit::{AuditLog, Event, verify};
use cryptopocket::{Clock, PaymentId, SystemClock, TransactionId};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;
use crate::output::{Line, People, line};

/// Verify the audit log of matching, and record what people decide
#[derive(Debug, Args)]
pub(crate) struct Journal {
    /// The log that `bank match --journal` writes
    #[arg(value_name = "FILE")]
    path: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that no entry was changed, removed, inserted or moved: exit code 8 if one was
    Verify {
        /// The hash that the last entry must have, to notice entries that were cut off
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Record that these transactions pay the payment; several are a split. Nothing is posted
    Accept {
        #[command(flatten)]
        ruling: Ruling,
        /// A transaction
        #[arg(long = "transaction", value_name = "ID", required = true)]
        transactions: Vec<TransactionId>,
    },
    /// Record that this transaction does not pay the payment: it is no candidate any more
    Reject {
        #[command(flatten)]
        ruling: Ruling,
        /// The transaction
        #[arg(long, value_name = "ID")]
        transaction: TransactionId,
    },
    /// Take back what was decided about the payment; the provider's side is not undone
    Revoke {
        #[command(flatten)]
        ruling: Ruling,
    },
}

#[derive(Debug, Args)]
struct Ruling {
    /// The payment
    #[arg(long, value_name = "ID")]
    payment: PaymentId,
    /// Why
    #[arg(long)]
    reason: String,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Serialize)]
struct LogView {
    entries: u64,
    head: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remains_at_provider: Option<bool>,
}

impl People for LogView {
    fn lines(&self) -> Vec<Line> {
        let remains = self
            .remains_at_provider
            .filter(|remains| *remains)
            .map(|_| "the payment stays tied there: no call undoes it, ask the provider");
        vec![
            line("entries", Some(self.entries)),
            line("head", Some(&self.head)),
            line("at the provider", remains),
        ]
    }
}

impl Journal {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let (by, event) = match self.command {
            Command::Verify { head } => return check(&self.path, head.as_deref(), context),
            Command::Accept { ruling, transactions } => {
                let event = Event::Accepted {
                    payment_id: ruling.payment,
                    transaction_ids: transactions,
                    reason: ruling.reason,
                };
                (ruling.by, event)
            }
            Command::Reject { ruling, transaction } => {
                let event = Event::Rejected {
                    payment_id: ruling.payment,
                    transaction_id: transaction,
                    reason: ruling.reason,
                };
                (ruling.by, event)
            }
            Command::Revoke { ruling } => {
                let event = Event::Revoked {
                    payment_id: ruling.payment,
                    reason: ruling.reason,
                    remains_at_provider: false,
                };
                (ruling.by, event)
            }
        };
        let mut log = open(&self.path)?;
        let mut remains = None;
        let event = match event {
            Event::Revoked {
                payment_id, reason, ..
            } => {
                let posted = log.state().is_posted(&payment_id);
                remains = Some(posted);
                Event::Revoked {
                    payment_id,
                    reason,
                    remains_at_provider: posted,
                }
            }
            other => other,
        };
        log.append(SystemClock.now(), &by, event)
            .map_err(|error| failed(&self.path, &error))?;
        let view = LogView {
            entries: log.entries(),
            head: log.head().to_owned(),
            remains_at_provider: remains,
        };
        context.output.done(&view, "the decision was recorded")
    }
}

fn check(path: &Path, head: Option<&str>, context: &mut Context) -> Result<()> {
    let bytes = file::input(path, "Give the log that `bank match --journal` writes.")?;
    let changed = |message: String| {
        Failure::check(
            "log_changed",
            message,
            "Compare it with a copy. What the log said before that line can be trusted.",
        )
    };
    let verified = verify(&bytes).map_err(|broken| changed(broken.to_string()))?;
    if head.is_some_and(|head| head != verified.head) {
        return Err(changed(
            "the audit log does not end with the given hash".to_owned(),
        ));
    }
    context.output.one(&LogView {
        entries: verified.entries,
        head: verified.head,
        remains_at_provider: None,
    })
}

/// Opens the log for this process alone.
pub(super) fn open(path: &Path) -> Result<AuditLog> {
    let file = locked(path).map_err(|error| failed(path, &error))?;
    AuditLog::from_file(file).map_err(|error| failed(path, &error))
}

fn locked(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another process is writing it")),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

pub(super) fn failed(path: &Path, error: &io::Error) -> Failure {
    let message = format!("{}: {error}", path.display());
    if error.kind() == io::ErrorKind::InvalidData {
        Failure::check(
            "log_changed",
            message,
            "Run `bank journal FILE verify`, and compare it with a copy.",
        )
    } else {
        Failure::configuration(message, "Give a file that this process alone can write.")
    }
}
