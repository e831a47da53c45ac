//! Finding routes, commands and files by their conventions.

use crate::generate;
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the emulator's routes stand, each as method and path side by side.
pub(super) const ROUTES: &str = "crates/cryptopocket-emulator/src/routes";
/// The command line's table of pairs: operation and command.
pub(super) const COMMANDS: &str = "crates/cryptopocket-cli/src/coverage.rs";
/// The contract tests' snapshots, one an operation.
pub(super) const SNAPSHOTS: &str = "tests/contract/snapshots";

/// Whether the generated module has the call.
pub(super) fn has_generated(root: &Path, tag: &str, id: &str) -> bool {
    fs::read_to_string(root.join(generate::API).join(format!("{tag}.rs")))
        .is_ok_and(|text| text.contains(&format!("pub async fn {id}(")))
}

/// Method and path of each route of the emulator.
pub(super) fn routes(root: &Path) -> Result<BTreeSet<(String, String)>, String> {
    let route = expression(r#"\b(GET|POST|PUT|PATCH|DELETE)"?\s*,?\s*"(/[^"]*)""#)?;
    let mut found = BTreeSet::new();
    for file in rust_files(&root.join(ROUTES)) {
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        found.extend(
            route
                .captures_iter(&text)
                .map(|c| (c[1].to_owned(), c[2].to_owned())),
        );
    }
    Ok(found)
}

/// Operation and command of each pair of the command line's table.
pub(super) fn commands(root: &Path) -> Result<Vec<(String, String)>, String> {
    let pair = expression(r#"\(\s*"([a-z0-9_]+)"\s*,\s*"([^"]+)"\s*,?\s*\)"#)?;
    let text = fs::read_to_string(root.join(COMMANDS)).unwrap_or_default();
    Ok(pair
        .captures_iter(&text)
        .map(|c| (c[1].to_owned(), c[2].to_owned()))
        .collect())
}

/// Every Rust file below a folder, in order. None when there is no folder.
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

fn expression(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|e| e.to_string())
}
