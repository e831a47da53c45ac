//! Rules between nodes: names that exist once, or in two places.

use super::findings::{Findings, Rule};
use crate::generate::variant;
use crate::spec::{Document, Node, Operation};
use serde_json::Value;
use std::collections::BTreeSet;

const UNIQUE_ID: Rule = Rule("operation-id", "give each operation its own id");
const PATH: Rule = Rule(
    "path-template",
    "declare each parameter of the path, and no other, with `in: path`; let each be a whole segment",
);
const CANDIDATE_PATH: Rule = Rule(
    "candidates",
    "write a path with the same parameters: a choice can replace nothing else",
);
const CANDIDATE_TWICE: Rule = Rule("candidates", "remove it: a probe could not tell which is meant");
const WIRE_NAME: Rule = Rule("wire-name", "write the name on the wire; no two may share one");
const REQUIRED: Rule = Rule("required", "describe the property, or do not require it");
const VARIANT: Rule = Rule(
    "enum-values",
    "remove one of two, or teach `variant` a Rust name for it",
);
const ENUM_VALUES: Rule = Rule("enum-values", "describe each value of the list and no other");

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let operations = document.operations();
    let mut ids = BTreeSet::new();
    let mut paths: BTreeSet<(&str, &str)> = operations.iter().map(|it| (it.method, it.path)).collect();
    for operation in &operations {
        let at = operation.name();
        if !ids.insert(at.clone()) {
            findings.add(&at, &UNIQUE_ID, "used by two operations");
        }
        template(operation, findings);
        for path in operation.node.words("x-candidates") {
            if !parameters(path).eq(parameters(operation.path)) {
                let problem = format!("{path:?} has other parameters than `{}`", operation.path);
                findings.add(&at, &CANDIDATE_PATH, problem);
            }
            if !paths.insert((operation.method, path)) {
                let problem = format!("`{path}` is a path of the document, or a candidate twice");
                findings.add(&at, &CANDIDATE_TWICE, problem);
            }
        }
        let parameters = operation.parameters().map(|node| (node.word("name"), node));
        siblings(&at, "parameter", &parameters.collect::<Vec<_>>(), findings);
    }
    for (name, schema) in document.schemas() {
        let at = format!("schema `{name}`");
        let properties: Vec<_> = schema.fields("properties").collect();
        siblings(&at, "property", &properties, findings);
        for name in schema.words("required") {
            if !properties.iter().any(|(property, _)| *property == name) {
                findings.add(&at, &REQUIRED, format!("requires the missing property `{name}`"));
            }
        }
        enums(&at, schema, findings);
    }
}

fn template(operation: &Operation<'_>, findings: &mut Findings) {
    let in_path = operation.parameters().filter(|node| node.word("in") == "path");
    let declared: BTreeSet<String> = in_path.map(|node| format!("{{{}}}", node.word("name"))).collect();
    let written: BTreeSet<String> = parameters(operation.path).map(str::to_owned).collect();
    for name in written.symmetric_difference(&declared) {
        let problem = format!("`{name}` is not both in `{}` and in `parameters`", operation.path);
        findings.add(operation.name(), &PATH, problem);
    }
}

/// The segments of a path that hold a parameter.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| segment.contains(['{', '}']))
}

/// Names that stand side by side, with their candidates.
fn siblings(at: &str, what: &str, nodes: &[(&str, &Value)], findings: &mut Findings) {
    let mut taken: BTreeSet<&str> = nodes.iter().map(|(name, _)| *name).collect();
    let mut on_the_wire = taken.clone();
    for (name, node) in nodes {
        let at = format!("{at}, {what} `{name}`");
        for candidate in node.words("x-candidates") {
            if !taken.insert(candidate) {
                let problem = format!("`{candidate}` is another {what}, or a candidate twice");
                findings.add(&at, &CANDIDATE_TWICE, problem);
            }
        }
        let wire = node.word("x-wire-name");
        if node.has("x-wire-name") && !on_the_wire.insert(wire) {
            findings.add(&at, &WIRE_NAME, format!("`{wire}` is another {what}"));
        }
    }
}

fn enums(at: &str, schema: &Value, findings: &mut Findings) {
    let mut names = BTreeSet::new();
    for value in schema.words("enum") {
        let name = variant(value);
        let is_name = !name.starts_with(|c: char| c.is_ascii_digit());
        let is_reserved = ["", "Unknown", "Self"].contains(&name.as_str());
        if !is_name || is_reserved || !names.insert(name) {
            let problem = format!("{value:?} has no name in Rust, or that of another value");
            findings.add(at, &VARIANT, problem);
        }
    }
    let listed: BTreeSet<&str> = schema.words("enum").collect();
    for key in ["x-enum-descriptions", "x-enum-evidence"] {
        let noted: BTreeSet<&str> = schema.fields(key).map(|(value, _)| value).collect();
        for value in noted.symmetric_difference(&listed) {
            let problem = format!("{value:?} is not both in `enum` and in `{key}`");
            findings.add(at, &ENUM_VALUES, problem);
        }
    }
}
