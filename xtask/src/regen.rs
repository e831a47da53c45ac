//! `cargo xtask regen`: writes the generated files, or reports differences.

#[cfg(test)]
mod tests;

use crate::files;
use crate::generate::{self, Files};
use crate::lint;
use crate::spec::Document;
use crate::workspace;
use similar::TextDiff;
use std::fs;
use std::path::Path;

/// Writes every generated file whose content changed.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    let generated = generated(root)?;
    let mut written = 0;
    for (path, content) in &generated {
        let target = root.join(path);
        if fs::read_to_string(&target).is_ok_and(|old| old == *content) {
            continue;
        }
        files::write(&target, content)?;
        println!("wrote {path}");
        written += 1;
    }
    for path in stale(root, &generated)? {
        fs::remove_file(root.join(&path)).map_err(|e| format!("{path}: {e}"))?;
        println!("removed {path}");
    }
    println!("{} generated files, {written} changed", generated.len());
    Ok(())
}

/// Fails with a readable difference if a generated file does not follow the document.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let files = generated(root)?;
    let mut report = Vec::new();
    for (path, wanted) in &files {
        let found = fs::read_to_string(root.join(path)).unwrap_or_default();
        if found != *wanted {
            report.push(difference(path, &found, wanted));
        }
    }
    for path in stale(root, &files)? {
        report.push(format!("{path}: not generated from the document\n"));
    }
    if report.is_empty() {
        println!("{} generated files are up to date", files.len());
        return Ok(());
    }
    let report = report.concat();
    Err(format!(
        "{report}\nThe generated files do not follow the document. Cure: cargo xtask regen"
    ))
}

/// Generates all files. A document that breaks a rule is refused.
pub(crate) fn generated(root: &Path) -> Result<Files, String> {
    let (document, events) = lint::accepted(root, Document::read(&root.join(workspace::SPEC))?)?;
    let mut generated = generate::files(&document, &events)?;
    generated.insert(COPY.to_owned(), files::read(&root.join(workspace::SPEC))?);
    Ok(generated)
}

/// The copy of the document for the emulator's API page: a published crate contains only its own folder.
pub(crate) const COPY: &str = "crates/cryptopocket-sandbox/src/docs/openapi.yaml";

/// Files in the folders of generated code that are not generated.
fn stale(root: &Path, files: &Files) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for folder in generate::folders() {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let name = entry.map_err(|e| format!("{folder}: {e}"))?.file_name();
            let path = format!("{folder}/{}", name.to_string_lossy());
            if !files.contains_key(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A unified difference of limited length.
fn difference(path: &str, found: &str, wanted: &str) -> String {
    const LINES: usize = 60;
    let diff = TextDiff::from_lines(found, wanted);
    let text = diff
        .unified_diff()
        .context_radius(2)
        .header(path, "generated from the document")
        .to_string();
    let all: Vec<&str> = text.lines().collect();
    let shown = all.iter().take(LINES).copied().collect::<Vec<_>>().join("\n");
    match all.len().saturating_sub(LINES) {
        0 => shown + "\n",
        more => format!("{shown}\n… {more} more lines\n"),
    }
}
