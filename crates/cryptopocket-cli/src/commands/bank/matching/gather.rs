//! What is matched, from files or from the provider.

use std::path::{Path, PathBuf};

use crate::prelude::*;
use clap::{ArgGroup, Args};
use cryptopocket::banking::input::{Malformed, Records, Statement, read_payments, read_transactions};
use cryptopocket::banking::matcher::ExpectedPayment;
use cryptopocket::banking::{Transaction, TransactionFilter};
use cryptopocket::onramp::{Payment, PaymentFilter};
use cryptopocket::{Client, Pager, PagesEnd, Personal, Timestamp};
use serde::Serialize;

const CURE: &str = "Give a file that can be read.";

/// Items a call.
const PAGE: u32 = 100;

/// Where payments and transactions come from.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").args(["iban", "transactions"]).required(true).multiple(true))]
pub(super) struct Sources {
    /// An account whose transactions are read from the provider; name all that payers may use
    #[arg(long, conflicts_with = "transactions")]
    iban: Vec<Personal>,
    /// Files of transactions: JSON, JSON lines, CSV, camt.053, MT940, or a zip of them. What camt and MT940 hold can be matched,
    /// not posted
    #[arg(long, value_name = "FILE")]
    transactions: Vec<PathBuf>,
    /// Files of payments [default with --iban: the payments at the provider, whose concepts it does not tell]
    #[arg(long, value_name = "FILE", required_unless_present = "iban")]
    payments: Vec<PathBuf>,
    /// Read `06/07/2026` in files as the sixth of July; without it, such a day is refused unless another row of its file shows the order
    #[arg(long)]
    day_first: bool,
}

impl Sources {
    /// Whether transactions are read from the provider.
    pub(super) fn are_at_provider(&self) -> bool {
        !self.iban.is_empty()
    }
}

/// The refusal of a file of `--payments` that holds transactions, beside one of `--transactions` that holds payments.
fn are_swapped(payments: &Path, credits: &Path) -> Failure {
    let (payments, credits) = (payments.display(), credits.display());
    let message =
        format!("the two files are swapped: {payments} holds transactions, and {credits} holds payments");
    let cure = "Give the file of payments with --payments, and that of transactions with --transactions.";
    Failure::check("files_swapped", message, cure)
}

/// Payments and transactions, and the rows that could not be read.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) payments: Vec<ExpectedPayment>,
    pub(super) transactions: Vec<Transaction>,
    pub(super) malformed: Vec<BadRow>,
    /// The entries of statements that are not booked yet.
    pub(super) pending: Vec<BadRow>,
    /// How rows were read that break a rule of their format, in words.
    pub(super) notes: Vec<String>,
    /// The files that have errors and not one record, in words.
    pub(super) unread: Vec<String>,
    /// The files whose ids of transactions are the bank's.
    pub(super) bank_ids: Vec<String>,
    /// The bank statements among the files.
    pub(super) statements: Vec<Statement>,
    /// The files without a record, in words.
    pub(super) empty: Vec<String>,
    /// Whether nothing shows that a list of the provider is complete.
    pub(super) unproven: bool,
}

/// A row of a file that could not be read.
#[derive(Serialize)]
pub(super) struct BadRow {
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) row: Malformed,
    /// Whether it stands for the whole file.
    #[serde(skip)]
    pub(super) whole_file: bool,
}

