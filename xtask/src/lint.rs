//! `cargo xtask lint`: rules that make the document fit for the generator and for readers.
//!
//! The generator panics on half of what it cannot do and ignores the other half silently. A finding names the operation
//! or schema, the rule, and the cure.

mod document;
mod events;
mod examples;
mod findings;
mod names;
mod node_rules;
mod places;
#[cfg(test)]
mod tests;
mod validate;

use findings::Findings;
pub(crate) use findings::{Finding, report};

use crate::spec::{self, Document};
use crate::workspace;
use serde_json::Value;
use std::path::Path;
use validate::Validator;

/// All findings, in order of place.
pub(crate) fn lint(document: &Document, events: Option<&Value>) -> Vec<Finding> {
    let mut findings = Findings::default();
    document::check(document, &mut findings);
    let places = places::all(document, events);
    node_rules::check(&places, &mut findings);
    names::check(document, &mut findings);
    let mut validator = Validator::new(document);
    examples::check(document, &places, &mut validator, &mut findings);
    if let Some(events) = events {
        events::check(document, events, &mut validator, &mut findings);
    }
    findings.sorted()
}

/// The task: lints the document of the workspace, or another file.
pub(crate) fn run(root: &Path, file: Option<&Path>) -> Result<(), String> {
    let (document, events) = if let Some(file) = file {
        (Document::read(file)?, None)
    } else {
        (
            Document::read(&root.join(workspace::SPEC))?,
            Some(spec::read_yaml(&root.join(workspace::EVENTS))?),
        )
    };
    let found = lint(&document, events.as_ref());
    if found.is_empty() {
        println!(
            "{} operations, {} schemas: no findings",
            document.operations().len(),
            document.schemas().count()
        );
        return Ok(());
    }
    Err(report(&found))
}
