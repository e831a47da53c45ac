//! Rules on the `x-` keys: grade, unit, id and sensitivity of each field.

use super::findings::{At, Findings};
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
        for (place, node) in parameters.chain([(operation.id().to_owned(), operation.node)]) {
            let mut at = findings.at(place);
            grade(node.word("x-evidence"), &mut at);
            known(node, &mut at);
        }
    }
    for place in places::all(document) {
        let Place { role, schema, .. } = &place;
        let mut at = findings.at(&place.at);
        known(schema, &mut at);
        if matches!(role, Role::Component | Role::Property) {
            grade(schema.word("x-evidence"), &mut at);
            let described = !schema.word("description").trim().is_empty();
            at.check(described, rules::SCHEMA_TEXT, "no `description`");
        }
        if *role != Role::Member && !["$ref", "allOf", "enum"].iter().any(|key| schema.has(key)) {
            unit(&place, &mut at);
            id(schema, &mut at);
            sensitivity(schema, &mut at);
        }
        for (value, grade_of_value) in schema.fields("x-enum-evidence") {
            let grade_of_value = grade_of_value.as_str().unwrap_or_default();
            grade(grade_of_value, &mut at.inside(&format!("value {value:?}")));
        }
    }
}

fn grade(found: &str, at: &mut At<'_>) {
    at.check(GRADES.contains(&found), rules::GRADE, format!("graded {found:?}"));
}

fn known(node: &Value, at: &mut At<'_>) {
    for key in node.as_object().into_iter().flat_map(|node| node.keys()) {
        let known = !key.starts_with("x-") || KNOWN.contains(&key.as_str());
        at.check(
            known,
            rules::KNOWN_EXTENSIONS,
            format!("unknown extension `{key}`"),
        );
    }
}

fn unit(place: &Place<'_>, at: &mut At<'_>) {
    let kind = place.schema.word("type");
    let wanted = match place.schema.word("x-unit") {
        "currency-unit" | "coin-unit" => "number",
        "cent" => "integer",
        "decimal-string" | "base-unit" => "string",
        "" => {
            let scalar = ["integer", "number", "string"].contains(&kind);
            let needed = kind == "number" || (scalar && is_amount(place.name));
            return at.check(!needed, rules::UNIT_MISSING, "an amount without a unit");
        }
        other => return at.add(rules::UNIT, format!("`x-unit` is {other:?}")),
    };
    let problem = format!("`x-unit` on type {kind:?}, which should be {wanted:?}");
    at.check(kind == wanted, rules::UNIT_TYPE, problem);
}

/// Names under which the API carries money or coins.
fn is_amount(name: &str) -> bool {
    let whole = ["amount", "price", "fee", "balance", "tokens", "min_purchase"];
    whole.contains(&name) || name.ends_with("_amount")
}

fn id(schema: &Value, at: &mut At<'_>) {
    if !schema.has("x-id") {
        return;
    }
    let (found, kind) = (schema.word("x-id"), schema.word("type"));
    at.check(IDS.contains(&found), rules::ID, format!("`x-id` is {found:?}"));
    let fits = schema.has("oneOf") || ["string", "integer"].contains(&kind);
    at.check(fits, rules::ID_TYPE, format!("`x-id` on type {kind:?}"));
}

fn sensitivity(schema: &Value, at: &mut At<'_>) {
    let found = schema.word("x-sensitive");
    if schema.has("x-sensitive") {
        let problem = format!("`x-sensitive` is {found:?}");
        return at.check(SENSITIVITIES.contains(&found), rules::SENSITIVITY, problem);
    }
    let plain_text = schema.word("type") == "string"
        && !schema.has("x-unit")
        && !schema.has("x-id")
        && !["date", "date-time"].contains(&schema.word("format"));
    at.check(
        !plain_text,
        rules::SENSITIVITY_MISSING,
        "text of unknown sensitivity",
    );
}
