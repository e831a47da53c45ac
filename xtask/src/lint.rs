//! `cargo xtask lint`: rules that make the document fit for the generator and for readers.
//!
//! The generator panics on half of what it cannot do and ignores the other half silently. A finding names the operation
//! or schema, the rule, and the cure.

mod document;
mod findings;
mod names;
mod node_rules;
mod places;
mod samples;
#[cfg(test)]
mod tests;
mod validate;

use crate::spec::{self, Document};
use crate::workspace;
use findings::{Finding, Findings, report};
use serde_json::Value;
use std::path::Path;

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

/// The document and the event catalogue of the workspace; an error if they break a rule.
pub(crate) fn accepted(root: &Path, document: Document) -> Result<(Document, Value), String> {
    let events = spec::read_yaml(&root.join(workspace::EVENTS))?;
    match lint(&document, Some(&events)).as_slice() {
        [] => Ok((document, events)),
        broken => Err(report(broken)),
    }
}

pub(crate) fn run(root: &Path) -> Result<(), String> {
    let (document, _) = accepted(root, Document::read(&root.join(workspace::SPEC))?)?;
    let (operations, schemas) = (document.operations().len(), document.schemas().count());
    println!("{operations} operations, {schemas} schemas: no findings");
    Ok(())
}
