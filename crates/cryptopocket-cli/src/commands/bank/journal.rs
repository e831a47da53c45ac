//! `bank journal`: the audit log of matching, and what people decide.

mod accept;
mod show;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::prelude::*;
use clap::{Args, Subcommand};
use cryptopocket::banking::TransactionKey;
use cryptopocket::banking::audit::{AuditLog, Broken, Pair, verify};
use cryptopocket::{Clock, PaymentId, Personal, SystemClock, TransactionId};

const GIVE_LOG: &str = "Give the log that `bank match --journal` writes.";
const COMPARE: &str = "Compare it with a copy. What the log said before that line can be trusted.";

/// Verify and show the audit log of matching, and record what people decide
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
    /// Show who decided what, when and why
    Show {
        /// Only what is about this payment
        #[arg(long, value_name = "ID")]
        payment: Option<PaymentId>,
    },
    #[command(flatten)]
    Ruling(Ruling),
}

/// What a person decides.
#[derive(Debug, Subcommand)]
enum Ruling {
    /// Accept that these transactions pay the payment, as a decision in the log names them: the next `bank match --apply`
    /// posts a pair of equal amounts that is in its input; a split is recorded only
    Accept {
        #[command(flatten)]
        decision: Decision,
        /// A transaction
        #[arg(long = "transaction", value_name = "ID", required = true)]
        transactions: Vec<TransactionId>,
        /// Record it although the payment gets too little or too much; it is not posted
        #[arg(long)]
        amounts_differ: bool,
        /// The account that holds them [default: any]
        #[arg(long)]
        iban: Option<Personal>,
    },
    /// Record that this transaction does not pay the payment: it is no candidate any more
    Reject {
        #[command(flatten)]
        decision: Decision,
        /// The transaction
        #[arg(long, value_name = "ID")]
        transaction: TransactionId,
        /// The account that holds it [default: any]
        #[arg(long)]
        iban: Option<Personal>,
    },
    /// Doubt what was decided about the payment, posted or not: nothing is posted for it until it is accepted
    Contest(Decision),
    /// Take back what was decided about the payment, posted or not; the provider's side is not undone
    Revoke(Decision),
}

/// About what, why, and by whom.
#[derive(Debug, Args)]
struct Decision {
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

impl Journal {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let ruling = match self.command {
            Command::Verify { head } => return check(&self.path, head.as_deref(), context),
            Command::Show { payment } => return show::run(&self.path, payment.as_ref(), context),
            Command::Ruling(ruling) => ruling,
        };
        if !self.path.exists() {
            let path = self.path.display();
            let message = format!("{path}: there is no such log; nothing was recorded");
            return Err(Failure::input(message, GIVE_LOG));
        }
        let mut log = open(&self.path)?;
        let recorded = ruling.record(&mut log, &self.path)?;
        let mut output = context.output.after("the decision was recorded");
        output.one(&recorded, view::AUDIT_LOG)
    }
}

fn key(id: TransactionId, iban: Option<&Personal>) -> TransactionKey {
    let key = TransactionKey::from(id);
    match iban {
        Some(iban) => key.in_account(iban.clone()),
        None => key,
    }
}

impl Ruling {
    /// Writes the decision to the log. Returns what will follow.
    fn record(self, log: &mut AuditLog, path: &Path) -> Result<Object> {
        let (at, failed) = (SystemClock.now(), |error| failed(path, &error));
        Ok(match self {
            Self::Accept {
                decision: Decision { payment, reason, by },
                transactions,
                amounts_differ,
                iban,
            } => {
                let keys = transactions.into_iter().map(|id| key(id, iban.as_ref()));
                let keys: Vec<_> = keys.collect();
                accept::check(log.state(), &payment, &keys, amounts_differ)?;
                let recorded_only = accept::recorded_only(log.state(), &payment, &keys);
                let post = log.accept(at, &by, payment, keys, &reason).map_err(failed)?;
                end_of(log)
                    .with("to_be_posted", &post)
                    .maybe("recorded_only", recorded_only)
            }
            Self::Reject {
                decision: Decision { payment, reason, by },
                transaction,
                iban,
            } => {
                let pair = Pair::new(payment, key(transaction, iban.as_ref()));
                log.reject(at, &by, pair, &reason).map_err(failed)?;
                end_of(log)
            }
            Self::Contest(Decision { payment, reason, by }) => {
                let remains = log.contest(at, &by, payment, &reason).map_err(failed)?;
                end_of(log).with("remains_at_provider", &remains)
            }
            Self::Revoke(Decision { payment, reason, by }) => {
                let remains = log.revoke(at, &by, payment, &reason).map_err(failed)?;
                end_of(log).with("remains_at_provider", &remains)
            }
        })
    }
}

fn end_of(log: &AuditLog) -> Object {
    object! { "entries": log.entries(), "head": log.head() }
}

fn check(path: &Path, head: Option<&str>, context: &mut Context) -> Result<()> {
    let bytes = file::input("bank journal", path, GIVE_LOG)?;
    let verified = verify(&bytes).map_err(|broken| changed(path, &broken))?;
    if head.is_some_and(|head| head != verified.head) {
        let message = "the audit log does not end with the given hash";
        return Err(Failure::check("log_changed", message, COMPARE));
    }
    let log = object! { verified => entries, head };
    context.output.one(&log, view::AUDIT_LOG)
}

/// A file whose first line was never an entry is most likely another file.
fn changed(path: &Path, broken: &Broken) -> Failure {
    if broken.line == 1 && !broken.reason.contains("hash") {
        let (path, reason) = (path.display(), &broken.reason);
        let message = format!("{path} is no audit log: its first line {reason}");
        return Failure::check("log_changed", message, GIVE_LOG);
    }
    Failure::check("log_changed", broken.to_string(), COMPARE)
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
    if let Some(broken) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return changed(path, broken);
    }
    let message = format!("{}: {error}", path.display());
    match error.kind() {
        io::ErrorKind::InvalidData => {
            let cure = "Run `bank journal FILE verify`, and compare it with a copy.";
            Failure::check("log_changed", message, cure)
        }
        io::ErrorKind::InvalidInput => {
            let cure = "`bank journal FILE show` lists what was decided; give a reason with --reason.";
            Failure::input(message, cure)
        }
        _ => Failure::configuration(message, "Give a file that this process alone can write."),
    }
}
