//! `cargo xtask coverage`: document, SDK, emulator, command line and tests held against each other.
//!
//! Each operation of the document must have: a generated call, a typed call (a method whose documentation has the line
//! ``Operation: `id` ``) with an example that runs, an emulator route (its method and path side by side in the
//! emulator's routes), a command (a pair in the command line's `coverage.rs`) and a contract snapshot.

mod sources;
#[cfg(test)]
mod tests;
mod typed;

use crate::spec::{Document, Operation, Tag};
use crate::workspace;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const README: &str = "README.md";
const BEGIN: &str = "<!-- coverage:begin -->";
const END: &str = "<!-- coverage:end -->";

/// What an operation must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Generated,
    Typed,
    Example,
    Route,
    Command,
    Snapshot,
}

impl Part {
    const ALL: [Self; 6] = [
        Self::Generated,
        Self::Typed,
        Self::Example,
        Self::Route,
        Self::Command,
        Self::Snapshot,
    ];

    /// What it is called in a complaint.
    fn name(self) -> &'static str {
        match self {
            Self::Generated => "generated call",
            Self::Typed => "typed call",
            Self::Example => "doc example",
            Self::Route => "emulator route",
            Self::Command => "command",
            Self::Snapshot => "contract snapshot",
        }
    }

    fn cure(self, row: &Row) -> String {
        let id = &row.id;
        match self {
            Self::Generated => "cargo xtask regen".to_owned(),
            Self::Typed => format!("document a method with the line: Operation: `{id}`"),
            Self::Example => "give the typed call an `# Examples` section that runs".to_owned(),
            Self::Route => format!("serve {} in {}", row.call, sources::ROUTES),
            Self::Command => format!("add (\"{id}\", \"words\") to {}", sources::COMMANDS),
            Self::Snapshot => format!("add {}/{id}.snap by a contract test", sources::SNAPSHOTS),
        }
    }
}

/// What there is for one operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) page: String,
    pub(crate) call: String,
    pub(crate) grade: String,
    /// `OnRamp::payment`.
    pub(crate) typed: Vec<String>,
    /// `payments get`.
    pub(crate) commands: Vec<String>,
    pub(crate) parts: BTreeSet<Part>,
}

/// Everything that was found, and what stands nowhere in the document.
pub(crate) struct Coverage {
    pub(crate) rows: Vec<Row>,
    /// Things that name an operation or route that the document does not have.
    pub(crate) strays: Vec<String>,
}

/// Looks through the workspace.
pub(crate) fn gather(root: &Path, document: &Document) -> Result<Coverage, String> {
    let operations = document.operations();
    let typed = typed::calls(root)?;
    let routes = sources::routes(root)?;
    let commands = sources::commands(root)?;
    let mut rows = Vec::new();
    for operation in &operations {
        let (id, method) = (operation.id(), operation.method.to_uppercase());
        let own: Vec<_> = typed.iter().filter(|call| call.operation == id).collect();
        let mut row = Row {
            id: id.to_owned(),
            tag: operation.tag().to_owned(),
            page: operation.text("x-source").to_owned(),
            call: format!("{method} {}", operation.path),
            grade: operation.text("x-evidence").to_owned(),
            typed: own.iter().map(|call| call.name.clone()).collect(),
            commands: commands
                .iter()
                .filter(|(of, _)| of == id)
                .map(|(_, words)| words.clone())
                .collect(),
            parts: BTreeSet::new(),
        };
        let there = |part| match part {
            Part::Generated => sources::has_generated(root, operation.tag(), id),
            Part::Typed => !row.typed.is_empty(),
            Part::Example => own.iter().any(|call| call.example),
            Part::Route => routes.contains(&(method.clone(), operation.path.to_owned())),
            Part::Command => !row.commands.is_empty(),
            Part::Snapshot => root.join(format!("{}/{id}.snap", sources::SNAPSHOTS)).is_file(),
        };
        row.parts = Part::ALL.into_iter().filter(|part| there(*part)).collect();
        rows.push(row);
    }
    let known: BTreeSet<&str> = operations.iter().map(Operation::id).collect();
    let calls: BTreeSet<&str> = rows.iter().map(|row| row.call.as_str()).collect();
    let mut strays = Vec::new();
    for call in typed
        .iter()
        .filter(|call| !known.contains(call.operation.as_str()))
    {
        strays.push(format!("{} is documented as `{}`", call.name, call.operation));
    }
    for (id, words) in commands.iter().filter(|(id, _)| !known.contains(id.as_str())) {
        strays.push(format!("the command `{words}` stands for `{id}`"));
    }
    for (method, path) in &routes {
        if !calls.contains(format!("{method} {path}").as_str()) {
            strays.push(format!("the emulator serves {method} {path}"));
        }
    }
    Ok(Coverage { rows, strays })
}

