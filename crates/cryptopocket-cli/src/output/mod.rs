//! Results on stdout: JSON for programs, prose and tables for people.

mod progress;
mod style;
mod table;

use std::io::{self, Write};

use anstream::AutoStream;
use serde::Serialize;

pub(crate) use self::progress::Progress;
pub(crate) use self::style::{BAD, BOLD, DIM, GOOD, WARN};
pub(crate) use self::table::{Table, clean};
use crate::failure::{Failure, Result};

/// How a result reads for a person.
pub(crate) trait People {
    /// Names and values, in the order in which they are read. Values that are not known are left out.
    fn lines(&self) -> Vec<(&'static str, String)>;
}

/// How a list of results reads for a person.
pub(crate) trait Row {
    const HEADINGS: &'static [&'static str];

    /// One cell for each heading.
    fn cells(&self) -> Vec<String>;
}

/// Where results go. Only results: everything else is written to stderr.
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

    /// One JSON value on a line of its own, at once, so that a reader of a stream sees it.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_string(value)
            .map_err(|error| Failure::configuration(format!("the result cannot be written: {error}"), ""))?;
        line.push('\n');
        self.write(&line)
    }

    /// One line for people.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> Result<()> {
        self.write(&format!("{}\n", text.as_ref()))
    }

    /// One result, in whichever form was asked for.
    pub(crate) fn one(&mut self, value: &(impl Serialize + People)) -> Result<()> {
        if self.json {
            return self.json(value);
        }
        let lines = value.lines();
        let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in lines {
            self.line(format!("{DIM}{name:width$}{DIM:#}  {}", clean(&value)))?;
        }
        Ok(())
    }

    /// The result of a call that changed something, which `effect` says in words: "payment 7 was created".
    pub(crate) fn done(&mut self, value: &(impl Serialize + People), effect: &str) -> Result<()> {
        self.one(value).map_err(|failure| failure.unprinted(effect))
    }

    /// A short list, complete: one JSON array or one table.
    pub(crate) fn list<T: Serialize + Row>(&mut self, items: &[T]) -> Result<()> {
        if self.json {
            self.json(&items)
        } else {
            self.table(items)
        }
    }

    /// A table of what was collected, or a word that there is nothing.
    pub(crate) fn table<T: Row>(&mut self, items: &[T]) -> Result<()> {
        if items.is_empty() {
            return self.line("(none)");
        }
        let mut table = Table::new(T::HEADINGS);
        for item in items {
            table.row(&item.cells());
        }
        self.write(&table.to_string())
    }

    /// A text of several lines for people.
    pub(crate) fn text(&mut self, text: &impl std::fmt::Display) -> Result<()> {
        self.write(&text.to_string())
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let written = self
            .stream
            .write_all(text.as_bytes())
            .and_then(|()| self.stream.flush());
        written.map_err(|error| Failure::output(&error))
    }
}

#[derive(Serialize)]
struct Failed<'f> {
    error: &'f Failure,
}

/// Writes a failure where it belongs: the JSON object on stdout, the explanation for people on stderr, which also takes
/// what stdout does not.
pub(crate) fn fail(failure: &Failure, json: bool) {
    if failure.is_quiet() {
        return;
    }
    if json && Output::new(true).json(&Failed { error: failure }).is_ok() {
        return;
    }
    let mut stderr = anstream::stderr();
    let mut tell = |text: std::fmt::Arguments<'_>| {
        // With stderr gone there is nobody to tell.
        let _ = stderr.write_fmt(text);
    };
    tell(format_args!("{BAD}error:{BAD:#} {}\n", clean(failure.message())));
    for field in failure.fields() {
        for message in field.messages() {
            tell(format_args!("  {}: {}\n", clean(field.field()), clean(message)));
        }
    }
    if let Some(message) = failure.provider_message() {
        tell(format_args!("  the provider says: {}\n", clean(message)));
    }
    if let Some(url) = failure.verification_url() {
        tell(format_args!("  link: {}\n", clean(url)));
    }
    if !failure.hint().is_empty() {
        tell(format_args!("  {DIM}{}{DIM:#}\n", clean(failure.hint())));
    }
}

/// A remark for a person, in either form of output.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{DIM}note:{DIM:#} {}", clean(text));
}

/// A remark that should not be overlooked.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(anstream::stderr(), "{WARN}warning:{WARN:#} {}", clean(text));
}
