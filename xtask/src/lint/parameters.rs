//! Rules on parameters: what can be written into a path or a query.

use super::findings::Findings;
use crate::spec::Document;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for operation in document.operations() {
        let mut in_path = BTreeSet::new();
        for parameter in operation.parameters() {
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
            let at = format!("{}, parameter `{}`", operation.id(), text("name"));
            if text("in") == "path" {
                in_path.insert(text("name").to_owned());
            } else if text("in") != "query" {
                let cure = "put it into the path or the query: the generator writes no others safely";
                findings.add(
                    &at,
                    "parameter-place",
                    format!("stands in {:?}", text("in")),
                    cure,
                );
            }
            if text("description").trim().is_empty() {
                findings.add(
                    &at,
                    "documented",
                    "no `description`",
                    "say what it is and in which unit",
                );
            }
            form(document, parameter, &at, findings);
        }
        template(operation.id(), operation.path, &in_path, findings);
    }
}

fn form(document: &Document, parameter: &Value, at: &str, findings: &mut Findings) {
    if parameter.get("content").is_some()
        || parameter.get("style").is_some()
        || parameter.get("explode").is_some()
    {
        let cure = "remove `content`, `style` and `explode`: the generator knows the plain form only";
        findings.add(at, "plain-parameter", "has a form of its own", cure);
    }
    let schema = parameter
        .get("schema")
        .and_then(|schema| document.resolve(schema));
    let word = |key: &str| schema.and_then(|s| s.get(key)).and_then(Value::as_str);
    if matches!(word("type"), Some("array" | "object")) {
        let cure = "take a scalar: the generator writes lists and objects in its own way";
        findings.add(
            at,
            "scalar-parameter",
            format!("is an {}", word("type").unwrap_or_default()),
            cure,
        );
    }
    if word("format") == Some("date-time") && parameter.get("in") == Some(&Value::from("path")) {
        findings.add(
            at,
            "time-in-path",
            "is a moment",
            "take text: the generator writes moments in a path wrongly",
        );
    }
}

fn template(id: &str, path: &str, declared: &BTreeSet<String>, findings: &mut Findings) {
    let mut wanted = BTreeSet::new();
    for segment in path.split('/').skip(1) {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => {
                wanted.insert(name.to_owned());
            }
            None if segment.contains(['{', '}']) => {
                let cure = "let each parameter be a whole segment";
                findings.add(
                    id,
                    "path-template",
                    format!("`{path}` mixes text and a parameter"),
                    cure,
                );
            }
            None => {}
        }
    }
    for name in wanted.symmetric_difference(declared) {
        let cure = "declare each parameter of the path, and no other, with `in: path`";
        findings.add(
            id,
            "path-template",
            format!("`{name}` does not stand both in `{path}` and in `parameters`"),
            cure,
        );
    }
}
