//! `bank journal`: the audit log of matching, and what people decide.

mod accept;
mod show;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cryptopocket::banking::TransactionKey;
use cryptopocket::banking::audit::{AuditLog, Pair, verify};
use cryptopocket::{Clock, PaymentId, Personal, SystemClock, TransactionId};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;
use crate::output::{Cell, View, cell};

const GIVE_LOG: &str = "Give the log that `bank match --journal` writes.";

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
    Contest {
        #[command(flatten)]
        decision: Decision,
    },
    /// Take back what was decided about the payment, posted or not; the provider's side is not undone
    Revoke {
        #[command(flatten)]
        decision: Decision,
    },
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

#[derive(Default, Serialize)]
struct LogView {
    entries: u64,
    head: String,
    /// Whether the next `bank match --apply` posts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_be_posted: Option<bool>,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_only: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remains_at_provider: Option<bool>,
}

impl View for LogView {
    fn cells(&self) -> Vec<Cell> {
        let posting = self.to_be_posted.map(|_| match &self.recorded_only {
            None => "the next `bank match --apply` posts it, if both are in its input with equal amounts"
                .to_owned(),
            Some(cause) => format!("recorded only: {cause}"),
        });
        let remains = self
            .remains_at_provider
            .filter(|remains| *remains)
            .map(|_| "the payment is tied there, or may be: no call undoes it, ask the provider");
        vec![
            cell("entries", Some(self.entries)),
            cell("head", Some(&self.head)),
            cell("posting", posting),
            cell("at the provider", remains),
        ]
    }
}

impl Journal {
    pub(crate) fn run(self, context: &mut Context) -> Result<()> {
        let ruling = match self.command {
            Command::Verify { head } => return check(&self.path, head.as_deref(), context),
            Command::Show { payment } => return show::run(&self.path, payment.as_ref(), context),
            Command::Ruling(ruling) => ruling,
        };
        if !self.path.exists() {
            let message = format!(
                "{}: there is no such log; nothing was recorded",
                self.path.display()
            );
            return Err(Failure::input(message, GIVE_LOG));
        }
        let mut log = open(&self.path)?;
        let mut view = ruling.record(&mut log, &self.path)?;
        view.entries = log.entries();
        log.head().clone_into(&mut view.head);
        context.output.done(&view, "the decision was recorded")
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
    /// Writes the decision to the log.
    fn record(self, log: &mut AuditLog, path: &Path) -> Result<LogView> {
        let (at, mut view) = (SystemClock.now(), LogView::default());
        let recorded = match self {
            Self::Accept {
                decision,
                transactions,
                amounts_differ,
                iban,
            } => {
                let keys: Vec<_> = transactions
                    .into_iter()
                    .map(|id| key(id, iban.as_ref()))
                    .collect();
                let Decision { payment, reason, by } = decision;
                accept::check(log.state(), &payment, &keys, amounts_differ)?;
                view.recorded_only = accept::recorded_only(log.state(), &payment, &keys);
                let accepted = log.accept(at, &by, payment, keys, &reason);
                accepted.map(|post| view.to_be_posted = Some(post))
            }
            Self::Reject {
                decision: Decision { payment, reason, by },
                transaction,
                iban,
            } => {
                let pair = Pair::new(payment, key(transaction, iban.as_ref()));
                log.reject(at, &by, pair, &reason).map(drop)
            }
            Self::Contest { decision } => log
                .contest(at, &decision.by, decision.payment, &decision.reason)
                .map(|remains| view.remains_at_provider = Some(remains)),
            Self::Revoke { decision } => log
                .revoke(at, &decision.by, decision.payment, &decision.reason)
                .map(|remains| view.remains_at_provider = Some(remains)),
        };
        recorded.map_err(|error| failed(path, &error))?;
        Ok(view)
    }
}

fn check(path: &Path, head: Option<&str>, context: &mut Context) -> Result<()> {
    let bytes = file::input(path, GIVE_LOG)?;
    let verified = verify(&bytes).map_err(|broken| changed(broken.to_string()))?;
    if head.is_some_and(|head| head != verified.head) {
        return Err(changed(
            "the audit log does not end with the given hash".to_owned(),
        ));
    }
    context.output.one(&LogView {
        entries: verified.entries,
        head: verified.head,
        ..LogView::default()
    })
}

fn changed(message: String) -> Failure {
    Failure::check(
        "log_changed",
        message,
        "Compare it with a copy. What the log said before that line can be trusted.",
    )
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
    match error.kind() {
        io::ErrorKind::InvalidData => Failure::check(
            "log_changed",
            message,
            "Run `bank journal FILE verify`, and compare it with a copy.",
        ),
        io::ErrorKind::InvalidInput => Failure::input(
            message,
            "`bank journal FILE show` lists what was decided; give a reason with --reason.",
        ),
        _ => Failure::configuration(message, "Give a file that this process alone can write."),
    }
}
