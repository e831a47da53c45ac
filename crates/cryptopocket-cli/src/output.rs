//! Results on stdout: JSON for programs, lines and tables for people.

mod form;
mod progress;
mod table;
pub(crate) mod views;

use std::io::{self, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use cryptopocket::reading::Row;
use cryptopocket::{Page, RawJson};
use serde::Serialize;

pub(crate) use self::form::{Object, coin, coin_field, object};
pub(crate) use self::progress::Progress;
pub(crate) use self::table::clean;
pub(crate) use self::views::View;
use crate::failure::{Failure, Result};

// The streams remove colours in files and pipes, and wherever `NO_COLOR` is set.
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Writes results to stdout. Everything else is written to stderr.
pub(crate) struct Output {
    json: bool,
    stream: AutoStream<io::Stdout>,
    /// What was done already.
    effect: Option<String>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            stream: anstream::stdout(),
            effect: None,
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// For the result of what the command did, such as "payment 7 was created", and for nothing else. If it cannot be
    /// printed, the failure says that too: it must not invite to do it again.
    pub(crate) fn after(&self, effect: impl Into<String>) -> Self {
        let mut output = Self::new(self.json);
        output.effect = Some(effect.into());
        output
    }

    /// Prints one JSON value on its own line, and flushes it for readers of a stream.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        let line = serde_json::to_string(value).map_err(|error| self.unprinted(unwritable(&error)))?;
        // The promised form of a field that cannot be read. Inside of a JSON string the quotes would be escaped.
        self.line(line.replace(r#"{"unreadable":true}"#, "null"))
    }

    /// Prints one line.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> Result<()> {
        self.write(&format!("{}\n", text.as_ref()))
    }

    /// Prints what was done: `json` for programs, `text` for people.
    pub(crate) fn said(&mut self, json: &impl Serialize, text: impl AsRef<str>) -> Result<()> {
        if self.json {
            self.json(json)
        } else {
            self.line(text)
        }
    }

    /// Prints one result in the requested form.
    pub(crate) fn one(&mut self, value: &impl Serialize, view: View) -> Result<()> {
        if self.json {
            return self.json(value);
        }
        let parts = self.parts(value, view)?.into_iter();
        let lines: Vec<_> = parts
            .filter_map(|(name, text)| Some((name.trim_start_matches(form::MARKS), text?)))
            .collect();
        let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, text) in lines {
            self.line(format!("{DIM}{name:width$}{DIM:#}  {}", clean(&text)))?;
        }
        Ok(())
    }

    /// Prints a result that changes: for people as one line, in which each heading stands before its text.
    pub(crate) fn state(&mut self, value: &impl Serialize, view: View) -> Result<()> {
        let parts = self.parts(value, view)?.into_iter();
        let words = parts.filter_map(|(name, text)| Some(format!("{name}{}", clean(&text?))));
        self.said(value, words.collect::<String>())
    }

    /// Ends a command whose result, with `--json`, holds the failure that it amounts to.
    pub(crate) fn end(&self, failure: Option<Failure>) -> Result<()> {
        failure.map_or(Ok(()), |mut failure| {
            failure.quiet |= self.json;
            Err(failure)
        })
    }

    /// Prints a complete list: one JSON array or one table.
    pub(crate) fn list<T: Serialize>(&mut self, page: &Page<T>, view: View) -> Result<()> {
        if self.json {
            let rows = page.rows.iter().map(printed).collect::<Result<Vec<_>>>()?;
            return self.json(&rows);
        }
        self.table(page, view)?;
        warn_unreadable(page.unreadable().count());
        Ok(())
    }

    /// Prints a table of what `view` shows of each item.
    pub(crate) fn table<T: Serialize>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        view: View,
    ) -> Result<()> {
        let is_shown = |name: &str| !name.starts_with('-');
        let headings: Vec<_> = form::headings(view.text())
            .filter(|name| is_shown(name))
            .collect();
        let row = |item| {
            let parts = self.parts(&item, view)?.into_iter();
            let shown = parts.filter(|(name, _)| is_shown(name));
            Ok(shown.map(|(_, text)| text.unwrap_or_default()).collect())
        };
        let rows = items.into_iter().map(row).collect::<Result<Vec<_>>>()?;
        self.rows(&headings, rows)
    }

    /// Prints a table, or `(none)`. The column of a heading that begins with `>` is aligned to the right.
    pub(crate) fn rows(
        &mut self,
        headings: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<()> {
        let rows: Vec<_> = rows.into_iter().collect();
        if rows.is_empty() {
            return self.line("(none)");
        }
        self.write(&table::table(headings, &rows))
    }

    fn parts(&self, value: &impl Serialize, view: View) -> Result<Vec<(&'static str, Option<String>)>> {
        form::parts(value, view.text()).map_err(|error| self.unprinted(unwritable(&error)))
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let written = self.stream.write_all(text.as_bytes());
        let written = written.and_then(|()| self.stream.flush());
        written.map_err(|error| self.unprinted(Failure::output(&error)))
    }

    fn unprinted(&self, failure: Failure) -> Failure {
        match &self.effect {
            Some(effect) => failure.unprinted(effect),
            None => failure,
        }
    }
}

