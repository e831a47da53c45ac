//! `cargo xtask regen`: writes the generated files, or reports differences.

#[cfg(test)]
mod tests;

use crate::generate::{self, Files};
use crate::lint;
use crate::spec::Document;
use crate::workspace;
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Writes every generated file whose content changed, and removes those that are stale.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    let (count, outdated) = outdated(root)?;
    let mut written = 0;
    for Outdated { path, wanted, .. } in outdated {
        let target = root.join(&path);
        if let Some(wanted) = wanted {
            workspace::write(&target, wanted)?;
            println!("wrote {path}");
            written += 1;
        } else {
            fs::remove_file(target).map_err(|e| format!("{path}: {e}"))?;
            println!("removed {path}");
        }
    }
    println!("{count} generated files, {written} changed");
    Ok(())
}

/// Fails with a readable difference if a generated file does not follow the document.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let (count, outdated) = outdated(root)?;
    if outdated.is_empty() {
        println!("{count} generated files are up to date");
        return Ok(());
    }
    let report = outdated.iter().map(|file| match &file.wanted {
        Some(wanted) => difference(&file.path, &file.found, wanted),
        None => format!("{}: not generated from the document\n", file.path),
    });
    let report: String = report.collect();
    Err(format!(
        "{report}\nThe generated files do not follow the document. Cure: cargo xtask regen"
    ))
}

/// A file that differs from what is generated, or `wanted` no more.
struct Outdated {
    path: String,
    found: String,
    wanted: Option<String>,
}

/// The number of generated files, and those that do not follow the document.
fn outdated(root: &Path) -> Result<(usize, Vec<Outdated>), String> {
    let mut generated = generated(root)?;
    let count = generated.len();
    let mut paths: BTreeSet<String> = generated.keys().cloned().collect();
    for folder in generate::folders() {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten() {
            let name = entry.map_err(|e| format!("{folder}: {e}"))?.file_name();
            paths.insert(format!("{folder}/{}", name.to_string_lossy()));
        }
    }
    let files = paths.into_iter().map(|path| Outdated {
        found: fs::read_to_string(root.join(&path)).unwrap_or_default(),
        wanted: generated.remove(&path),
        path,
    });
    let outdated = files.filter(|file| file.wanted.as_ref() != Some(&file.found));
    Ok((count, outdated.collect()))
}

/// Generates all files. A document that breaks a rule is refused.
pub(crate) fn generated(root: &Path) -> Result<Files, String> {
    let (document, events) = lint::accepted(root, Document::read(&root.join(workspace::SPEC))?)?;
    let mut generated = generate::files(&document, &events)?;
    generated.insert(COPY.to_owned(), workspace::read(&root.join(workspace::SPEC))?);
    Ok(generated)
}

/// The copy of the document for the emulator's API page: a published crate contains only its own folder.
pub(crate) const COPY: &str = "crates/cryptopocket-sandbox/src/docs/openapi.yaml";

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
