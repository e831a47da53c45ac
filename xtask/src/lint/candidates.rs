//! Rules on the other forms that a guess may have, and on those that were observed: `x-candidates`, `x-no-candidates`,
//! `x-wire-name`, `x-wire-form`, `x-wire-unit` and `x-first-page`.

use super::findings::Findings;
use super::rules;
use crate::spec::{Document, Node, reference_name};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let operations = document.operations();
    let mut taken: BTreeSet<(&str, &str)> = operations.iter().map(|it| (it.method, it.path)).collect();
    for operation in &operations {
        let at = operation.id();
        guess(at, operation.node, false, findings);
        for path in texts(at, operation.node, findings) {
            let is_path = path.starts_with('/') && path.split('/').skip(1).all(is_segment);
            let fits = is_path && parameters(path).eq(parameters(operation.path));
            let problem = format!("{path:?} is no path with the parameters of `{}`", operation.path);
            findings.check(fits, at, rules::CANDIDATE_PATH, problem);
            let problem = format!("`{path}` is a path of the document, or a candidate twice");
            let is_new = taken.insert((operation.method, path));
            findings.check(is_new, at, rules::CANDIDATE_TWICE, problem);
        }
        let parameters: Vec<_> = operation
            .parameters()
            .map(|parameter| (parameter.word("name"), parameter))
            .collect();
        names(at, "parameter", &parameters, findings);
        for (name, parameter) in &parameters {
            // The path's own, which a candidate of the path may not change.
            let is_in_path = parameter.word("in") == "path";
            guess(
                &format!("{at}, parameter `{name}`"),
                parameter,
                is_in_path,
                findings,
            );
            if let Some(first) = parameter.get("x-first-page") {
                let fits = *name == "page" && [0, 1].iter().any(|page| first == page);
                findings.check(
                    fits,
                    at,
                    rules::FIRST_PAGE,
                    format!("`x-first-page` of `{name}` is {first}"),
                );
            }
        }
    }
    let envelopes: BTreeSet<&str> = operations
        .iter()
        .filter_map(|operation| reference_name(operation.success()?))
        .collect();
    for (name, schema) in document.schemas() {
        let properties: Vec<_> = schema.fields("properties").collect();
        names(&format!("schema `{name}`"), "property", &properties, findings);
        let is_envelope = envelopes.contains(name);
        for (property, node) in &properties {
            // The SDK and the probe find these by their form, whatever their names are.
            let is_found = is_envelope && ["status", "message", "data", "pagination"].contains(property);
            let at = format!("schema `{name}`, property `{property}`");
            guess(&at, node, is_found, findings);
            wire(&at, node, findings);
        }
    }
}

/// A guess has candidates or a reason why there are none. `is_found`: the name does not matter.
fn guess(at: &str, node: &Value, is_found: bool, findings: &mut Findings) {
    let is_guess = node.word("x-evidence") == "assumed" && !node.has("x-wire-name");
    let is_answered = node.words("x-candidates").next().is_some();
    let has_reason = !node.word("x-no-candidates").is_empty();
    let problem = "it is a guess without `x-candidates`";
    findings.check(
        !is_guess || is_found || is_answered || has_reason,
        at,
        rules::CANDIDATES,
        problem,
    );
    let is_either = !node.has("x-no-candidates") || is_guess && has_reason && !is_answered;
    let problem = "`x-no-candidates` is no reason, or beside candidates, or on no guess";
    findings.check(is_either, at, rules::CANDIDATES, problem);
}

/// The observed forms and unit of a property.
fn wire(at: &str, node: &Value, findings: &mut Findings) {
    if let Some(forms) = node.get("x-wire-form") {
        let is_kind = |kind: &Value| kind.as_str().is_some_and(|kind| kind.split('-').all(is_word));
        let fits = forms
            .as_array()
            .is_some_and(|forms| !forms.is_empty() && forms.iter().all(is_kind));
        findings.check(fits, at, rules::WIRE_FORM, format!("`x-wire-form` is {forms}"));
    }
    if let Some(unit) = node.get("x-wire-unit") {
        let fits = matches!(
            (unit.as_str(), node.word("x-unit")),
            (Some("cent"), "currency-unit" | "decimal-string") | (Some("currency-unit"), "cent")
        );
        findings.check(fits, at, rules::WIRE_UNIT, format!("`x-wire-unit` is {unit}"));
    }
}

/// Checks the candidates of names that stand side by side.
fn names(at: &str, what: &str, siblings: &[(&str, &Value)], findings: &mut Findings) {
    let mut taken: BTreeSet<&str> = siblings.iter().map(|(name, _)| *name).collect();
    let mut wires = taken.clone();
    for (name, node) in siblings {
        let at = format!("{at}, {what} `{name}`");
        let is_name = |text: &str| {
            let mut parts = text.split('.');
            (what == "property" || !text.contains('.')) && parts.all(is_word)
        };
        for candidate in texts(&at, node, findings) {
            let problem = format!("{candidate:?} is no name");
            findings.check(is_name(candidate), &at, rules::CANDIDATE_NAME, problem);
            let problem = format!("`{candidate}` is another {what}, or a candidate twice");
            findings.check(taken.insert(candidate), &at, rules::CANDIDATE_TWICE, problem);
        }
        if let Some(wire) = node.get("x-wire-name") {
            let wire = wire.as_str().unwrap_or_default();
            let fits = is_name(wire) && wires.insert(wire);
            let problem = format!("`x-wire-name` is {wire:?}");
            findings.check(fits, &at, rules::WIRE_NAME, problem);
        }
    }
}

fn texts<'a>(at: &str, node: &'a Value, findings: &mut Findings) -> Vec<&'a str> {
    let texts: Vec<&str> = node.words("x-candidates").collect();
    let is_list = !node.has("x-candidates")
        || node.get("x-candidates").is_some_and(Value::is_array)
            && texts.len() == node.list("x-candidates").count();
    findings.check(
        is_list,
        at,
        rules::CANDIDATES,
        "`x-candidates` is no list of texts",
    );
    texts
}

fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| segment.starts_with('{'))
}

fn is_segment(segment: &str) -> bool {
    let bare = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    bare.unwrap_or(segment).split('-').all(is_word)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
