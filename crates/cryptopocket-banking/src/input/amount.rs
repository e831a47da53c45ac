//! Amounts as people and spreadsheets write them.

use cryptopocket_types::{Decimal, Money};

pub(super) const NO_NUMBER: &str = "not a decimal number; write digits and a decimal point";
const UNCLEAR: &str = "could be thousands or decimals; write it with two decimals";

/// Reads an amount with a decimal point or comma, and separators of thousands.
///
/// The last of `.` and `,` is the decimal mark if both are there. One mark before three digits is refused: `1,234` is two
/// amounts.
pub(super) fn loose(text: &str) -> Result<Decimal, String> {
    let compact: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\''))
        .collect();
    let count = |mark: char| compact.matches(mark).count();
    let Some((whole, decimals)) = compact.rsplit_once(['.', ',']) else {
        return decimal(&compact);
    };
    let (mark, other) = if compact[whole.len()..].starts_with('.') {
        ('.', ',')
    } else {
        (',', '.')
    };
    match (count(mark), count(other)) {
        (1, 0) if decimals.len() == 3 && whole.trim_start_matches('-') != "0" => Err(UNCLEAR.to_owned()),
        (1, 0) => decimal(&format!("{whole}.{decimals}")),
        (1, _) => decimal(&format!("{}.{decimals}", grouped(whole, other)?)),
        (_, 0) => decimal(&grouped(&compact, mark)?),
        _ => Err(NO_NUMBER.to_owned()),
    }
}

/// The digits of groups of thousands.
fn grouped(text: &str, separator: char) -> Result<String, String> {
    let mut groups = text.split(separator);
    let first = groups.next().unwrap_or_default().trim_start_matches('-');
    let even = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    even.then(|| text.replace(separator, ""))
        .ok_or_else(|| NO_NUMBER.to_owned())
}

fn decimal(text: &str) -> Result<Decimal, String> {
    // Exponents are for programs: in a cell they are a spreadsheet's way of losing digits.
    if text.contains(['e', 'E']) {
        return Err(NO_NUMBER.to_owned());
    }
    text.strip_prefix('+')
        .unwrap_or(text)
        .parse()
        .map_err(|_| NO_NUMBER.to_owned())
}

/// Reads an amount without a sign, as banks write it. They fill up with zeros, which a number must not begin with.
pub(super) fn unsigned(text: &str, mark: char) -> Option<Decimal> {
    let (whole, decimals) = text
        .split_once(mark)
        .map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() || !is_digits(whole) || !decimals.is_none_or(is_digits) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let text = match (mark, decimals) {
        (_, None) | (',', Some("")) => whole.to_owned(),
        (_, Some(decimals)) => format!("{whole}.{decimals}"),
    };
    text.parse().ok()
}

/// A credit as it is, a debit below zero.
pub(super) fn signed(amount: Money, credit: bool) -> Option<Money> {
    let zero = Money::new(Decimal::ZERO, amount.currency());
    if credit {
        Some(amount)
    } else {
        zero.checked_sub(amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_read_in_both_customs() {
        for (text, amount) in [
            ("150.50", "150.50"),
            ("150,5", "150.5"),
            ("1.150,50", "1150.50"),
            ("1,150.50", "1150.50"),
            ("1 150,50", "1150.50"),
            ("1'150.50", "1150.50"),
            ("-1.234.567,89", "-1234567.89"),
            ("1.234.567", "1234567"),
            ("0,125", "0.125"),
            ("150", "150"),
            ("+3,00", "3.00"),
        ] {
            assert_eq!(loose(text), Ok(amount.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn unclear_amounts_are_refused() {
        for text in [
            "1,234",
            "1.234",
            "1,23.4,5",
            "12.34.567",
            "1e5",
            "abc",
            "",
            "1,150.50.1",
        ] {
            assert!(loose(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_of_banks_keep_their_decimals() {
        for (text, mark, amount) in [
            ("150000", '.', Some("150000")),
            ("000150.50", '.', Some("150.50")),
            (".5", '.', Some("0.5")),
            ("5.", '.', None),
            ("5,", ',', Some("5")),
            ("00,10", ',', Some("0.10")),
            ("-5", '.', None),
            ("", ',', None),
        ] {
            let read = unsigned(text, mark).map(|amount| amount.to_string());
            assert_eq!(read.as_deref(), amount, "{text}");
        }
    }
}
