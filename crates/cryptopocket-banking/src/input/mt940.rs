//! MT940 bank statements.
//!
//! Read here: the crate `mt940` 1.1 gives up the file at the first odd field, and leaves the sub-fields of field 86 unread.

use cryptopocket_types::{Currency, Date, Decimal, Field, Money};

use super::amount::{signed, unsigned};
use super::statement::account;
use super::{Malformed, Records, Statement};
use crate::Transaction;

/// Characters after which a bank wraps field 86, in the middle of a word.
const WRAP: usize = 65;

/// Whether the bytes look like MT940, with or without the SWIFT blocks around it.
pub(super) fn is_statement(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.starts_with(b"{1:") || start.starts_with(b":20:") || start.starts_with(b":940:")
}

/// A field: its line, its tag, and its lines.
struct Tagged<'t> {
    line: u32,
    tag: &'t str,
    lines: Vec<&'t str>,
}

impl<'t> Tagged<'t> {
    fn first(&self) -> &'t str {
        self.lines.first().copied().unwrap_or_default().trim()
    }
}

/// Reads every statement line of the file.
pub(super) fn statements(bytes: &[u8], records: &mut Records<Transaction>) {
    // Banks write Latin-1, in which every byte is a character.
    let text = String::from_utf8(bytes.to_vec())
        .unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect());
    let mut current = Current::default();
    let fields = fields(&text);
    for (at, field) in fields.iter().enumerate() {
        match field.tag {
            "25" => current.account = field.first(),
            "28C" | "28" => (current.number, current.lines) = (field.first(), 0),
            "60F" | "60M" => {
                current.first = records.records.len();
                let currency = parts(field.first()).map(|(_, currency, _)| currency);
                // The mark may be another letter.
                current.currency = currency.or_else(|| field.first().get(7..10)?.parse().ok());
                current.opening = balance(field, records);
            }
            "62F" | "62M" => {
                let id = format!("{}/{}", current.account, current.number);
                let mut summary = Statement::new(&id, Some(current.account));
                (summary.opening, summary.closing) = (current.opening.take(), balance(field, records));
                summary.add(&records.records[current.first..]);
                records.statements.push(summary);
            }
            "61" => {
                current.lines += 1;
                let text = fields.get(at + 1).filter(|next| next.tag == "86");
                match current.transaction(field, text) {
                    Ok(transaction) => records.records.push(transaction),
                    Err(reason) => records.malformed.push(Malformed::new(field.line, reason)),
                }
            }
            _ => {}
        }
    }
}

/// Splits the file into fields. A line without a tag goes on with the field before it.
fn fields(text: &str) -> Vec<Tagged<'_>> {
    let mut fields: Vec<Tagged<'_>> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end_matches('\r');
        // The block around the first field of a SWIFT message.
        let line = line.rfind("{4:").map_or(line, |at| &line[at + 3..]);
        let tagged = line.strip_prefix(':').and_then(|rest| rest.split_once(':'));
        let tagged =
            tagged.filter(|(tag, _)| (2..=3).contains(&tag.len()) && tag.as_bytes()[0].is_ascii_digit());
        // A lone hyphen ends a message.
        let end = line == "-" || line.starts_with("-}");
        match (tagged.or(end.then_some(("", ""))), fields.last_mut()) {
            (Some((tag, rest)), _) => fields.push(Tagged {
                line: number,
                tag,
                lines: vec![rest],
            }),
            (None, Some(field)) => field.lines.push(line),
            (None, None) => {}
        }
    }
    fields
}

/// What the lines of a statement have in common.
#[derive(Default)]
struct Current<'t> {
    account: &'t str,
    number: &'t str,
    currency: Option<Currency>,
    opening: Option<Money>,
    /// The place of its first transaction.
    first: usize,
    lines: usize,
}

