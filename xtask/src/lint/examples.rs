//! Rules on samples: each request and each reply has one, and it fits its schema.

use super::findings::Findings;
use super::validate;
use crate::spec::{Document, Operation};
use serde_json::Value;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for operation in document.operations() {
        bodies(document, &operation, findings);
        for parameter in operation.parameters() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            let at = format!("{}, parameter `{name}`", operation.id());
            if let (Some(schema), Some(sample)) = (parameter.get("schema"), parameter.get("example")) {
                report(document, schema, sample, &at, findings);
            }
        }
    }
    for (name, schema) in document.schemas() {
        let at = format!("schema `{name}`");
        if let Some(sample) = schema.get("example") {
            report(document, schema, sample, &at, findings);
        }
        for (property, schema) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if let Some(sample) = schema.get("example") {
                report(
                    document,
                    schema,
                    sample,
                    &format!("{at}, property `{property}`"),
                    findings,
                );
            }
        }
    }
}

fn bodies(document: &Document, operation: &Operation<'_>, findings: &mut Findings) {
    let id = operation.id();
    let request = operation
        .node
        .get("requestBody")
        .map(|body| (format!("{id}, request"), body));
    let replies = operation.node.get("responses").and_then(Value::as_object);
    let replies = replies
        .into_iter()
        .flatten()
        .map(|(status, reply)| (format!("{id}, reply {status}"), reply));
    for (at, node) in request.into_iter().chain(replies) {
        let Some(node) = document.resolve(node) else {
            continue;
        };
        for content in node
            .get("content")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|c| c.values())
        {
            let Some(schema) = content.get("schema") else {
                continue;
            };
            let samples = samples(content);
            if samples.is_empty() {
                findings.add(
                    &at,
                    "samples",
                    "has no sample",
                    "add one of our own: tests and readers need it",
                );
            }
            for (name, sample) in samples {
                report(
                    document,
                    schema,
                    sample,
                    &format!("{at}, sample `{name}`"),
                    findings,
                );
            }
        }
    }
    let succeeds = |sample: &Value| {
        operation
            .success()
            .is_some_and(|schema| validate::validate(document, schema, sample).is_empty())
    };
    if let Some(reply) = operation.reply()
        && !samples(reply).iter().any(|(_, sample)| succeeds(sample))
    {
        let at = format!("{id}, reply 200");
        findings.add(
            &at,
            "samples",
            "no sample of success",
            "show what an answer looks like",
        );
    }
}

/// `example`, and the values of `examples`.
fn samples(content: &Value) -> Vec<(&str, &Value)> {
    let one = content.get("example").map(|sample| ("example", sample));
    let many = content
        .get("examples")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    one.into_iter()
        .chain(many.filter_map(|(name, sample)| Some((name.as_str(), sample.get("value")?))))
        .collect()
}

fn report(document: &Document, schema: &Value, sample: &Value, at: &str, findings: &mut Findings) {
    for problem in validate::validate(document, schema, sample) {
        findings.add(
            at,
            "valid-samples",
            problem,
            "correct the sample, or the schema if the sample is right",
        );
    }
}
