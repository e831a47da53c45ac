use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::BOLD;

/// Lays out a table. Each column is as wide as its widest cell.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let headline = headings
        .iter()
        .map(|name| name.trim_start_matches('>').to_uppercase());
    let cells = rows
        .iter()
        .map(|row| row.iter().map(|text| clean(text).into_owned()).collect());
    let rows: Vec<Vec<String>> = std::iter::once(headline.collect()).chain(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max();
    let widths = (0..headings.len()).map(|column| width(column).unwrap_or_default());
    let widths: Vec<_> = widths.collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for ((cell, width), name) in row.iter().zip(&widths).zip(headings) {
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

    fn rows(rows: &[[&str; 2]]) -> String {
        let rows: Vec<_> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        table(&["name", ">amount"], &rows)
    }

    #[test]
    fn columns_line_up_for_wide_characters() {
        let table = rows(&[["José", "240.00 EUR"], ["東京", "9.50 EUR"]]);
        let shown = anstream::adapter::strip_str(&table).to_string();
        assert_eq!(shown, "NAME      AMOUNT\nJosé  240.00 EUR\n東京    9.50 EUR\n");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let table = rows(&[["\u{1b}[2Jgone\r\n", ""]]);
        assert!(!table.contains("\u{1b}[2J"));
        assert!(!clean("a\u{9b}31mb\n").contains(char::is_control));
    }
}
