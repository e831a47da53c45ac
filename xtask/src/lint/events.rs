//! Rules on the event catalogue: it must agree with the document.

use super::findings::{At, Findings};
use super::rules;
use super::validate::Validator;
use crate::generate::values;
use crate::spec::{Document, Node};
use serde_json::Value;
use std::collections::BTreeSet;

const FIELDS: [&str; 8] = [
    "kind",
    "domain",
    "object",
    "object_status",
    "summary",
    "evidence",
    "payload_evidence",
    "source",
];

pub(super) fn check(document: &Document, events: &Value, validator: &mut Validator, findings: &mut Findings) {
    let mut spellings = BTreeSet::new();
    for event in events.list("events") {
        let mut at = findings.at(format!("event {}", event.word("type")));
        let aliases = event.list("aliases").map(|alias| alias.word("type"));
        for spelling in std::iter::once(event.word("type")).chain(aliases) {
            let once = spellings.insert(spelling);
            at.check(once, rules::EVENT_ONCE, format!("{spelling} is listed twice"));
        }
        for key in FIELDS {
            let written = !event.word(key).is_empty();
            at.check(written, rules::EVENT_FIELDS, format!("no `{key}`"));
        }
        payloads(document, events, event, validator, &mut at);
    }
    let known: BTreeSet<&str> = document
        .schema("EventType")
        .into_iter()
        .flat_map(values)
        .collect();
    for spelling in known.symmetric_difference(&spellings) {
        let problem = format!("{spelling} is not both here and in the enum `EventType`");
        findings.at("events").add(rules::EVENT_TYPES, problem);
    }
}

fn payloads(document: &Document, events: &Value, event: &Value, validator: &mut Validator, at: &mut At<'_>) {
    let object = event.word("object");
    let Some(schema) = document.schema(object) else {
        return at.add(
            rules::EVENT_OBJECT,
            format!("`{object}` is not a schema of the document"),
        );
    };
    for example in event.list("examples") {
        let mut at = at.inside(&format!("sample `{}`", example.word("name")));
        let mut envelopes = events.list("envelopes");
        let Some(envelope) = envelopes.find(|known| known.word("name") == example.word("envelope")) else {
            at.add(rules::EVENT_ENVELOPE, "has no known envelope");
            continue;
        };
        let Some(body) = example.get("body").filter(|body| body.is_object()) else {
            at.add(rules::EVENT_BODY, "has no body");
            continue;
        };
        let payload = match envelope.word("data_field") {
            "" => without_type(body, envelope),
            field => body.get(field).cloned().unwrap_or_default(),
        };
        for problem in validator.problems(schema, &payload) {
            at.add(rules::EVENT_SAMPLES, problem);
        }
        let state = payload.word("status") == event.word("object_status");
        at.check(state, rules::EVENT_STATE, "is in another state");
    }
}

/// A body without the field that names the event.
fn without_type(body: &Value, envelope: &Value) -> Value {
    let mut payload = body.clone();
    if let Some(fields) = payload.as_object_mut() {
        let alternatives = envelope.words("type_field_alternatives");
        for name in alternatives.chain([envelope.word("type_field")]) {
            fields.remove(name);
        }
    }
    payload
}
