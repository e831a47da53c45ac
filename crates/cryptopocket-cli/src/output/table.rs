use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::style::BOLD;

/// Lays out a table. Each column is as wide as its widest cell.
pub(super) fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let names = headings
        .iter()
        .map(|heading| heading.trim_start_matches('>').to_owned());
    let clean_row = |row: Vec<String>| row.iter().map(|cell| clean(cell).into_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(names.collect())
        .chain(rows.map(clean_row))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths: Vec<_> = (0..headings.len())
        .map(|column| width(column).unwrap_or_default())
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for ((cell, width), heading) in row.iter().zip(&widths).zip(headings) {
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

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn columns_line_up_for_wide_characters() {
        let rows = [row(&["José", "240.00 EUR"]), row(&["東京", "9.50 EUR"])];
        let table = table(&["NAME", ">AMOUNT"], rows.into_iter());
        let shown = anstream::adapter::strip_str(&table).to_string();
        assert_eq!(shown, "NAME      AMOUNT\nJosé  240.00 EUR\n東京    9.50 EUR\n");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let table = table(&["NAME"], [row(&["\u{1b}[2Jgone\r\n"])].into_iter());
        assert!(!table.contains("\u{1b}[2J"));
        assert!(!clean("a\u{9b}31mb\n").contains(char::is_control));
    }
}
