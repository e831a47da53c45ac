use std::borrow::Cow;
use std::fmt;

use unicode_width::UnicodeWidthStr;

use super::style::BOLD;

/// Columns of text, as wide as their widest cell. A heading that begins with `>` belongs to a column of amounts,
/// which stands to the right.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

struct Column {
    heading: String,
    right: bool,
    width: usize,
}

impl Table {
    pub(crate) fn new(headings: &[&str]) -> Self {
        let column = |heading: &&str| {
            let (right, heading) = heading
                .strip_prefix('>')
                .map_or((false, *heading), |rest| (true, rest));
            Column {
                heading: heading.to_owned(),
                right,
                width: heading.width(),
            }
        };
        Self {
            columns: headings.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: &[String]) {
        let cells: Vec<_> = cells.iter().map(|cell| clean(cell).into_owned()).collect();
        for (column, cell) in self.columns.iter_mut().zip(&cells) {
            column.width = column.width.max(cell.width());
        }
        self.rows.push(cells);
    }

    fn line<'c>(&self, cells: impl Iterator<Item = &'c str>) -> String {
        let mut text = String::new();
        for (cell, column) in cells.zip(&self.columns) {
            let gap = " ".repeat(column.width.saturating_sub(cell.width()));
            let (before, after) = if column.right {
                (gap, String::new())
            } else {
                (String::new(), gap)
            };
            text.extend([&before, cell, &after, "  "]);
        }
        text.truncate(text.trim_end().len());
        text
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings = self.line(self.columns.iter().map(|column| column.heading.as_str()));
        writeln!(f, "{BOLD}{headings}{BOLD:#}")?;
        self.rows
            .iter()
            .try_for_each(|row| writeln!(f, "{}", self.line(row.iter().map(String::as_str))))
    }
}

/// Text from elsewhere without the control characters that could steer a terminal.
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

    #[test]
    fn columns_line_up_whatever_the_width_of_the_characters() {
        let mut table = Table::new(&["NAME", ">AMOUNT"]);
        table.row(&["José".to_owned(), "240.00 EUR".to_owned()]);
        table.row(&["東京".to_owned(), "9.50 EUR".to_owned()]);
        let shown = anstream::adapter::strip_str(&table.to_string()).to_string();
        assert_eq!(shown, "NAME      AMOUNT\nJosé  240.00 EUR\n東京    9.50 EUR\n");
    }

    #[test]
    fn text_of_the_provider_cannot_steer_the_terminal() {
        let mut table = Table::new(&["NAME"]);
        table.row(&["\u{1b}[2Jgone\r\n".to_owned()]);
        assert!(!table.to_string().contains("\u{1b}[2J"));
        assert!(!clean("a\u{9b}31mb\n").contains(char::is_control));
    }
}
