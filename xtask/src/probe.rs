//! `cargo xtask probe`: runs the probe of the command line, and applies the patch that it proposes.

mod check;
mod edit;
#[cfg(test)]
mod tests;

use crate::lint;
use crate::spec::Document;
use crate::workspace;
use std::path::Path;
use std::process::Command;

/// The task: `--apply PATCH`, or the options of `cryptopocket probe`.
pub(crate) fn run(root: &Path, options: &[&str]) -> Result<(), String> {
    match options {
        ["--apply", file] => {
            let changes = apply(root, &workspace::read(Path::new(file))?)?;
            println!(
                "{changes} changes in {}; now `cargo xtask regen`",
                workspace::SPEC
            );
            Ok(())
        }
        ["--check"] => {
            let passed = check::run(root)?;
            // As the test runner prints it, for `cargo xtask test`.
            println!("test result: ok. {passed} passed with the regenerated code");
            Ok(())
        }
        ["--apply", ..] => Err("`--apply` takes one file: the patch.yaml of a probe".to_owned()),
        // By the program, not by its library: a document that breaks the generated code must not keep `regen` from running.
        options => {
            let status = command(root).args(options).status().map_err(|e| e.to_string())?;
            match status.code() {
                Some(0) => Ok(()),
                Some(8) => Err("the provider differs from the specification".to_owned()),
                _ => Err("the probe failed".to_owned()),
            }
        }
    }
}

fn command(root: &Path) -> Command {
    let mut command = workspace::cargo(root);
    command.args(["run", "--quiet", "--package", "cryptopocket-cli", "--", "probe"]);
    command
}

/// Applies a patch to the document, line by line, so that comments and order stay. Returns the number of changes.
pub(crate) fn apply(root: &Path, patch: &str) -> Result<usize, String> {
    let file = root.join(workspace::SPEC);
    let text = workspace::read(&file)?;
    let (text, changes) = edit::edited(&text, patch)?;
    lint::accepted(root, Document::parse(&text)?)
        .map_err(|broken| format!("nothing was written:\n{broken}"))?;
    workspace::write(&file, text)?;
    Ok(changes)
}
