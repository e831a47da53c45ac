//! `cargo xtask lint`: rules that make the document fit for the generator and for readers.
//!
//! The generator panics on half of what it cannot do and ignores the other half silently. A finding names the operation
//! or schema, the rule, and the cure.

mod document;
mod names;
mod node_rules;
mod places;
mod samples;
#[cfg(test)]
mod tests;
mod validate;

use crate::spec::{self, Document};
use crate::workspace;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// The id of a rule, and how to repair a document that breaks it. One id may have several cures.
struct Rule(&'static str, &'static str);

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Operation, schema or property.
    at: String,
    rule: &'static str,
    problem: String,
    cure: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at, rule, problem, ..
        } = self;
        write!(f, "{at}: {problem} [{rule}]\n    cure: {}", self.cure)
    }
}

/// The broken rules, in order of place, each once.
#[derive(Default)]
struct Findings(BTreeSet<Finding>);

impl Findings {
    fn add(&mut self, at: impl Into<String>, &Rule(rule, cure): &Rule, problem: impl Into<String>) {
        let (at, problem) = (at.into(), problem.into());
        self.0.insert(Finding {
            at,
            rule,
            problem,
            cure,
        });
    }
}

/// All findings, in order of place.
pub(crate) fn lint(document: &Document, events: Option<&Value>) -> Vec<Finding> {
    let mut findings = Findings::default();
    document::check(document, &mut findings);
    let places = places::all(document, events);
    node_rules::check(&places, &mut findings);
    names::check(document, &mut findings);
    samples::check(document, &places, events, &mut findings);
    findings.0.into_iter().collect()
}

/// All findings, as text.
fn report(found: &[Finding]) -> String {
    let lines: Vec<String> = found.iter().map(Finding::to_string).collect();
    format!("{}\n{} broken rules", lines.join("\n"), found.len())
}

/// The document and the event catalogue of the workspace; an error if they break a rule.
pub(crate) fn accepted(root: &Path, document: Document) -> Result<(Document, Value), String> {
    let events = spec::read_yaml(&root.join(workspace::EVENTS))?;
    match lint(&document, Some(&events)).as_slice() {
        [] => Ok((document, events)),
        broken => Err(report(broken)),
    }
}

/// The task.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let (document, _) = accepted(root, Document::read(&root.join(workspace::SPEC))?)?;
    let (operations, schemas) = (document.operations().len(), document.schemas().count());
    println!("{operations} operations, {schemas} schemas: no findings");
    Ok(())
}
