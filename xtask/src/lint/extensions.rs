//! Rules on the `x-` keys: grade, unit, id and sensitivity of each field.

use super::findings::Findings;
use super::places::{self, Place, Role};
use crate::spec::Document;
use serde_json::Value;

const GRADES: [&str; 4] = ["documented", "guide", "older", "assumed"];
const IDS: [&str; 7] = [
    "payment",
    "user",
    "offramp",
    "transaction",
    "external",
    "concept",
    "txid",
];
const SENSITIVITIES: [&str; 3] = ["none", "personal", "secret"];
const KNOWN: [&str; 11] = [
    "x-evidence",
    "x-source",
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
        grade(operation.id(), operation.node, findings);
        known(operation.id(), operation.node, findings);
        for parameter in operation.parameters() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            let at = format!("{}, parameter `{name}`", operation.id());
            grade(&at, parameter, findings);
            known(&at, parameter, findings);
        }
    }
    for place in places::all(document) {
        known(&place.at, place.schema, findings);
        if matches!(place.role, Role::Component | Role::Property) {
            grade(&place.at, place.schema, findings);
            described(&place, findings);
        }
        let inner = matches!(place.role, Role::Member) || place.schema.get("$ref").is_some();
        if !inner && place.schema.get("allOf").is_none() && place.schema.get("enum").is_none() {
            unit(&place, findings);
            id(&place, findings);
            sensitivity(&place, findings);
        }
    }
    for (name, schema) in document.schemas() {
        for (value, word) in schema
            .get("x-enum-evidence")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if !word.as_str().is_some_and(|word| GRADES.contains(&word)) {
                let at = format!("schema `{name}`, value {value:?}");
                findings.add(
                    &at,
                    "evidence",
                    format!("graded {word}"),
                    "write documented, guide, older or assumed",
                );
            }
        }
    }
}

fn word<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str)
}

fn grade(at: &str, node: &Value, findings: &mut Findings) {
    let found = word(node, "x-evidence");
    if !found.is_some_and(|found| GRADES.contains(&found)) {
        let cure = "write `x-evidence: documented`, `guide`, `older` or `assumed`";
        findings.add(
            at,
            "evidence",
            format!("graded {:?}", found.unwrap_or_default()),
            cure,
        );
    }
}

fn known(at: &str, node: &Value, findings: &mut Findings) {
    for key in node.as_object().into_iter().flatten().map(|(key, _)| key) {
        if key.starts_with("x-") && !KNOWN.contains(&key.as_str()) {
            let cure = "correct it, or teach it to the tasks: an unknown extension has no effect";
            findings.add(at, "known-extensions", format!("unknown extension `{key}`"), cure);
        }
    }
}

fn described(place: &Place<'_>, findings: &mut Findings) {
    if word(place.schema, "description").is_none_or(|text| text.trim().is_empty()) {
        findings.add(
            &place.at,
            "documented",
            "no `description`",
            "say what it is: it becomes the documentation",
        );
    }
}

fn unit(place: &Place<'_>, findings: &mut Findings) {
    let kind = word(place.schema, "type").unwrap_or_default();
    let wanted = match word(place.schema, "x-unit") {
        Some("currency-unit" | "coin-unit") => "number",
        Some("cent") => "integer",
        Some("decimal-string" | "base-unit") => "string",
        Some(other) => {
            let cure = "write currency-unit, cent, decimal-string, base-unit or coin-unit";
            findings.add(&place.at, "unit", format!("`x-unit` is {other:?}"), cure);
            return;
        }
        None => {
            let scalar = matches!(kind, "integer" | "number" | "string");
            if kind == "number" || (scalar && is_amount(place.name)) {
                let cure = "give it an `x-unit`: without one it would be a float, or its unit a guess";
                findings.add(&place.at, "unit", "an amount without a unit", cure);
            }
            return;
        }
    };
    if kind != wanted {
        let cure =
            "currency-unit and coin-unit are numbers, cent an integer, decimal-string and base-unit strings";
        findings.add(
            &place.at,
            "unit",
            format!("`x-unit` on type {kind:?}, which should be {wanted:?}"),
            cure,
        );
    }
}

/// Names under which the API carries money or coins.
fn is_amount(name: &str) -> bool {
    ["amount", "price", "fee", "balance", "tokens"].contains(&name)
        || name.ends_with("_amount")
        || name == "min_purchase"
}

fn id(place: &Place<'_>, findings: &mut Findings) {
    let Some(found) = word(place.schema, "x-id") else {
        return;
    };
    if !IDS.contains(&found) {
        let cure = "write payment, user, offramp, transaction, external, concept or txid";
        findings.add(&place.at, "id", format!("`x-id` is {found:?}"), cure);
    }
    let kind = word(place.schema, "type");
    if place.schema.get("oneOf").is_none() && !matches!(kind, Some("string" | "integer")) {
        let cure = "an id is a string, an integer, or one of both";
        findings.add(
            &place.at,
            "id",
            format!("`x-id` on type {:?}", kind.unwrap_or_default()),
            cure,
        );
    }
}

fn sensitivity(place: &Place<'_>, findings: &mut Findings) {
    let found = word(place.schema, "x-sensitive");
    if let Some(found) = found
        && !SENSITIVITIES.contains(&found)
    {
        let cure = "write none, personal or secret";
        findings.add(
            &place.at,
            "sensitivity",
            format!("`x-sensitive` is {found:?}"),
            cure,
        );
    }
    let plain_text = word(place.schema, "type") == Some("string")
        && word(place.schema, "x-unit").is_none()
        && word(place.schema, "x-id").is_none()
        && !matches!(word(place.schema, "format"), Some("date" | "date-time"));
    if plain_text && found.is_none() {
        let cure = "write `x-sensitive: none`, `personal` or `secret`: it decides whether logs may show it";
        findings.add(&place.at, "sensitivity", "text of unknown sensitivity", cure);
    }
}
