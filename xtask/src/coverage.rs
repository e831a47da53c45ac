//! `cargo xtask coverage`: compares document, SDK, emulator, command line and tests.
//!
//! Each operation of the document must have: a generated call, a typed call (a method whose documentation has the line
//! ``Operation: `id` ``) with an example that runs, an emulator route (its method and path side by side in the
//! emulator's routes), a command (a pair in the command line's `coverage.rs`) and a contract snapshot.

mod sources;
#[cfg(test)]
mod tests;
mod typed;

use crate::spec::Document;
use crate::{files, workspace};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

const README: &str = "README.md";
const BEGIN: &str = "<!-- coverage:begin -->";
const END: &str = "<!-- coverage:end -->";

/// The state of the workspace.
pub(crate) struct Coverage {
    operations: usize,
    /// The table for the README.
    table: String,
    /// What operations lack, and code that names an operation or route that the document does not have.
    complaints: Vec<String>,
}

/// Looks through the workspace.
pub(crate) fn gather(root: &Path, document: &Document) -> Result<Coverage, String> {
    let operations = document.operations();
    let typed = typed::calls(root)?;
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
        let snapshot = format!("{}/{id}.snap", sources::SNAPSHOTS);
        let parts = [
            (
                sources::has_generated(root, operation.tag(), id),
                "generated call",
                "cargo xtask regen".to_owned(),
            ),
            (
                !own.is_empty(),
                "typed call",
                format!("document a method with the line: Operation: `{id}`"),
            ),
            (
                own.iter().any(|call| call.example),
                "doc example",
                "give the typed call an `# Examples` section that runs".to_owned(),
            ),
            (
                routes.contains(&route),
                "emulator route",
                format!("serve {call} in {}", sources::ROUTES),
            ),
            (
                !words.is_empty(),
                "command",
                format!("add (\"{id}\", \"words\") to {}", sources::COMMANDS),
            ),
            (
                root.join(&snapshot).is_file(),
                "contract snapshot",
                format!("add {snapshot} by a contract test"),
            ),
        ];
        let gaps = parts.iter().filter(|(has, ..)| !has);
        complaints.extend(gaps.map(|(_, part, cure)| format!("{id}: no {part}\n    cure: {cure}")));
        let (page, grade) = (operation.text("x-source"), operation.text("x-evidence"));
        let first: Vec<&str> = own.first().map(|call| call.name.as_str()).into_iter().collect();
        let (first, words) = (code(&first), code(&words));
        let _ = write!(table, "\n| {page} | `{call}` | {grade} | {first} | {words} |");
        ids.insert(id);
        served.insert(route);
    }
    let typed = typed.iter().filter(|call| !ids.contains(call.operation.as_str()));
    let typed = typed.map(|call| format!("{} is documented as `{}`", call.name, call.operation));
    let commands = commands.iter().filter(|(id, _)| !ids.contains(id.as_str()));
    let commands = commands.map(|(id, words)| format!("the command `{words}` stands for `{id}`"));
    let routes = routes.difference(&served);
    let routes = routes.map(|(method, path)| format!("the emulator serves {method} {path}"));
    let strays = typed.chain(commands).chain(routes);
    complaints.extend(strays.map(|stray| {
        format!("{stray}, which the document does not have\n    cure: correct it, or describe it")
    }));
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
    let text = files::read(&path)?;
    let updated = with_table(&text, &table)?;
    if write {
        files::write(&path, updated)?;
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
