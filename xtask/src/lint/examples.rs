//! Rules on samples: each request and each reply has one, and it fits its schema.

use super::findings::{At, Findings};
use super::places;
use super::rules;
use super::validate::Validator;
use crate::spec::{Document, Node, Operation};
use serde_json::Value;

pub(super) fn check(document: &Document, validator: &mut Validator, findings: &mut Findings) {
    let mut report = |schema: &Value, sample: &Value, mut at: At<'_>| {
        for problem in validator.problems(schema, sample) {
            at.add(rules::VALID_SAMPLES, problem);
        }
    };
    for operation in document.operations() {
        for parameter in operation.parameters() {
            let at = format!("{}, parameter `{}`", operation.id(), parameter.word("name"));
            if let (Some(schema), Some(sample)) = (parameter.get("schema"), parameter.get("example")) {
                report(schema, sample, findings.at(at));
            }
        }
        for (place, content) in contents(document, &operation) {
            let samples = samples(content);
            let mut at = findings.at(place);
            at.check(!samples.is_empty(), rules::SAMPLES, "has no sample");
            for (name, sample) in samples {
                let schema = content.get("schema").unwrap_or(&Value::Null);
                report(schema, sample, at.inside(&format!("sample `{name}`")));
            }
        }
    }
    for place in places::all(document) {
        if let Some(sample) = place.schema.get("example") {
            report(place.schema, sample, findings.at(&place.at));
        }
    }
    for operation in document.operations() {
        let (Some(reply), Some(success)) = (operation.reply(), operation.success()) else {
            continue;
        };
        let samples = samples(reply);
        let succeeds = samples
            .iter()
            .any(|(_, sample)| validator.problems(success, sample).is_empty());
        let mut at = findings.at(format!("{}, reply 200", operation.id()));
        at.check(succeeds, rules::SUCCESS_SAMPLE, "no sample of success");
    }
}

/// The bodies of a request and its replies.
fn contents<'a>(document: &'a Document, operation: &Operation<'a>) -> Vec<(String, &'a Value)> {
    let (id, node) = (operation.id(), operation.node);
    let request = node
        .get("requestBody")
        .map(|body| (format!("{id}, request"), body));
    let replies = node
        .fields("responses")
        .map(|(status, reply)| (format!("{id}, reply {status}"), reply));
    let bodies = request.into_iter().chain(replies);
    let resolved = bodies.filter_map(|(at, body)| Some((at, document.resolve(body)?)));
    let contents = resolved.flat_map(|(at, body)| {
        body.fields("content")
            .map(move |(_, content)| (at.clone(), content))
            .collect::<Vec<_>>()
    });
    contents.filter(|(_, content)| content.has("schema")).collect()
}

/// `example`, and the values of `examples`.
fn samples(content: &Value) -> Vec<(&str, &Value)> {
    let single = content.get("example").map(|sample| ("example", sample));
    let named = content
        .fields("examples")
        .filter_map(|(name, sample)| Some((name, sample.get("value")?)));
    single.into_iter().chain(named).collect()
}
