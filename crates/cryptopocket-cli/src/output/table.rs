use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Cell;
use super::style::BOLD;

/// Lays out a table of the named columns, or of all. Each is as wide as its widest cell.
pub(super) fn table(rows: &[Vec<Cell>], columns: &[&str]) -> String {
    let names: Vec<&str> = match (columns, rows.first()) {
        ([], Some(row)) => row.iter().map(|(name, _)| *name).collect(),
        (columns, _) => columns.to_vec(),
    };
    let headings = names
        .iter()
        .map(|name| name.trim_start_matches('>').to_uppercase().into());
    let cells = |row: &'_ Vec<Cell>| -> Vec<Cow<'_, str>> {
        let value = |name: &&str| row.iter().find(|(other, _)| other == name)?.1.as_deref();
        let text = |name| clean(value(name).unwrap_or_default()).into_owned().into();
        names.iter().map(text).collect()
    };
    let rows: Vec<Vec<Cow<'_, str>>> = std::iter::once(headings.collect())
        .chain(rows.iter().map(cells))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths: Vec<_> = (0..names.len())
        .map(|column| width(column).unwrap_or_default())
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for ((cell, width), name) in row.iter().zip(&widths).zip(&names) {
            let gap = " ".repeat(width - cell.width());
            let is_right = name.starts_with('>');
            let (before, after) = if is_right { (&*gap, "") } else { ("", &*gap) };
            line.extend([before, cell, after, "  "]);
        }
        let line = line.trim_end();
        if number == 0 {
            let _ = writeln!(text, "{BOLD}{line}{BOLD:#}");
        } else {
            text.extend([line, "\n"]);
        }
    }
    text
}

/// Replaces the control characters of foreign text: they could steer a terminal.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, amount: &str) -> Vec<Cell> {
        vec![
            ("name", Some(name.to_owned())),
            (">amount", Some(amount.to_owned())),
        ]
    }

    #[test]
    fn columns_line_up_for_wide_characters() {
        let table = table(&[row("José", "240.00 EUR"), row("東京", "9.50 EUR")], &[]);
        let shown = anstream::adapter::strip_str(&table).to_string();
        assert_eq!(shown, "NAME      AMOUNT\nJosé  240.00 EUR\n東京    9.50 EUR\n");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let table = table(&[row("\u{1b}[2Jgone\r\n", "")], &[]);
        assert!(!table.contains("\u{1b}[2J"));
        assert!(!clean("a\u{9b}31mb\n").contains(char::is_control));
    }
}