impl Current<'_> {
    fn transaction(
        &self,
        field: &Tagged<'_>,
        text: Option<&Tagged<'_>>,
    ) -> Result<Transaction, &'static str> {
        let currency = self
            .currency
            .ok_or("field 60 names no currency before this line")?;
        let line = field.lines[0];
        let (value, rest) = line.split_at_checked(6).ok_or("field 61: no date")?;
        let value = short_date(value).ok_or("field 61: the date is no day")?;
        let (booked, rest) = match rest.split_at_checked(4) {
            Some((day, rest)) if day.bytes().all(|byte| byte.is_ascii_digit()) => (
                booking(value, day).ok_or("field 61: the booking date is no day")?,
                rest,
            ),
            _ => (value, rest),
        };
        // `RC` takes a credit back, and so takes money away; `RD` gives it back. `EC` and `ED` are expected ones.
        let (back, rest) = rest.strip_prefix('R').map_or((false, rest), |rest| (true, rest));
        let (mark, rest) = rest
            .strip_prefix('E')
            .unwrap_or(rest)
            .split_at_checked(1)
            .unwrap_or_default();
        if !matches!(mark, "C" | "D") {
            return Err("field 61: neither credit nor debit");
        }
        let credit = (mark == "C") != back;
        // The third letter of the currency may follow the mark.
        let rest = rest
            .strip_prefix(|c: char| c.is_ascii_uppercase())
            .unwrap_or(rest);
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != ',')
            .unwrap_or(rest.len());
        let (digits, reference) = rest.split_at(end);
        let amount = amount(digits).ok_or("field 61: not an amount with a decimal comma")?;
        let signed =
            signed(Money::new(amount, currency), credit).ok_or("field 61: the amount is too large")?;
        let id = format!("{}/{}/{}", self.account, self.number, self.lines);
        let mut transaction = Transaction::new(id.as_str(), signed, booked);
        transaction.value_date = Field::Value(value);
        transaction.iban = Field::Value(self.account.into());
        if let Some(text) = text {
            Remittance::read(&text.lines).describe(&mut transaction);
        }
        // Four letters of the kind of transaction, then the reference of the account's owner.
        let reference = reference.get(4..).unwrap_or_default();
        let owner = reference.split("//").next().unwrap_or_default().trim();
        if transaction.end_to_end_id.is_absent() && !matches!(owner, "" | "NONREF" | "NOTPROVIDED") {
            transaction.end_to_end_id = Field::Value(owner.into());
        }
        Ok(transaction)
    }
}

/// The parts of a balance such as `C251230EUR1000,00`: whether the mark says debit, the currency, the digits.
fn parts(line: &str) -> Option<(Option<bool>, Currency, &str)> {
    let mark = line.starts_with(['C', 'D']).then(|| line.starts_with('D'));
    let rest = &line[usize::from(mark.is_some())..];
    Some((mark, rest.get(6..9)?.parse().ok()?, rest.get(9..)?))
}

/// The balance in a field. Some banks sign the amount, beside the mark or in its place: then it is a debit if either says so.
/// Some leave out the comma of a whole amount.
fn balance(field: &Tagged<'_>, records: &mut Records<Transaction>) -> Option<Money> {
    let found = parts(field.first()).and_then(|(debit, currency, digits)| {
        let minus = digits.strip_prefix('-').or_else(|| digits.strip_suffix('-'));
        let plain = minus.unwrap_or(digits);
        let plain = plain.strip_prefix('+').unwrap_or(plain);
        let credit = debit != Some(true) && minus.is_none();
        let balance = signed(Money::new(unsigned(plain, ',')?, currency), credit)?;
        Some((balance, debit.is_none() || plain != digits, !plain.contains(',')))
    });
    let tag = &field.tag[..2];
    let mut note = |text: String| records.notes.push(Malformed::new(field.line, text));
    let Some((balance, is_signed, is_whole)) = found else {
        let reason = format!("field {tag}: no balance such as C251230EUR1000,00");
        records.malformed.push(Malformed::new(field.line, reason));
        return None;
    };
    if is_signed {
        let side = if balance.is_negative() { "debit" } else { "credit" };
        note(format!(
            "field {tag}: a sign beside the mark C or D, or no mark; read as a {side} balance"
        ));
    }
    if is_whole {
        note(format!("field {tag}: no decimal comma; read as a whole amount"));
    }
    Some(balance)
}

