//! Results on stdout: JSON for programs, lines and tables for people.

mod progress;
mod style;
mod table;

use std::fmt::Display;
use std::io::{self, Write};

use anstream::AutoStream;
use cryptopocket::{Field, Page, RawJson, reading};
use serde::{Serialize, Serializer};

pub(crate) use self::progress::Progress;
pub(crate) use self::style::{BAD, BOLD, DIM, GOOD, WARN};
pub(crate) use self::table::clean;
use crate::failure::{Failure, Result};

/// A name and its value, if there is one. A name that begins with `>` aligns its column to the right.
pub(crate) type Cell = (&'static str, Option<String>);

/// A value for people.
pub(crate) trait Shown {
    /// Its text; `None` if there is no value.
    fn shown(self) -> Option<String>;
}

impl<T: ToString> Shown for Option<T> {
    fn shown(self) -> Option<String> {
        self.map(|value| value.to_string())
    }
}

/// An unreadable field is shown as such: it must not pass for one that is absent.
impl<T: Display> Shown for &Field<T> {
    fn shown(self) -> Option<String> {
        (!self.is_absent()).then(|| self.to_string())
    }
}

impl<T: Display> Shown for Field<T> {
    fn shown(self) -> Option<String> {
        (&self).shown()
    }
}

/// A value with its name.
pub(crate) fn cell(name: &'static str, value: impl Shown) -> Cell {
    (name, value.shown())
}

/// How people read a result: in a line for each value, or in a row of a table.
pub(crate) trait View {
    /// The names of the table's columns, in order; all of them, unless some are given.
    const COLUMNS: &'static [&'static str] = &[];

    /// The same names for every result of a type.
    fn cells(&self) -> Vec<Cell>;
}

/// A result that a wait prints each time its state changes.
pub(crate) trait Watched {
    /// The state, in one line for people.
    fn state(&self) -> String;
}

/// Writes results to stdout. Everything else is written to stderr.
pub(crate) struct Output {
    json: bool,
    stream: AutoStream<io::Stdout>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            stream: anstream::stdout(),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints one JSON value on its own line, and flushes it for readers of a stream.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        let line = serde_json::to_string(value).map_err(|error| {
            let message = format!("the result cannot be written: {error}");
            Failure::configuration(message, "Report it.")
        })?;
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
    pub(crate) fn one(&mut self, value: &(impl Serialize + View)) -> Result<()> {
        if self.json {
            return self.json(value);
        }
        let cells = value.cells().into_iter();
        let lines: Vec<_> = cells
            .filter_map(|(name, value)| Some((name.trim_start_matches('>'), value?)))
            .collect();
        let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in lines {
            self.line(format!("{DIM}{name:width$}{DIM:#}  {}", clean(&value)))?;
        }
        Ok(())
    }

    /// Prints a result that is its effect, such as "the subscription to `PAY_IN` was created".
    pub(crate) fn effect(&mut self, json: &impl Serialize, effect: &str) -> Result<()> {
        self.said(json, clean(effect))
            .map_err(|failure| failure.unprinted(effect))
    }

    /// Ends a command whose result, with `--json`, holds the failure that it amounts to.
    pub(crate) fn end(&self, failure: Option<Failure>) -> Result<()> {
        match failure {
            Some(failure) if self.json => Err(failure.told_with_its_result()),
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// Prints the result of a call that had the given effect, such as "payment 7 was created".
    pub(crate) fn done(&mut self, value: &(impl Serialize + View), effect: &str) -> Result<()> {
        self.one(value).map_err(|failure| failure.unprinted(effect))
    }

    /// Prints a complete list: one JSON array or one table.
    pub(crate) fn list<T: Serialize + View>(&mut self, page: &Page<T>) -> Result<()> {
        if self.json {
            let rows: Vec<_> = page.rows.iter().map(Printed).collect();
            return self.json(&rows);
        }
        self.table(page)?;
        warn_unreadable(page.unreadable().count());
        Ok(())
    }

    /// Prints a table, or `(none)`.
    pub(crate) fn table<'t, T: View + 't>(&mut self, items: impl IntoIterator<Item = &'t T>) -> Result<()> {
        let rows: Vec<_> = items.into_iter().map(View::cells).collect();
        if rows.is_empty() {
            return self.line("(none)");
        }
        self.write(&table::table(&rows, T::COLUMNS))
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let written = self
            .stream
            .write_all(text.as_bytes())
            .and_then(|()| self.stream.flush());
        written.map_err(|error| Failure::output(&error))
    }
}

/// A row as JSON; one that could not be read with its exact text.
pub(crate) struct Printed<'r, T>(pub(crate) &'r reading::Row<T>);

impl<T: Serialize> Serialize for Printed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Unreadable<'r> {
            unreadable: bool,
            raw: &'r RawJson,
        }
        match self.0 {
            Ok(item) => item.serialize(serializer),
            Err(row) => Unreadable {
                unreadable: true,
                raw: &row.raw,
            }
            .serialize(serializer),
        }
    }
}

/// Reports rows that a table has no place for.
pub(crate) fn warn_unreadable(count: usize) {
    if count > 0 {
        warn(&format!(
            "{count} of the rows cannot be read; --json prints them as they came"
        ));
    }
}

#[derive(Serialize)]
struct Failed<'f> {
    error: &'f Failure,
}

/// Prints a failure: as JSON on stdout, or as text on stderr, which is also used if stdout is closed.
pub(crate) fn fail(failure: &Failure, json: bool) {
    if failure.quiet || json && Output::new(true).json(&Failed { error: failure }).is_ok() {
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
