//! Rules on the `x-` keys: grade, unit, id and sensitivity of each field.

use super::findings::Findings;
use super::places::{self, Place, Role};
use super::rules;
use crate::spec::{Document, Node};
use serde_json::Value;

const GRADES: [&str; 5] = ["documented", "guide", "observed", "older", "assumed"];
const IDS: [&str; 8] = [
    "payment",
    "user",
    "offramp",
    "transaction",
    "external",
    "concept",
    "txid",
    "currency",
];
const SENSITIVITIES: [&str; 3] = ["none", "personal", "secret"];
const KNOWN: [&str; 18] = [
    "x-evidence",
    "x-source",
    "x-candidates",
    "x-no-candidates",
    "x-wire-form",
    "x-wire-name",
    "x-wire-unit",
    "x-first-page",
    "x-key",
    "x-unit",
    "x-idempotency",
    "x-refusals",
    "x-sensitive",
    "x-id",
    "x-open",
    "x-page",
    "x-enum-descriptions",
    "x-enum-evidence",
];

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for operation in document.operations() {
        let parameters = operation.parameters().map(|parameter| {
            let at = format!("{}, parameter `{}`", operation.id(), parameter.word("name"));
            (at, parameter)
        });
        for (at, node) in parameters.chain([(operation.id().to_owned(), operation.node)]) {
            grade(&at, node.word("x-evidence"), findings);
            known(&at, node, findings);
        }
    }
    for place in places::all(document) {
        let Place { at, role, schema, .. } = &place;
        known(at, schema, findings);
        if matches!(role, Role::Component | Role::Property) {
            grade(at, schema.word("x-evidence"), findings);
            let described = !schema.word("description").trim().is_empty();
            findings.check(described, at, rules::SCHEMA_TEXT, "no `description`");
        }
        if *role != Role::Member && !["$ref", "allOf", "enum"].iter().any(|key| schema.has(key)) {
            unit(&place, findings);
            id(at, schema, findings);
            sensitivity(at, schema, findings);
        }
        for (value, grade_of_value) in schema.fields("x-enum-evidence") {
            let at = format!("{at}, value {value:?}");
            grade(&at, grade_of_value.as_str().unwrap_or_default(), findings);
        }
    }
}

fn grade(at: &str, found: &str, findings: &mut Findings) {
    findings.check(
        GRADES.contains(&found),
        at,
        rules::GRADE,
        format!("graded {found:?}"),
    );
}

fn known(at: &str, node: &Value, findings: &mut Findings) {
    for key in node.as_object().into_iter().flat_map(|node| node.keys()) {
        let known = !key.starts_with("x-") || KNOWN.contains(&key.as_str());
        findings.check(
            known,
            at,
            rules::KNOWN_EXTENSIONS,
            format!("unknown extension `{key}`"),
        );
    }
}

fn unit(place: &Place<'_>, findings: &mut Findings) {
    let (at, kind) = (&place.at, place.schema.word("type"));
    let wanted = match place.schema.word("x-unit") {
        "currency-unit" | "coin-unit" => "number",
        "cent" => "integer",
        "decimal-string" | "base-unit" => "string",
        "" => {
            let scalar = ["integer", "number", "string"].contains(&kind);
            let needed = kind == "number" || (scalar && is_amount(place.name));
            return findings.check(!needed, at, rules::UNIT_MISSING, "an amount without a unit");
        }
        other => return findings.add(at, rules::UNIT, format!("`x-unit` is {other:?}")),
    };
    let problem = format!("`x-unit` on type {kind:?}, which should be {wanted:?}");
    findings.check(kind == wanted, at, rules::UNIT_TYPE, problem);
}

/// Names under which the API carries money or coins.
fn is_amount(name: &str) -> bool {
    let whole = ["amount", "price", "fee", "balance", "tokens", "min_purchase"];
    whole.contains(&name) || name.ends_with("_amount")
}

fn id(at: &str, schema: &Value, findings: &mut Findings) {
    if !schema.has("x-id") {
        return;
    }
    let (found, kind) = (schema.word("x-id"), schema.word("type"));
    findings.check(
        IDS.contains(&found),
        at,
        rules::ID,
        format!("`x-id` is {found:?}"),
    );
    let fits = schema.has("oneOf") || ["string", "integer"].contains(&kind);
    findings.check(fits, at, rules::ID_TYPE, format!("`x-id` on type {kind:?}"));
}

fn sensitivity(at: &str, schema: &Value, findings: &mut Findings) {
    let found = schema.word("x-sensitive");
    if schema.has("x-sensitive") {
        let problem = format!("`x-sensitive` is {found:?}");
        return findings.check(SENSITIVITIES.contains(&found), at, rules::SENSITIVITY, problem);
    }
    let plain_text = schema.word("type") == "string"
        && !schema.has("x-unit")
        && !schema.has("x-id")
        && !["date", "date-time"].contains(&schema.word("format"));
    findings.check(
        !plain_text,
        at,
        rules::SENSITIVITY_MISSING,
        "text of unknown sensitivity",
    );
}
