//! Rules on parameters: what can be written into a path or a query.

use super::findings::Findings;
use super::rules;
use crate::spec::{Document, Node};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for operation in document.operations() {
        let mut in_path = BTreeSet::new();
        for parameter in operation.parameters() {
            let (name, place) = (parameter.word("name"), parameter.word("in"));
            let at = format!("{}, parameter `{name}`", operation.id());
            if place == "path" {
                in_path.insert(name);
            }
            let known = ["path", "query"].contains(&place);
            findings.check(known, &at, rules::PARAMETER_PLACE, format!("is in {place:?}"));
            let described = !parameter.word("description").trim().is_empty();
            findings.check(described, &at, rules::PARAMETER_TEXT, "no `description`");
            form(document, parameter, &at, findings);
        }
        template(operation.id(), operation.path, &in_path, findings);
    }
}

fn form(document: &Document, parameter: &Value, at: &str, findings: &mut Findings) {
    let plain = ["content", "style", "explode"]
        .iter()
        .all(|key| !parameter.has(key));
    findings.check(plain, at, rules::PLAIN_PARAMETER, "has a form of its own");
    let schema = parameter
        .get("schema")
        .and_then(|schema| document.resolve(schema));
    let schema = schema.unwrap_or(&Value::Null);
    let kind = schema.word("type");
    let scalar = !["array", "object"].contains(&kind);
    findings.check(scalar, at, rules::SCALAR_PARAMETER, format!("is an {kind}"));
    let time = schema.word("format") == "date-time" && parameter.word("in") == "path";
    findings.check(!time, at, rules::TIME_IN_PATH, "is a date-time");
}

fn template(id: &str, path: &str, declared: &BTreeSet<&str>, findings: &mut Findings) {
    let mut wanted = BTreeSet::new();
    for segment in path.split('/').skip(1) {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            wanted.insert(name);
        } else {
            let plain = !segment.contains(['{', '}']);
            let problem = format!("`{path}` mixes text and a parameter");
            findings.check(plain, id, rules::WHOLE_SEGMENT, problem);
        }
    }
    for name in wanted.symmetric_difference(declared) {
        let problem = format!("`{name}` is not both in `{path}` and in `parameters`");
        findings.add(id, rules::PATH_TEMPLATE, problem);
    }
}
