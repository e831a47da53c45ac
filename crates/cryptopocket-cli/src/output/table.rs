use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Column;
use super::style::BOLD;

/// Lays out a table. Each column is as wide as its widest cell.
pub(super) fn table(rows: &[Vec<Column>]) -> String {
    let headings: Vec<&str> = rows
        .iter()
        .take(1)
        .flatten()
        .map(|(heading, _)| *heading)
        .collect();
    let names = headings
        .iter()
        .map(|heading| Cow::from(heading.trim_start_matches('>')));
    let cells = |row: &'_ Vec<Column>| {
        row.iter()
            .map(|(_, cell)| clean(cell).into_owned().into())
            .collect()
    };
    let rows: Vec<Vec<Cow<'_, str>>> = std::iter::once(names.collect())
        .chain(rows.iter().map(cells))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths: Vec<_> = (0..headings.len())
        .map(|column| width(column).unwrap_or_default())
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for ((cell, width), heading) in row.iter().zip(&widths).zip(&headings) {
            let gap = " ".repeat(width - cell.width());
            let is_right = heading.starts_with('>');
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

    fn row(name: &str, amount: &str) -> Vec<Column> {
        vec![("NAME", name.to_owned()), (">AMOUNT", amount.to_owned())]
    }

    #[test]
    fn columns_line_up_for_wide_characters() {
        let table = table(&[row("José", "240.00 EUR"), row("東京", "9.50 EUR")]);
        let shown = anstream::adapter::strip_str(&table).to_string();
        assert_eq!(shown, "NAME      AMOUNT\nJosé  240.00 EUR\n東京    9.50 EUR\n");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let table = table(&[row("\u{1b}[2Jgone\r\n", "")]);
        assert!(!table.contains("\u{1b}[2J"));
        assert!(!clean("a\u{9b}31mb\n").contains(char::is_control));
    }
}
