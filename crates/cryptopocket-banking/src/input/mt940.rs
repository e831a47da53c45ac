//! MT940 bank statements.
//!
//! The crate `mt940` 1.1 refuses the whole file at the first field that is not as SWIFT has it, and leaves the text of field 86
//! as it came: its sub-fields and wraps are what references are lost in. So the fields are read here.

use cryptopocket_types::{Currency, Date, Decimal, Field, Iban, Money, Personal};

use super::{Malformed, Records};
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
    line: u64,
    tag: &'t str,
    lines: Vec<&'t str>,
}

/// Reads every statement line of the file.
pub(super) fn statements(bytes: &[u8], records: &mut Records<Transaction>) {
    // Banks write Latin-1, in which every byte is a character.
    let text = String::from_utf8(bytes.to_vec())
        .unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect());
    let mut statement = Statement::default();
    let fields = fields(&text);
    for (at, field) in fields.iter().enumerate() {
        match field.tag {
            "25" => {
                let account = field.lines.first().copied().unwrap_or_default().trim();
                account.clone_into(&mut statement.account);
            }
            "28C" | "28" => {
                let number = field.lines.first().copied().unwrap_or_default().trim();
                number.clone_into(&mut statement.number);
                statement.lines = 0;
            }
            "60F" | "60M" => {
                statement.currency = field
                    .lines
                    .first()
                    .and_then(|line| line.get(7..10))
                    .and_then(|c| c.parse().ok());
            }
            "61" => {
                statement.lines += 1;
                let text = fields.get(at + 1).filter(|next| next.tag == "86");
                match statement.transaction(field, text) {
                    Ok(transaction) => records.records.push(transaction),
                    Err(reason) => records.malformed.push(Malformed {
                        line: field.line,
                        reason: reason.to_owned(),
                    }),
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
        match tagged.filter(|(tag, _)| (2..=3).contains(&tag.len()) && tag.as_bytes()[0].is_ascii_digit()) {
            Some((tag, rest)) => fields.push(Tagged {
                line: number,
                tag,
                lines: vec![rest],
            }),
            // A lone hyphen ends a message.
            None if line == "-" || line.starts_with("-}") => fields.push(Tagged {
                line: number,
                tag: "",
                lines: Vec::new(),
            }),
            None => {
                if let Some(field) = fields.last_mut() {
                    field.lines.push(line);
                }
            }
        }
    }
    fields
}

/// What the lines of a statement have in common.
#[derive(Default)]
struct Statement {
    account: String,
    number: String,
    currency: Option<Currency>,
    lines: usize,
}

impl Statement {
    fn transaction(
        &self,
        field: &Tagged<'_>,
        text: Option<&Tagged<'_>>,
    ) -> Result<Transaction, &'static str> {
        let currency = self
            .currency
            .ok_or("field 60 names no currency before this line")?;
        let line = field.lines.first().copied().unwrap_or_default();
        let (value, rest) = line.split_at_checked(6).ok_or("field 61: no date")?;
        let value = short_date(value).ok_or("field 61: the date is no day")?;
        let (booked, rest) = match rest.split_at_checked(4) {
            Some((day, rest)) if day.bytes().all(|byte| byte.is_ascii_digit()) => (
                booking(value, day).ok_or("field 61: the booking date is no day")?,
                rest,
            ),
            _ => (value, rest),
        };
        // `RC` takes a credit back, and so takes money away; `RD` gives it back.
        let (credit, rest) = [
            ("RC", false),
            ("RD", true),
            ("EC", true),
            ("ED", false),
            ("C", true),
            ("D", false),
        ]
        .into_iter()
        .find_map(|(mark, credit)| Some((credit, rest.strip_prefix(mark)?)))
        .ok_or("field 61: neither credit nor debit")?;
        // The third letter of the currency may follow the mark.
        let rest = rest
            .strip_prefix(|c: char| c.is_ascii_uppercase())
            .unwrap_or(rest);
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != ',')
            .unwrap_or(rest.len());
        let (digits, reference) = rest.split_at(end);
        let amount = amount(digits).ok_or("field 61: not an amount with a decimal comma")?;
        let signed = if credit {
            Some(amount)
        } else {
            Decimal::ZERO.checked_sub(amount)
        };
        let signed = signed.ok_or("field 61: the amount is too large")?;
        let id = format!("{}/{}/{}", self.account, self.number, self.lines);
        let mut transaction = Transaction::new(id.as_str(), Money::new(signed, currency), booked);
        transaction.value_date = Field::Value(value);
        transaction.iban = Field::Value(self.account.as_str().into());
        if let Some(text) = text {
            Remittance::read(&text.lines).describe(&mut transaction);
        }
        // Four letters of the kind of transaction, then the reference of the account's owner.
        let owner = reference
            .get(4..)
            .unwrap_or_default()
            .split("//")
            .next()
            .unwrap_or_default()
            .trim();
        if transaction.end_to_end_id.is_absent() && !matches!(owner, "" | "NONREF" | "NOTPROVIDED") {
            transaction.end_to_end_id = Field::Value(owner.into());
        }
        Ok(transaction)
    }
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
    let (whole, decimals) = digits.split_once(',')?;
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if decimals.is_empty() {
        return whole.parse().ok();
    }
    format!("{whole}.{decimals}").parse().ok()
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
        let tagged = tagged(&self.text);
        let of = |name: &str| {
            tagged
                .iter()
                .find(|(tag, _)| *tag == name)
                .map(|(_, text)| text.trim())
        };
        if let Some(id) = of("EREF").filter(|id| !id.is_empty() && *id != "NOTPROVIDED") {
            transaction.end_to_end_id = Field::Value(id.into());
        }
        let text = of("SVWZ").unwrap_or(self.text.trim());
        if !text.is_empty() {
            transaction.concept = Field::Value(text.into());
        }
        let name = of("ABWA")
            .filter(|name| !name.is_empty())
            .unwrap_or(self.name.trim());
        if !name.is_empty() {
            transaction.counterparty_name = Field::Value(name.into());
        }
        if !self.account.is_empty() {
            let iban = self.account.parse::<Iban>().map(Personal::from);
            let account = iban.unwrap_or_else(|_| self.account.as_str().into());
            transaction.counterparty_iban = Field::Value(account);
        }
    }
}