impl Gathered {
    pub(super) async fn read(client: Option<&Client>, from: &Sources, progress: &Progress) -> Result<Self> {
        let mut gathered = Self::default();
        let mut swapped = None;
        for path in &from.payments {
            let read = read_payments(&file::input("--payments", path, CURE)?, from.day_first);
            swapped = swapped.or(read.is_swapped.then_some(path));
            gathered.take(path, read, "payments", |gathered| &mut gathered.payments);
        }
        for path in &from.transactions {
            let read = read_transactions(&file::input("--transactions", path, CURE)?, from.day_first);
            if let Some(payments) = swapped.filter(|_| read.is_swapped) {
                return Err(are_swapped(payments, path));
            }
            gathered.take(path, read, "transactions", |gathered| &mut gathered.transactions);
        }
        let Some(client) = client.filter(|_| from.are_at_provider()) else {
            return Ok(gathered);
        };
        if from.payments.is_empty() {
            progress.label("listing payments");
            let list = client.onramp().list_payments(PaymentFilter::new());
            for payment in gathered.all(list, progress).await? {
                match expected(payment) {
                    Some(payment) => gathered.payments.push(payment),
                    None => gathered.unproven = true,
                }
            }
        }
        progress.label("listing transactions");
        for account in &from.iban {
            let filter = TransactionFilter::new();
            let list = client.banking().list_transactions(account.clone(), filter);
            let transactions = gathered.all(list, progress).await?;
            gathered.transactions.extend(transactions);
        }
        Ok(gathered)
    }

    /// Reads a list of the provider to its end.
    async fn all<T: Send + 'static>(&mut self, list: Pager<T>, progress: &Progress) -> Result<Vec<T>> {
        let (mut items, mut all) = (list.per_page(PAGE).items(), Vec::new());
        while let Some(item) = progress.during(items.next()).await {
            all.push(item?);
        }
        self.unproven |= !items.ended().is_some_and(PagesEnd::is_proven);
        Ok(all)
    }

    fn take<T>(&mut self, path: &Path, read: Records<T>, what: &str, into: fn(&mut Self) -> &mut Vec<T>) {
        let file = path.display().to_string();
        let is_empty = read.records.is_empty();
        if is_empty {
            self.empty.push(format!("{file} holds 0 {what}"));
            if !read.malformed.is_empty() {
                self.unread.push(file.clone());
            }
        } else if read.has_bank_ids {
            self.bank_ids.push(file.clone());
        }
        into(self).extend(read.records);
        self.statements.extend(read.statements);
        let whole_file = is_empty && read.malformed.len() == 1;
        let bad = |row, whole_file| BadRow {
            file: file.clone(),
            row,
            whole_file,
        };
        let malformed = read.malformed.into_iter().map(|row| bad(row, whole_file));
        self.malformed.extend(malformed);
        let notes = read.notes.iter().map(|note| format!("{file}, {note}"));
        self.notes.extend(notes);
        let pending = read.pending.into_iter().map(|row| bad(row, false));
        self.pending.extend(pending);
    }

    /// What a person should know before the result.
    pub(super) fn warnings(&self) -> Vec<String> {
        const SHOWN: usize = 20;
        let rows = self.malformed.iter().take(SHOWN).map(|bad| {
            let what = if bad.whole_file { "file" } else { "row" };
            format!("{}, {}; the {what} was left out", bad.file, bad.row)
        });
        let mut warnings: Vec<String> = rows.collect();
        if let Some(first) = self.pending.first() {
            let (count, file, line) = (self.pending.len(), &first.file, first.row.line);
            warnings.push(format!(
                "pending, not booked, and so not matched: {count}; the first is {file}, line {line}"
            ));
        }
        if self.malformed.len() > SHOWN {
            let more = self.malformed.len() - SHOWN;
            warnings.push(format!("{more} more rows were left out; --json lists them"));
        }
        warnings.extend(self.notes.iter().chain(&self.empty).cloned());
        if self.unproven {
            let text = "nothing shows that the provider's lists are complete: a second credit may be missing";
            warnings.push(text.to_owned());
        }
        warnings
    }
}

/// A payment as the provider lists it. It does not tell the concept. `None` if its amount cannot be read.
fn expected(payment: Payment) -> Option<ExpectedPayment> {
    let mut expected = ExpectedPayment::new(payment.id, payment.fiat.into_value()?);
    expected.created = payment.created_at.into_value().map(Timestamp::date);
    expected.external_id = payment.external_id.into_value();
    expected.status = Some(payment.status);
    expected.payer_name = payment.holder.into_value();
    Some(expected)
}
