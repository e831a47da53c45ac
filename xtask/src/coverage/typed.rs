//! Typed calls: public methods whose documentation names an operation.

use super::sources::rust_files;
use crate::files;
use regex::Regex;
use std::path::Path;

/// The head of an `impl`; documentation and the public function below it; the end of an item.
const ITEMS: &str = r"(?m)^impl(?:<[^>]*>)? (\w+)|((?:^ *///.*\n)+)(?:^ *#\[[^\]]*\]\n)*^ *pub (?:async |const )*fn (\w+)|^\}";

/// A method that makes a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TypedCall {
    pub(super) operation: String,
    /// `OnRamp::payment`.
    pub(super) name: String,
    /// Whether its documentation has an example that runs.
    pub(super) example: bool,
}

/// Every typed call of the workspace; for each operation the most similar name comes first.
pub(super) fn calls(root: &Path) -> Result<Vec<TypedCall>, String> {
    let items = Regex::new(ITEMS).map_err(|e| e.to_string())?;
    let mut found = Vec::new();
    for file in rust_files(&root.join("crates")) {
        let text = files::read(&file)?;
        if !text.contains("Operation: `") {
            continue;
        }
        // The type whose methods stand here, followed by `::`.
        let mut owner = String::new();
        for item in items.captures_iter(&text) {
            owner = match item.get(1) {
                Some(name) => format!("{}::", name.as_str()),
                None if item.get(0).is_some_and(|item| item.as_str() == "}") => String::new(),
                None => owner,
            };
            let (Some(docs), Some(name)) = (item.get(2), item.get(3)) else {
                continue;
            };
            let docs = docs.as_str().lines();
            let lines: Vec<&str> = docs
                .map(|line| line.trim().trim_start_matches("///").trim())
                .collect();
            let ids = lines
                .iter()
                .map(|line| line.trim_start_matches("- "))
                .filter_map(|line| line.strip_prefix("Operation: `")?.split('`').next());
            found.extend(ids.map(|id| TypedCall {
                operation: id.to_owned(),
                name: format!("{owner}{}", name.as_str()),
                example: has_example(&lines),
            }));
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