/// The parts of a German remittance text: `EREF+…SVWZ+…`.
fn tagged(text: &str) -> Vec<(&str, &str)> {
    const TAGS: [&str; 8] = ["EREF", "KREF", "MREF", "CRED", "DEBT", "SVWZ", "ABWA", "ABWE"];
    let mut starts: Vec<(usize, &str)> = TAGS
        .iter()
        .filter_map(|tag| text.find(&format!("{tag}+")).map(|at| (at, *tag)))
        .collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|((at, tag), end)| (*tag, &text[at + tag.len() + 1..end]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::read_transactions;

    const HEAD: &str = ":20:STARTUMS\n:25:DE89370400440532013000\n:28C:12/1\n:60F:C251230EUR1000,00\n";

    fn read(body: &str) -> Records<Transaction> {
        read_transactions(format!("{HEAD}{body}:62F:C260102EUR1150,50\n-\n").as_bytes())
    }

    #[test]
    fn sub_fields_are_joined_and_the_year_turns() {
        let found = read(
            ":61:2512310102C150,50NTRFNONREF//BANKREF\n:86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+PAGO REF 1200?2237 GRACIAS\n?30BIC?31ES9121000418450200051332\n?32GARCIA LOP?33EZ ANA\n",
        );
        let credit = &found.records[0];
        assert_eq!(credit.amount.to_string(), "150.50 EUR");
        assert_eq!(
            credit.concept.value().unwrap().reveal(),
            "PAGO REF 120037 GRACIAS"
        );
        assert_eq!(
            credit.counterparty_name.value().unwrap().reveal(),
            "GARCIA LOPEZ ANA"
        );
        assert_eq!(
            credit.counterparty_iban.value().unwrap().reveal(),
            "ES9121000418450200051332"
        );
        assert_eq!(credit.end_to_end_id.value().unwrap().reveal(), "E-1");
        assert_eq!(credit.value_date.to_string(), "2025-12-31");
        assert_eq!(credit.booking_date.to_string(), "2026-01-02");
        assert_eq!(credit.id, "DE89370400440532013000/12/1/1");
    }

    #[test]
    fn free_text_is_joined_over_full_lines_only() {
        let full = format!("{}1200", "X".repeat(WRAP - 5)) + " ";
        let wrapped = format!("{}1200", "X".repeat(WRAP - 4));
        assert_eq!((full.len(), wrapped.len()), (WRAP, WRAP));
        let found = read(&format!(":61:260102C1,NTRFE-2\n:86:{wrapped}\n37 ANA\nGARCIA\n"));
        let text = found.records[0].concept.value().unwrap().reveal();
        assert!(text.ends_with("120037 ANA\nGARCIA"), "{text}");
        assert_eq!(found.records[0].end_to_end_id.value().unwrap().reveal(), "E-2");
    }

    #[test]
    fn reversals_have_the_sign_of_the_money() {
        let found =
            read(":61:260102RC10,00NTRFNONREF\n:61:260102RDR0011,5NTRFNONREF\n:61:260102D12,NTRFNONREF\n");
        let amounts: Vec<_> = found.records.iter().map(|t| t.amount.to_string()).collect();
        assert_eq!(amounts, ["-10.00 EUR", "11.50 EUR", "-12.00 EUR"]);
    }

    #[test]
    fn bad_lines_are_told_and_the_rest_is_read() {
        let found =
            read(":61:261302C1,NTRF\n:61:260102C1.50NTRF\n:61:260102X1,NTRF\n:61:260102C2,NTRFNONREF\n");
        assert_eq!(found.records.len(), 1);
        let lines: Vec<_> = found.malformed.iter().map(|bad| bad.line).collect();
        assert_eq!(lines, [5, 6, 7]);
    }

    #[test]
    fn swift_blocks_and_latin_1_are_read() {
        let mut bytes = b"{1:F01BANKDEFF}{2:I940}{4:\n".to_vec();
        bytes.extend(HEAD.bytes());
        bytes.extend(b":61:260102C1,NTRFNONREF\n:86:MU\xD1OZ 120037\n-}");
        let found = read_transactions(&bytes);
        assert_eq!(found.records[0].concept.value().unwrap().reveal(), "MUÑOZ 120037");
    }
}
