//! `cargo xtask coverage`: compares document, SDK, emulator, command line and tests.
//!
//! Each operation of the document must have: a generated call, a typed call (a method whose documentation has the line
//! ``Operation: `id` ``) with an example that runs, an emulator route (its method and path side by side in the
//! emulator's routes), a command (a pair in the command line's `coverage.rs`) and a contract snapshot.

mod sources;
#[cfg(test)]
mod tests;
mod typed;

use crate::spec::{Document, Tag};
use crate::workspace;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const README: &str = "README.md";
const BEGIN: &str = "<!-- coverage:begin -->";
const END: &str = "<!-- coverage:end -->";

/// What every operation must have.
const PARTS: [&str; 6] = [
    "generated call",
    "typed call",
    "doc example",
    "emulator route",
    "command",
    "contract snapshot",
];

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    id: String,
    tag: String,
    page: String,
    call: String,
    grade: String,
    /// The first typed call, such as `OnRamp::payment`.
    typed: Option<String>,
    /// Such as `payments get`.
    commands: Vec<String>,
    /// Whether each of [`PARTS`] exists.
    has: [bool; 6],
}

impl Row {
    /// How to add each of [`PARTS`].
    fn cures(&self) -> [String; 6] {
        let Self { id, call, .. } = self;
        [
            "cargo xtask regen".to_owned(),
            format!("document a method with the line: Operation: `{id}`"),
            "give the typed call an `# Examples` section that runs".to_owned(),
            format!("serve {call} in {}", sources::ROUTES),
            format!("add (\"{id}\", \"words\") to {}", sources::COMMANDS),
            format!("add {}/{id}.snap by a contract test", sources::SNAPSHOTS),
        ]
    }
}

/// The state of the workspace.
pub(crate) struct Coverage {
    pub(crate) rows: Vec<Row>,
    /// Code that names an operation or route that the document does not have.
    pub(crate) strays: Vec<String>,
}

/// Looks through the workspace.
pub(crate) fn gather(root: &Path, document: &Document) -> Result<Coverage, String> {
    let operations = document.operations();
    let typed = typed::calls(root)?;
    let routes = sources::routes(root)?;
    let commands = sources::commands(root)?;
    let rows = operations.iter().map(|operation| {
        let (id, method) = (operation.id(), operation.method.to_uppercase());
        let mut own = typed.iter().filter(|call| call.operation == id);
        let named = commands.iter().filter(|(of, _)| of == id);
        let named: Vec<_> = named.map(|(_, words)| words.clone()).collect();
        Row {
            has: [
                sources::has_generated(root, operation.tag(), id),
                own.clone().next().is_some(),
                own.clone().any(|call| call.example),
                routes.contains(&(method.clone(), operation.path.to_owned())),
                !named.is_empty(),
                root.join(format!("{}/{id}.snap", sources::SNAPSHOTS)).is_file(),
            ],
            id: id.to_owned(),
            tag: operation.tag().to_owned(),
            page: operation.text("x-source").to_owned(),
            call: format!("{method} {}", operation.path),
            grade: operation.text("x-evidence").to_owned(),
            typed: own.next().map(|call| call.name.clone()),
            commands: named,
        }
    });
    let rows: Vec<_> = rows.collect();
    let unknown = |id: &str| !rows.iter().any(|row| row.id == id);
    let mut strays = Vec::new();
    for call in typed.iter().filter(|call| unknown(&call.operation)) {
        strays.push(format!("{} is documented as `{}`", call.name, call.operation));
    }
    for (id, words) in commands.iter().filter(|(id, _)| unknown(id)) {
        strays.push(format!("the command `{words}` stands for `{id}`"));
    }
    for call in routes.iter().map(|(method, path)| format!("{method} {path}")) {
        if !rows.iter().any(|row| row.call == call) {
            strays.push(format!("the emulator serves {call}"));
        }
    }
    Ok(Coverage { rows, strays })
}

/// The task. `write` puts the table into the README; `check` fails on a gap or an outdated table.
pub(crate) fn run(root: &Path, write: bool, check: bool) -> Result<(), String> {
    let document = Document::read(&root.join(workspace::SPEC))?;
    let coverage = gather(root, &document)?;
    let (table, mut complaints) = (table(&coverage.rows), complaints(&coverage));
    let path = root.join(README);
    let text = fs::read_to_string(&path).map_err(|e| format!("{README}: {e}"))?;
    let updated = with_table(&text, &table)?;
    if write {
        fs::write(&path, updated).map_err(|e| format!("{README}: {e}"))?;
    } else if check && updated != text {
        complaints.push(format!(
            "{README}: the coverage table is old\n    cure: cargo xtask coverage --write"
        ));
    }
    let complaints = complaints.join("\n");
    if !check {
        println!("{table}\n\n{complaints}");
        return Ok(());
    }
    if !complaints.is_empty() {
        return Err(complaints);
    }
    println!("{} operations are covered everywhere", coverage.rows.len());
    Ok(())
}

fn complaints(coverage: &Coverage) -> Vec<String> {
    let mut found = Vec::new();
    for row in &coverage.rows {
        for ((part, cure), has) in PARTS.iter().zip(row.cures()).zip(row.has) {
            if !has {
                found.push(format!("{}: no {part}\n    cure: {cure}", row.id));
            }
        }
    }
    let strays = coverage.strays.iter();
    found.extend(strays.map(|stray| {
        format!("{stray}, which the document does not have\n    cure: correct it, or describe it")
    }));
    found
}

/// The table for the README.
fn table(rows: &[Row]) -> String {
    let mut text = "| page | call | known from | SDK | command |\n|---|---|---|---|---|".to_owned();
    for tag in Tag::ALL {
        for row in rows.iter().filter(|row| row.tag == tag) {
            let Row {
                page, call, grade, ..
            } = row;
            let (typed, commands) = (code(row.typed.as_slice()), code(&row.commands));
            let _ = write!(text, "\n| {page} | `{call}` | {grade} | {typed} | {commands} |");
        }
    }
    text
}

fn code(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    if words.is_empty() {
        "–".to_owned()
    } else {
        words.join(", ")
    }
}

/// The text with the table between its marks.
fn with_table(text: &str, table: &str) -> Result<String, String> {
    let missing =
        || format!("{README}: the marks of the table are missing\n    cure: add the lines {BEGIN} and {END}");
    let (before, rest) = text.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}