/// A row as JSON; one that could not be read with its exact text.
pub(crate) fn printed(row: &Row<impl Serialize>) -> Result<RawJson> {
    let json = match row {
        Ok(item) => RawJson::encode(item),
        Err(row) => RawJson::encode(&object! { "unreadable": true, "raw": row.raw }),
    };
    json.map_err(|error| unwritable(&error))
}

fn unwritable(error: &serde_json::Error) -> Failure {
    let message = format!("the result cannot be written: {error}");
    Failure::configuration(message, "Report it.")
}

/// Reports rows that a table has no place for.
pub(crate) fn warn_unreadable(count: usize) {
    if count > 0 {
        warn(&format!(
            "{count} of the rows cannot be read; --json prints them as they came"
        ));
    }
}

/// Prints a failure: as JSON on stdout, or as text on stderr, which is also used if stdout is closed.
pub(crate) fn fail(failure: &Failure, json: bool) {
    if failure.quiet || json && Output::new(true).json(&object! { "error": failure }).is_ok() {
        return;
    }
    let mut stderr = anstream::stderr();
    let mut print = |text: String| {
        // There is no other place to report that stderr is closed.
        let _ = writeln!(stderr, "{text}");
    };
    print(format!("{BAD}error:{BAD:#} {}", clean(&failure.message)));
    for field in &failure.fields {
        for message in field.messages() {
            print(format!("  {}: {}", clean(field.field()), clean(message)));
        }
    }
    if let Some(message) = &failure.provider_message {
        print(format!("  the provider says: {}", clean(message)));
    }
    if let Some(url) = &failure.verification_url {
        print(format!("  link: {}", clean(url)));
    }
    if let Some(time) = &failure.lost_at {
        print(format!("  answer lost at: {time}"));
    }
    if !failure.hint.is_empty() {
        print(format!("  {DIM}{}{DIM:#}", clean(&failure.hint)));
    }
}

/// Prints a note on stderr.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{DIM}note:{DIM:#} {}", clean(text));
}

/// Prints a warning on stderr.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(anstream::stderr(), "{WARN}warning:{WARN:#} {}", clean(text));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn effect_is_told_of_its_own_result_alone() {
        let output = Output::new(true);
        let unwritable = BTreeMap::from([([1], 2)]);
        let told = |mut output: Output| output.json(&unwritable).unwrap_err().message;
        let (own, later) = (told(output.after("payment 7 was created")), told(output));
        assert!(own.starts_with("payment 7 was created; "), "{own}");
        assert!(later.starts_with("the result cannot be written"), "{later}");
    }
}
