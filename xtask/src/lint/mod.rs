//! `cargo xtask lint`: what the document must keep so that the generator can take it and a reader can trust it.
//!
//! The generator panics on half of what it cannot do and says nothing of the other half. These rules name the
//! operation or schema, the rule, and the cure.

mod document;
mod events;
mod examples;
mod extensions;
mod operations;
mod parameters;
mod places;
mod schemas;
#[cfg(test)]
mod tests;
mod validate;

use crate::spec::{self, Document};
use crate::workspace;
use serde_json::Value;
use std::fmt;
use std::path::Path;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Operation, schema or property.
    pub(crate) at: String,
    pub(crate) rule: &'static str,
    pub(crate) problem: String,
    pub(crate) cure: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} [{}]\n    cure: {}",
            self.at, self.problem, self.rule, self.cure
        )
    }
}

/// Collects what the rules find.
#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, at: &str, rule: &'static str, problem: impl Into<String>, cure: &'static str) {
        self.0.push(Finding {
            at: at.to_owned(),
            rule,
            problem: problem.into(),
            cure,
        });
    }
}

/// Every finding, in order of place.
pub(crate) fn lint(document: &Document, events: Option<&Value>) -> Vec<Finding> {
    let mut findings = Findings::default();
    document::check(document, &mut findings);
    operations::check(document, &mut findings);
    parameters::check(document, &mut findings);
    schemas::check(document, &mut findings);
    extensions::check(document, &mut findings);
    examples::check(document, &mut findings);
    if let Some(events) = events {
        events::check(document, events, &mut findings);
    }
    let mut found = findings.0;
    found.sort();
    found.dedup();
    found
}

/// The task: lints the document of the workspace, or another file.
pub(crate) fn run(root: &Path, file: Option<&str>) -> Result<(), String> {
    let (document, events) = if let Some(file) = file {
        (Document::read(Path::new(file))?, None)
    } else {
        (
            Document::read(&root.join(workspace::SPEC))?,
            Some(spec::read_yaml(&root.join(workspace::EVENTS))?),
        )
    };
    let found = lint(&document, events.as_ref());
    if found.is_empty() {
        println!(
            "{} operations, {} schemas: every rule is kept",
            document.operations().len(),
            document.schemas().count()
        );
        return Ok(());
    }
    Err(report(&found))
}

/// All findings, as text.
pub(crate) fn report(found: &[Finding]) -> String {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    format!("{}\n{} broken rules", lines.join("\n"), found.len())
}
