//! Rules on samples and events: each sample fits its schema, and the event catalogue agrees with the document.

use super::findings::{Findings, Rule};
use super::places::Place;
use super::validate::Validator;
use crate::spec::{Document, Node};
use serde_json::Value;
use std::collections::BTreeSet;
use std::iter::once;

const VALID: Rule = Rule(
    "valid-samples",
    "correct the sample, or the schema if the sample is right",
);
const SUCCESS: Rule = Rule("samples", "add a sample of a successful reply");
const ONCE: Rule = Rule("event-types", "list each spelling once");
const TYPES: Rule = Rule("event-types", "list each event and each spelling in both files");
const OBJECT: Rule = Rule("event-object", "name the schema of its payload");
const ENVELOPE: Rule = Rule("event-samples", "name one of `envelopes`");
const EVENT_SAMPLES: Rule = Rule("event-samples", VALID.1);
const STATE: Rule = Rule(
    "event-samples",
    "show the object in the state that `object_status` names",
);

pub(super) fn check(
    document: &Document,
    places: &[Place<'_>],
    events: Option<&Value>,
    findings: &mut Findings,
) {
    let mut validator = Validator::of_samples(document);
    for place in places {
        let schema = match place.kind {
            "content" | "parameter" => place.node.get("schema").unwrap_or(&Value::Null),
            "event sample" | "request object" | "form field" => continue,
            _ => &*place.node,
        };
        for (name, sample) in samples(&place.node) {
            let at = match name {
                "example" => place.at.clone(),
                name => format!("{}, sample `{name}`", place.at),
            };
            for problem in validator.sample(schema, sample) {
                findings.add(&at, &VALID, problem);
            }
        }
    }
    for operation in document.operations() {
        let (Some(reply), Some(success)) = (operation.reply(), operation.success()) else {
            continue;
        };
        if !samples(reply).any(|(_, sample)| validator.sample(success, sample).is_empty()) {
            let at = format!("{}, reply 200", operation.id());
            findings.add(at, &SUCCESS, "no sample of success");
        }
    }
    if let Some(events) = events {
        catalogue(document, events, &mut validator, findings);
    }
}

/// `example`, and the values of `examples`.
fn samples(node: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let single = node.get("example").map(|sample| ("example", sample));
    let named = node
        .fields("examples")
        .filter_map(|(name, sample)| Some((name, sample.get("value")?)));
    single.into_iter().chain(named)
}

fn catalogue(document: &Document, events: &Value, validator: &mut Validator, findings: &mut Findings) {
    let mut spellings = BTreeSet::new();
    for event in events.list("events") {
        let at = format!("event {}", event.word("type"));
        let aliases = event.list("aliases").map(|alias| alias.word("type"));
        for spelling in once(event.word("type")).chain(aliases) {
            if !spellings.insert(spelling) {
                findings.add(&at, &ONCE, format!("{spelling} is listed twice"));
            }
        }
        let object = event.word("object");
        let Some(schema) = document.schema(object) else {
            let problem = format!("`{object}` is not a schema of the document");
            findings.add(&at, &OBJECT, problem);
            continue;
        };
        for sample in event.list("examples") {
            let at = format!("{at}, sample `{}`", sample.word("name"));
            let Some(payload) = payload(events, sample) else {
                findings.add(&at, &ENVELOPE, "has no known envelope");
                continue;
            };
            for problem in validator.sample(schema, &payload) {
                findings.add(&at, &EVENT_SAMPLES, problem);
            }
            if payload.word("status") != event.word("object_status") {
                findings.add(&at, &STATE, "is in another state");
            }
        }
    }
    let known = document.schema("EventType").into_iter();
    let known: BTreeSet<&str> = known.flat_map(|schema| schema.words("enum")).collect();
    for spelling in known.symmetric_difference(&spellings) {
        let problem = format!("{spelling} is not both here and in the enum `EventType`");
        findings.add("events", &TYPES, problem);
    }
}

/// The object in the body of a sample, as its envelope has it.
fn payload(events: &Value, sample: &Value) -> Option<Value> {
    let mut envelopes = events.list("envelopes");
    let envelope = envelopes.find(|known| known.word("name") == sample.word("envelope"))?;
    let mut body = sample.get("body").cloned().unwrap_or_default();
    let field = envelope.word("data_field");
    if !field.is_empty() {
        return Some(body.get(field).cloned().unwrap_or_default());
    }
    let names = envelope.words("type_field_alternatives");
    for name in names.chain([envelope.word("type_field")]) {
        body.as_object_mut().map(|fields| fields.remove(name));
    }
    Some(body)
}