/// A day without its century: 80 to 99 are in the last one.
fn short_date(text: &str) -> Option<Date> {
    let part = |from: usize| text.get(from..from + 2)?.parse::<u8>().ok();
    let year = u16::from(part(0)?);
    let century = if year < 80 { 2000 } else { 1900 };
    Date::new(century + year, part(2)?, part(4)?).ok()
}

/// The booking day, which has no year: the one nearest to the value date.
fn booking(value: Date, day: &str) -> Option<Date> {
    let (month, day) = (day.get(..2)?.parse().ok()?, day.get(2..)?.parse().ok()?);
    let years = [value.year().checked_sub(1)?, value.year(), value.year() + 1];
    let days = years
        .into_iter()
        .filter_map(|year| Date::new(year, month, day).ok());
    days.min_by_key(|date| date.days_since(value).abs())
}

fn amount(digits: &str) -> Option<Decimal> {
    unsigned(digits, ',').filter(|_| digits.contains(','))
}

/// Field 86, in sub-fields or as free text.
#[derive(Default)]
struct Remittance {
    text: String,
    name: String,
    account: String,
}

impl Remittance {
    fn read(lines: &[&str]) -> Self {
        let mut joined = String::new();
        for (number, line) in lines.iter().enumerate() {
            // A full line was wrapped in the middle of a word, a shorter one was ended.
            if number > 0 && lines[number - 1].chars().count() < WRAP && !lines[0].contains('?') {
                joined.push('\n');
            }
            joined.push_str(line);
        }
        let Some((_, structured)) = joined.split_once('?') else {
            return Self {
                text: joined,
                ..Self::default()
            };
        };
        let mut remittance = Self::default();
        for part in structured.split('?') {
            let Some((code, content)) = part.split_at_checked(2) else {
                continue;
            };
            match code.parse::<u8>() {
                Ok(20..=29 | 60..=63) => remittance.text.push_str(content),
                Ok(32 | 33) => remittance.name.push_str(content),
                // 38 is always an IBAN, 31 may be an older account number.
                Ok(number @ (31 | 38)) if number == 38 || remittance.account.is_empty() => {
                    content.trim().clone_into(&mut remittance.account);
                }
                _ => {}
            }
        }
        remittance
    }

    fn describe(self, transaction: &mut Transaction) {
        let of = |name: &str| tagged(&self.text, name);
        let given = |text: &str| (!text.is_empty()).then(|| text.into());
        transaction.end_to_end_id = of("EREF")
            .filter(|id| *id != "NOTPROVIDED")
            .and_then(given)
            .into();
        transaction.concept = given(of("SVWZ").unwrap_or(self.text.trim())).into();
        let name = of("ABWA").filter(|name| !name.is_empty());
        transaction.counterparty_name = given(name.unwrap_or(self.name.trim())).into();
        if !self.account.is_empty() {
            transaction.counterparty_iban = Field::Value(account(&self.account));
        }
    }
}

/// A part of a German remittance text: `EREF+…SVWZ+…`.
fn tagged<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    const TAGS: [&str; 8] = ["EREF", "KREF", "MREF", "CRED", "DEBT", "SVWZ", "ABWA", "ABWE"];
    let find = |tag: &str| text.find(&format!("{tag}+"));
    let from = find(name)? + name.len() + 1;
    let ends = TAGS.iter().filter_map(|tag| find(tag));
    let end = ends.filter(|end| *end >= from).min();
    Some(text[from..end.unwrap_or(text.len())].trim())
}

#[cfg(test)]
mod tests;
