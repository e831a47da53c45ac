//! Finds calls, routes, commands and files by their conventions.

use crate::{generate, workspace};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The emulator's routes, a file and a folder, each route with method and path side by side.
pub(super) const ROUTES: &str = "crates/cryptopocket-emulator/src/routes";
/// The command line's table of pairs: operation and command.
pub(super) const COMMANDS: &str = "crates/cryptopocket-cli/src/coverage.rs";
/// The snapshots of the contract tests, one for each operation.
pub(super) const SNAPSHOTS: &str = "tests/contract/snapshots";

/// Whether the generated module has the call.
pub(super) fn has_generated(root: &Path, tag: &str, id: &str) -> bool {
    fs::read_to_string(root.join(generate::API).join(format!("{tag}.rs")))
        .is_ok_and(|text| text.contains(&format!("pub async fn {id}(")))
}

/// Method and path of each route of the emulator.
pub(super) fn routes(root: &Path) -> Result<BTreeSet<(String, String)>, String> {
    let mut files = rust_files(&root.join(ROUTES));
    files.push(root.join(format!("{ROUTES}.rs")));
    let texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
    let pattern = r#"\b(GET|POST|PUT|PATCH|DELETE)"?\s*,?\s*"(/[^"]*)""#;
    let pairs = pairs(pattern, &texts.collect::<String>())?;
    Ok(pairs.into_iter().collect())
}

/// Operation and command of each pair of the command line's table.
pub(super) fn commands(root: &Path) -> Result<Vec<(String, String)>, String> {
    let text = fs::read_to_string(root.join(COMMANDS)).unwrap_or_default();
    pairs(r#"\(\s*"([a-z0-9_]+)"\s*,\s*"([^"]+)"\s*,?\s*\)"#, &text)
}

/// What the two groups of an expression match.
fn pairs(expression: &str, text: &str) -> Result<Vec<(String, String)>, String> {
    let expression = Regex::new(expression).map_err(|e| e.to_string())?;
    let pairs = expression
        .captures_iter(text)
        .map(|found| (found[1].to_owned(), found[2].to_owned()));
    Ok(pairs.collect())
}

/// Every Rust file below a folder, in order. None if the folder does not exist.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The head of an `impl`; documentation and the public function below it; the end of an item.
const ITEMS: &str = r"(?m)^impl(?:<[^>]*>)? (\w+)|((?:^ *///.*\n)+)(?:^ *#\[[^\]]*\]\n)*^ *pub (?:async |const )*fn (\w+)|^\}";

#[derive(Debug, PartialEq, Eq)]
pub(super) struct TypedCall {
    pub(super) operation: String,
    /// `OnRamp::payment`.
    pub(super) name: String,
    /// Whether its documentation has an example that runs.
    pub(super) example: bool,
}

/// Every typed call of the workspace; for each operation the most similar name comes first.
pub(super) fn typed_calls(root: &Path) -> Result<Vec<TypedCall>, String> {
    let items = Regex::new(ITEMS).map_err(|e| e.to_string())?;
    let mut found = Vec::new();
    for file in rust_files(&root.join("crates")) {
        let text = workspace::read(&file)?;
        if !text.contains("Operation: `") {
            continue;
        }
        // The type whose methods stand here, followed by `::`.
        let mut owner = String::new();
        for item in items.captures_iter(&text) {
            let group = |number| item.get(number).map(|group| group.as_str());
            match (group(1), group(2), group(3)) {
                (Some(name), ..) => owner = format!("{name}::"),
                (_, Some(docs), Some(name)) => {
                    let lines = docs
                        .lines()
                        .map(|line| line.trim().trim_start_matches("///").trim());
                    let lines: Vec<&str> = lines.collect();
                    let ids = lines
                        .iter()
                        .map(|line| line.trim_start_matches("- "))
                        .filter_map(|line| line.strip_prefix("Operation: `"))
                        .filter_map(|line| line.split('`').next());
                    found.extend(ids.map(|id| TypedCall {
                        operation: id.to_owned(),
                        name: format!("{owner}{name}"),
                        example: has_example(&lines),
                    }));
                }
                _ => owner.clear(),
            }
        }
    }
    found.sort_by_key(|call| (call.operation.clone(), name_distance(call), call.name.clone()));
    Ok(found)
}

/// The number of words of the operation's id that the method lacks, then the length of its name.
fn name_distance(call: &TypedCall) -> (usize, usize) {
    let words = call
        .operation
        .split('_')
        .filter(|word| !call.name.to_lowercase().contains(word.trim_end_matches('s')));
    (words.count(), call.name.len())
}

/// An `# Examples` heading with a code block under it that rustdoc runs.
fn has_example(lines: &[&str]) -> bool {
    let below = lines
        .iter()
        .skip_while(|line| !["# Examples", "# Example"].contains(line));
    let fence = below.skip(1).find_map(|line| line.strip_prefix("```"));
    fence.is_some_and(|kind| !kind.contains("ignore") && !kind.contains("text"))
}
