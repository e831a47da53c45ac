//! Files of payments and transactions: JSON, JSON lines, CSV, the bank statements camt.053 and MT940, and zips of them.
//!
//! A malformed row is reported with its line and the reason; it never stops the rest, and never vanishes. Reasons name the
//! field and the rule, never the value.

mod amount;
mod archive;
mod camt;
mod dates;
mod fields;
mod json;
mod mt940;
mod record;
mod statement;
mod table;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Transaction;
use crate::matcher::ExpectedPayment;
use dates::Dates;
use fields::Fields;

pub use statement::Statement;

/// The records of a file, and the rows that are none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Records<T> {
    /// The records, in the order of the file.
    pub records: Vec<T>,
    /// The rows that could not be read.
    pub malformed: Vec<Malformed>,
    /// The entries of a statement that are not booked (status `PDNG`, `INFO` or `FUTR`). They are no transactions yet.
    pub pending: Vec<Malformed>,
    /// The rows that were read although they break a rule of their format, with how they were read.
    pub notes: Vec<Malformed>,
    /// The bank statements, if it is a file of them.
    pub statements: Vec<Statement>,
    /// Whether ids of transactions are the bank's, as in camt and MT940. The provider does not know them, so such records can
    /// be matched but not posted.
    pub has_bank_ids: bool,
    /// Whether the file looks like the other kind: transactions where payments are wanted, or payments where transactions are.
    /// Nothing of it is read then, and `malformed` says so. Of a zip, whether one of its files does; the others are read.
    pub is_swapped: bool,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            malformed: Vec::new(),
            pending: Vec::new(),
            notes: Vec::new(),
            has_bank_ids: false,
            is_swapped: false,
            statements: Vec::new(),
        }
    }
}

impl<T> Records<T> {
    /// A file of which nothing can be read.
    fn refused(reason: impl Into<String>) -> Self {
        Self {
            malformed: vec![Malformed::new(1_u64, reason)],
            ..Self::default()
        }
    }

    /// A file of the other kind.
    fn swapped(reason: impl Into<String>) -> Self {
        Self {
            is_swapped: true,
            ..Self::refused(reason)
        }
    }

    /// Takes over the records of a file inside of a zip.
    fn take(&mut self, name: &str, file: Self) {
        self.records.extend(file.records);
        self.statements.extend(file.statements);
        self.has_bank_ids |= file.has_bank_ids;
        self.is_swapped |= file.is_swapped;
        let named = |row: Malformed| Malformed {
            file: Some(name.to_owned()),
            ..row
        };
        self.malformed.extend(file.malformed.into_iter().map(named));
        self.pending.extend(file.pending.into_iter().map(named));
        self.notes.extend(file.notes.into_iter().map(named));
    }
}

/// A row that could not be read, an entry that is not booked, or a note about a row that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Malformed {
    /// The name of the file inside of a zip.
    #[serde(rename = "member", default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The field and the rule that it breaks. It holds no value of the row.
    pub reason: String,
}

