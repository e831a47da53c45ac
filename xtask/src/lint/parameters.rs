//! Rules on parameters: what can be written into a path or a query.

use super::findings::{At, Findings};
use super::rules;
use crate::spec::{Document, Node};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for operation in document.operations() {
        let mut in_path = BTreeSet::new();
        for parameter in operation.parameters() {
            let (name, place) = (parameter.word("name"), parameter.word("in"));
            let mut at = findings.at(format!("{}, parameter `{name}`", operation.id()));
            if place == "path" {
                in_path.insert(name);
            }
            let known = ["path", "query"].contains(&place);
            at.check(known, rules::PARAMETER_PLACE, format!("is in {place:?}"));
            let described = !parameter.word("description").trim().is_empty();
            at.check(described, rules::PARAMETER_TEXT, "no `description`");
            form(document, parameter, &mut at);
        }
        template(operation.path, &in_path, &mut findings.at(operation.id()));
    }
}

fn form(document: &Document, parameter: &Value, at: &mut At<'_>) {
    let plain = ["content", "style", "explode"]
        .iter()
        .all(|key| !parameter.has(key));
    at.check(plain, rules::PLAIN_PARAMETER, "has a form of its own");
    let schema = parameter
        .get("schema")
        .and_then(|schema| document.resolve(schema));
    let schema = schema.unwrap_or(&Value::Null);
    let kind = schema.word("type");
    let scalar = !["array", "object"].contains(&kind);
    at.check(scalar, rules::SCALAR_PARAMETER, format!("is an {kind}"));
    let time = schema.word("format") == "date-time" && parameter.word("in") == "path";
    at.check(!time, rules::TIME_IN_PATH, "is a date-time");
}

fn template(path: &str, declared: &BTreeSet<&str>, at: &mut At<'_>) {
    let mut wanted = BTreeSet::new();
    for segment in path.split('/').skip(1) {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            wanted.insert(name);
        } else {
            let plain = !segment.contains(['{', '}']);
            let problem = format!("`{path}` mixes text and a parameter");
            at.check(plain, rules::WHOLE_SEGMENT, problem);
        }
    }
    for name in wanted.symmetric_difference(declared) {
        let problem = format!("`{name}` is not both in `{path}` and in `parameters`");
        at.add(rules::PATH_TEMPLATE, problem);
    }
}
