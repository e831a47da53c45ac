//! Finds routes, commands and files by their conventions.

use crate::generate;
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
pub(super) fn rust_files(folder: &Path) -> Vec<PathBuf> {
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
