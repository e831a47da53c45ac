//! Rules on the event catalogue: it and the document must tell the same story.

use super::findings::Findings;
use super::validate;
use crate::generate::values;
use crate::spec::Document;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, events: &Value, findings: &mut Findings) {
    let mut spellings = BTreeSet::new();
    for event in list(events, "events") {
        let at = format!("event {}", word(event, "type"));
        let aliases = list(event, "aliases").map(|alias| word(alias, "type"));
        for spelling in std::iter::once(word(event, "type")).chain(aliases) {
            if !spellings.insert(spelling) {
                findings.add(
                    &at,
                    "event-types",
                    format!("{spelling} is listed twice"),
                    "list each spelling once",
                );
            }
        }
        for key in [
            "kind",
            "domain",
            "object",
            "object_status",
            "summary",
            "evidence",
            "payload_evidence",
            "source",
        ] {
            if word(event, key).is_empty() {
                findings.add(
                    &at,
                    "event-fields",
                    format!("no `{key}`"),
                    "say it: the catalogue is made from it",
                );
            }
        }
        payloads(document, events, event, &at, findings);
    }
    let known: BTreeSet<&str> = document
        .schema("EventType")
        .into_iter()
        .flat_map(values)
        .collect();
    for spelling in known.symmetric_difference(&spellings) {
        let problem = format!("{spelling} does not stand both here and in the enum `EventType`");
        findings.add(
            "events",
            "event-types",
            problem,
            "list each event and each spelling in both files",
        );
    }
}

fn payloads(document: &Document, events: &Value, event: &Value, at: &str, findings: &mut Findings) {
    let object = word(event, "object");
    let Some(schema) = document.schema(object) else {
        let problem = format!("`{object}` is no schema of the document");
        findings.add(
            at,
            "event-object",
            problem,
            "name the schema that its payload shows",
        );
        return;
    };
    for example in list(event, "examples") {
        let at = format!("{at}, sample `{}`", word(example, "name"));
        let Some(envelope) = list(events, "envelopes").find(|e| word(e, "name") == word(example, "envelope"))
        else {
            findings.add(
                &at,
                "event-samples",
                "has no known envelope",
                "name one of `envelopes`",
            );
            continue;
        };
        let Some(body) = example.get("body").and_then(Value::as_object) else {
            findings.add(&at, "event-samples", "has no body", "show what is delivered");
            continue;
        };
        let payload = match word(envelope, "data_field") {
            "" => Value::Object(without_type(body, envelope)),
            field => body.get(field).cloned().unwrap_or_default(),
        };
        for problem in validate::validate(document, schema, &payload) {
            findings.add(
                &at,
                "event-samples",
                problem,
                "correct the sample, or the schema if the sample is right",
            );
        }
        if payload.get("status").and_then(Value::as_str) != Some(word(event, "object_status")) {
            let cure = "show the object in the state that `object_status` names";
            findings.add(&at, "event-samples", "is in another state", cure);
        }
    }
}

fn without_type(body: &Map<String, Value>, envelope: &Value) -> Map<String, Value> {
    let alternatives = list(envelope, "type_field_alternatives").filter_map(Value::as_str);
    let names: BTreeSet<&str> = std::iter::once(word(envelope, "type_field"))
        .chain(alternatives)
        .collect();
    body.iter()
        .filter(|(key, _)| !names.contains(key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

fn list<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    node.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn word<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default()
}
