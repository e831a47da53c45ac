//! `cargo xtask diff`: the changes of the API between two revisions of the document, for a pull request.
//!
//! A change is breaking if a program written for the old document no longer compiles, or behaves differently, with the new
//! one. Replies and enums are open, so additions to them are not breaking.

mod compare;
mod flatten;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use compare::documents;

use crate::spec::{self, Document};
use crate::workspace;
use std::path::Path;
use std::process::Command;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    /// The heading it stands under: an operation, or `Events`.
    pub(crate) under: String,
    pub(crate) breaking: bool,
    pub(crate) text: String,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The revision to compare with
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    base: String,
    /// Fail if a change breaks callers
    #[arg(long)]
    fail_on_breaking: bool,
}

/// The task: the working copy against a revision.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), String> {
    let base = &options.base;
    let old = Document::parse(&show(root, base, workspace::SPEC)?)?;
    let new = Document::read(&root.join(workspace::SPEC))?;
    let mut changes = compare::documents(&old, &new);
    if let Ok(old_events) = show(root, base, workspace::EVENTS) {
        let new_events = spec::read_yaml(&root.join(workspace::EVENTS))?;
        changes.extend(compare::events(&spec::yaml(&old_events)?, &new_events));
    }
    print!("{}", markdown(base, &changes));
    if options.fail_on_breaking {
        refuse_breaking(base, &changes)?;
    }
    Ok(())
}

fn refuse_breaking(base: &str, changes: &[Change]) -> Result<(), String> {
    match changes.iter().filter(|change| change.breaking).count() {
        0 => Ok(()),
        some => Err(format!(
            "diff: {some} of the changes since {base} break callers. Make them additions, or release a new major version \
             and run without --fail-on-breaking."
        )),
    }
}

fn show(root: &Path, revision: &str, path: &str) -> Result<String, String> {
    let file = format!("{revision}:{path}");
    let mut git = Command::new("git");
    workspace::output(git.current_dir(root).args(["show", &file]))
        .map_err(|said| format!("{path} at {revision}: {}", said.trim()))
}

pub(crate) fn markdown(base: &str, changes: &[Change]) -> String {
    let mut lines = vec![format!("## Changes of the API since `{base}`"), String::new()];
    let breaking = changes.iter().filter(|change| change.breaking).count();
    lines.push(match (changes.len(), breaking) {
        (0, _) => "None.".to_owned(),
        (all, 0) => format!("{all} changes, none breaking."),
        (all, some) => format!("{all} changes, **{some} breaking**."),
    });
    let mut heading = None;
    for change in changes {
        if heading != Some(&change.under) {
            lines.extend([String::new(), format!("### {}", change.under), String::new()]);
            heading = Some(&change.under);
        }
        let word = if change.breaking {
            "**breaking**"
        } else {
            "not breaking"
        };
        lines.push(format!("- {word}: {}", change.text));
    }
    lines.push(String::new());
    lines.join("\n")
}