impl Malformed {
    fn new(line: impl Into<u64>, reason: impl Into<String>) -> Self {
        Self {
            file: None,
            line: line.into(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = self.file.as_ref().filter(|file| !file.is_empty()) {
            write!(f, "{file}, ")?;
        }
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Reads transactions from the bytes of a file: JSON, JSON lines, CSV, camt.053 or MT940, as its content shows, or a zip of
/// such files.
///
/// Of a zip at most 1,000 files and 256 MiB are unpacked, and no zip inside of it; what is left out is reported.
///
/// In a statement each entry is a transaction, or each detail of a batch if the details have amounts of their own. An id
/// that the bank does not give is the place of the entry: the same file gives the same ids, another file others.
///
/// Fields are named as in the JSON form of [`Transaction`]: `id`, `amount` (an object of `amount` and `currency`, or in CSV
/// an amount beside a column `currency`), `booking_date`, `concept`, and the rest. Others are ignored.
///
/// Days are written as `2026-06-26`, with or without a time, or with the day first: `26.06.2026`, `26/06/2026`. `06/07/2026` could
/// be two days: it is refused, unless another row of the file has a day above 12 in the first place, and none in the second, or
/// `day_first` says so.
///
/// # Examples
///
/// ```
/// use cryptopocket_banking::input::read_transactions;
///
/// let file = "id;amount;currency;booking_date;concept\nt-1;1.150,50;EUR;26/06/2026;Pago 120037\nt-2;many;EUR;2026-06-26;\n";
/// let read = read_transactions(file.as_bytes(), false);
/// assert_eq!(read.records[0].amount.to_string(), "1150.50 EUR");
/// assert_eq!(read.malformed[0].to_string(), "line 3: amount: not a decimal number; write digits and a decimal point");
/// ```
pub fn read_transactions(bytes: &[u8], day_first: bool) -> Records<Transaction> {
    TRANSACTIONS.read(bytes, day_first)
}

/// Reads payments from the bytes of a file, whatever its format. Days are read as in [`read_transactions`].
///
/// Fields are named as in the JSON form of [`ExpectedPayment`], with the names of `payments list --json` as well: `id`,
/// `fiat` or `amount`, `created_at`, `status`, `concept`, `payer_name`, `payer_iban`. Others are ignored.
pub fn read_payments(bytes: &[u8], day_first: bool) -> Records<ExpectedPayment> {
    PAYMENTS.read(bytes, day_first)
}

type ReadStatements = fn(&[u8], &mut Records<Transaction>);

/// The reader of a bank statement, if the bytes are one.
fn statements(bytes: &[u8]) -> Option<ReadStatements> {
    match bytes.trim_ascii_start().first() {
        Some(b'<') => Some(camt::statements),
        _ if mt940::is_statement(bytes) => Some(mt940::statements),
        _ => None,
    }
}

/// The bytes without the mark that some programs put before UTF-8.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// How rows are made into records.
struct Form<T> {
    /// The record of a row, or the reason why it is none.
    convert: fn(&Fields<'_>, &Dates) -> Result<T, String>,
    /// The records of a bank statement. `None` if it is no statement after all.
    of_statements: fn(Records<Transaction>) -> Option<Records<T>>,
    /// Fields that show that a row is of this form, and fields that show that it is of the other one.
    own: &'static [&'static str],
    other: &'static [&'static str],
    if_swapped: &'static str,
    /// What to do if they were not swapped.
    cure: &'static str,
}

const TRANSACTIONS: Form<Transaction> = Form {
    convert: record::transaction,
    of_statements: Some,
    own: &["booking_date"],
    other: &[
        "created",
        "created_at",
        "external_id",
        "fiat",
        "fiat.amount",
        "fiat_amount",
        "holder",
        "payer_iban",
        "payer_name",
        "status",
    ],
    if_swapped: "the file looks like payments, not bank transactions; were the two files swapped?",
    cure: "no row has `booking_date`; if they are transactions, name the booking day so",
};

const PAYMENTS: Form<ExpectedPayment> = Form {
    convert: record::payment,
    of_statements: |found| {
        let is_statement = !(found.statements.is_empty() && found.records.is_empty());
        is_statement.then(|| Records::swapped(PAYMENTS.if_swapped))
    },
    own: TRANSACTIONS.other,
    other: TRANSACTIONS.own,
    if_swapped: "the file looks like bank transactions, not payments; were the two files swapped?",
    cure: "no row has a field of payments alone; if they are payments, drop that field or add `created_at` or `status`, filled or not",
};

impl<T> Form<T> {
    fn read(&self, bytes: &[u8], day_first: bool) -> Records<T> {
        if archive::is_zip(bytes) {
            let mut records = Records::default();
            archive::files(bytes, |name, file| {
                let read = file.map_or_else(Records::refused, |file| self.read(file, day_first));
                records.take(name, read);
            });
            return records;
        }
        let bytes = without_mark(bytes);
        if let Some(read) = statements(bytes) {
            let mut found = Records {
                has_bank_ids: true,
                ..Records::default()
            };
            read(bytes, &mut found);
            if let Some(records) = (self.of_statements)(found) {
                return records;
            }
        }
        let dates = Dates::new(day_first);
        let records = self.rows(bytes, &dates);
        // Only the whole file shows whether its days come first.
        let again = dates.settled().map(|dates| self.rows(bytes, &dates));
        again.unwrap_or(records)
    }

    fn rows(&self, bytes: &[u8], dates: &Dates) -> Records<T> {
        let mut records = Records::default();
        let (mut own, mut other) = (false, None);
        let mut take = |line: u64, fields: Result<Fields<'_>, String>| {
            let record = fields.and_then(|fields| {
                own |= fields.names_any(self.own);
                other = other.or_else(|| fields.filled(self.other));
                (self.convert)(&fields, dates)
            });
            match record {
                Ok(record) => records.records.push(record),
                Err(reason) => records.malformed.push(Malformed::new(line, reason)),
            }
        };
        match bytes.trim_ascii_start().first() {
            None => return Records::refused("the file is empty"),
            Some(b'[') => json::array(bytes, &mut take),
            Some(b'{') => json::lines(bytes, &mut take),
            Some(_) => table::rows(bytes, &mut take),
        }
        match other {
            // A row of transactions has all that a payment needs: matched as one, it would find itself.
            Some(other) if !own => {
                let (swapped, cure) = (self.if_swapped, self.cure);
                Records::swapped(format!("{swapped} It has `{other}`, and {cure}"))
            }
            _ => records,
        }
    }
}

#[cfg(test)]
mod tests;
