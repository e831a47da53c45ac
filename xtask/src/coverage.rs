//! `cargo xtask coverage`: compares document, SDK, emulator, command line and tests.
//!
//! Each operation of the document must have: a generated call, a typed call (a method whose documentation has the line
//! ``Operation: `id` ``) with an example that runs, an emulator route (its method and path side by side in the
//! emulator's routes), a command (a pair in the command line's `coverage.rs`) and a contract snapshot.

mod sources;
#[cfg(test)]
mod tests;

use crate::spec::Document;
use crate::workspace;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const README: &str = "README.md";
const BEGIN: &str = "<!-- coverage:begin -->";
const END: &str = "<!-- coverage:end -->";

pub(crate) struct Coverage {
    operations: usize,
    table: String,
    /// What operations lack, and code that names an operation or route that the document does not have.
    complaints: Vec<String>,
}

pub(crate) fn gather(root: &Path, document: &Document) -> Result<Coverage, String> {
    let operations = document.operations();
    let typed = sources::typed_calls(root)?;
    let routes = sources::routes(root)?;
    let commands = sources::commands(root)?;
    let mut table = "| page | call | known from | SDK | command |\n|---|---|---|---|---|".to_owned();
    let mut complaints = Vec::new();
    let (mut ids, mut served) = (BTreeSet::new(), BTreeSet::new());
    for operation in &operations {
        let (id, path) = (operation.id(), operation.path);
        let method = operation.method.to_uppercase();
        let call = format!("{method} {path}");
        let route = (method, path.to_owned());
        let own: Vec<_> = typed.iter().filter(|call| call.operation == id).collect();
        let words = commands.iter().filter(|(of, _)| of == id);
        let words: Vec<&str> = words.map(|(_, words)| words.as_str()).collect();
        let mut need = |has: bool, part: &str, cure: &str| {
            if !has {
                complaints.push(format!("{id}: no {part}\n    cure: {cure}"));
            }
        };
        let has_generated = sources::has_generated(root, operation.tag(), id);
        need(has_generated, "generated call", "cargo xtask regen");
        let cure = format!("document a method with the line: Operation: `{id}`");
        need(!own.is_empty(), "typed call", &cure);
        let cure = "give the typed call an `# Examples` section that runs";
        need(own.iter().any(|call| call.example), "doc example", cure);
        let cure = format!("serve {call} in {}", sources::ROUTES);
        need(routes.contains(&route), "emulator route", &cure);
        let cure = format!("add (\"{id}\", \"words\") to {}", sources::COMMANDS);
        need(!words.is_empty(), "command", &cure);
        let snapshot = format!("{}/{id}.snap", sources::SNAPSHOTS);
        let cure = format!("add {snapshot} by a contract test");
        need(root.join(&snapshot).is_file(), "contract snapshot", &cure);
        let (page, grade) = (operation.text("x-source"), operation.text("x-evidence"));
        let first: Vec<&str> = own.first().map(|call| call.name.as_str()).into_iter().collect();
        let (first, words) = (code(&first), code(&words));
        let _ = write!(table, "\n| {page} | `{call}` | {grade} | {first} | {words} |");
        ids.insert(id);
        served.insert(route);
    }
    let mut stray = |what: String| {
        let cure = "cure: correct it, or describe it";
        complaints.push(format!("{what}, which the document does not have\n    {cure}"));
    };
    for call in typed.iter().filter(|call| !ids.contains(call.operation.as_str())) {
        stray(format!("{} is documented as `{}`", call.name, call.operation));
    }
    for (id, words) in commands.iter().filter(|(id, _)| !ids.contains(id.as_str())) {
        stray(format!("the command `{words}` stands for `{id}`"));
    }
    for (method, path) in routes.difference(&served) {
        stray(format!("the emulator serves {method} {path}"));
    }
    Ok(Coverage {
        operations: operations.len(),
        table,
        complaints,
    })
}

/// The task. `write` puts the table into the README; `check` fails on a gap or an outdated table.
pub(crate) fn run(root: &Path, write: bool, check: bool) -> Result<(), String> {
    let document = Document::read(&root.join(workspace::SPEC))?;
    let Coverage {
        operations,
        table,
        mut complaints,
    } = gather(root, &document)?;
    let path = root.join(README);
    let text = workspace::read(&path)?;
    let updated = with_table(&text, &table)?;
    if write {
        workspace::write(&path, updated)?;
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
    println!("{operations} operations are covered everywhere");
    Ok(())
}

fn code(words: &[&str]) -> String {
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