/// The task. `write` puts the table into the README; `check` fails on a hole or an old table.
pub(crate) fn run(root: &Path, write: bool, check: bool) -> Result<(), String> {
    let document = Document::read(&root.join(workspace::SPEC))?;
    let coverage = gather(root, &document)?;
    let (matrix, complaints) = (matrix(&coverage.rows), complaints(&coverage));
    if write {
        let path = root.join(README);
        let text = fs::read_to_string(&path).map_err(|e| format!("{README}: {e}"))?;
        fs::write(&path, with_table(&text, &table(&coverage.rows))?).map_err(|e| format!("{README}: {e}"))?;
    }
    if !check {
        println!("{matrix}");
        for complaint in &complaints {
            println!("{complaint}");
        }
        return Ok(());
    }
    let text = fs::read_to_string(root.join(README)).map_err(|e| format!("{README}: {e}"))?;
    let mut complaints = complaints;
    if with_table(&text, &table(&coverage.rows))? != text {
        complaints.push(format!(
            "{README}: the coverage table is old\n    cure: cargo xtask coverage --write"
        ));
    }
    if complaints.is_empty() {
        println!("{} operations are covered everywhere", coverage.rows.len());
        Ok(())
    } else {
        Err(format!("{matrix}\n{}", complaints.join("\n")))
    }
}

fn complaints(coverage: &Coverage) -> Vec<String> {
    let mut found = Vec::new();
    for row in &coverage.rows {
        for part in Part::ALL.into_iter().filter(|part| !row.parts.contains(part)) {
            found.push(format!(
                "{}: no {}\n    cure: {}",
                row.id,
                part.name(),
                part.cure(row)
            ));
        }
    }
    for stray in &coverage.strays {
        found.push(format!(
            "{stray}, which the document does not have\n    cure: correct it, or describe it"
        ));
    }
    found
}

/// The table for a terminal.
fn matrix(rows: &[Row]) -> String {
    let heads = Part::ALL.map(|part| format!("{:18}", part.name())).concat();
    let mut lines = vec![format!("{:34} {heads}", "operation")];
    for row in rows {
        let marks =
            Part::ALL.map(|part| format!("{:18}", if row.parts.contains(&part) { "yes" } else { "-" }));
        lines.push(format!("{:34} {}", row.id, marks.concat()));
    }
    lines
        .iter()
        .map(|line| line.trim_end())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The table for the README.
fn table(rows: &[Row]) -> String {
    let code = |words: &[String]| match words {
        [] => "–".to_owned(),
        words => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let mut lines = vec![
        "| page | call | known from | SDK | command |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for tag in Tag::ALL {
        for row in rows.iter().filter(|row| row.tag == tag) {
            let first = row.typed.first().cloned().into_iter().collect::<Vec<_>>();
            lines.push(format!(
                "| {} | `{}` | {} | {} | {} |",
                row.page,
                row.call,
                row.grade,
                code(&first),
                code(&row.commands),
            ));
        }
    }
    lines.join("\n")
}

/// The text with the table between its marks.
fn with_table(text: &str, table: &str) -> Result<String, String> {
    let missing = || format!("{README}: no place for the table\n    cure: add the lines {BEGIN} and {END}");
    let (before, rest) = text.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}
