//! Rules on samples: each fits its schema, and each operation has one of success.

use super::findings::{Findings, Rule};
use super::places::Place;
use super::validate::Validator;
use crate::spec::{Document, Node};
use serde_json::Value;

const VALID: Rule = Rule(
    "valid-samples",
    "correct the sample, or the schema if the sample is right",
);
const SUCCESS: Rule = Rule("samples", "add a sample of a successful reply");

pub(super) fn check(
    document: &Document,
    places: &[Place<'_>],
    validator: &mut Validator,
    findings: &mut Findings,
) {
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
            for problem in validator.problems(schema, sample) {
                findings.add(&at, &VALID, problem);
            }
        }
    }
    for operation in document.operations() {
        let (Some(reply), Some(success)) = (operation.reply(), operation.success()) else {
            continue;
        };
        let mut samples = samples(reply);
        if !samples.any(|(_, sample)| validator.problems(success, sample).is_empty()) {
            let at = format!("{}, reply 200", operation.id());
            findings.add(at, &SUCCESS, "no sample of success");
        }
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
