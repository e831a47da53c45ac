//! Rules on operations: what the generator can express, and what a caller must know.

use super::findings::{At, Findings};
use super::rules;
use crate::spec::{Document, ERROR_SCHEMAS, Node, Operation, Tag, is_error, reference_name};
use serde_json::Value;
use std::collections::BTreeSet;

const IDEMPOTENCY: [&str; 3] = ["safe", "keyed", "unsafe"];
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for operation in document.operations() {
        let name = name(&operation);
        let unique = seen.insert(name.clone());
        let mut at = findings.at(name);
        at.check(unique, rules::UNIQUE_ID, "used by two operations");
        identity(&operation, &mut at);
        words(&operation, &mut at);
        request(document, &operation, &mut at);
        replies(&operation, &mut at);
    }
}

/// The id, or method and path if there is none.
fn name(operation: &Operation<'_>) -> String {
    match operation.id() {
        "" => format!("{} {}", operation.method, operation.path),
        id => id.to_owned(),
    }
}

fn identity(operation: &Operation<'_>, at: &mut At<'_>) {
    let id = operation.id();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let snake = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(allowed)
        && !id.ends_with('_')
        && !id.contains("__");
    at.check(snake, rules::SNAKE_ID, format!("`operationId` is {id:?}"));
    let tags: Vec<_> = operation.node.list("tags").collect();
    let known = tags.len() == 1 && Tag::ALL.contains(&operation.tag());
    at.check(known, rules::ONE_TAG, format!("its tags are {tags:?}"));
}

fn words(operation: &Operation<'_>, at: &mut At<'_>) {
    for key in ["summary", "description", "x-source"] {
        let written = !operation.text(key).trim().is_empty();
        at.check(written, rules::OPERATION_TEXT, format!("no `{key}`"));
    }
    let class = operation.text("x-idempotency");
    let problem = format!("`x-idempotency` is {class:?}");
    at.check(IDEMPOTENCY.contains(&class), rules::IDEMPOTENCY, problem);
    let safe = class == "safe";
    let refusals = operation.refusals();
    at.check(safe || !refusals.is_empty(), rules::REFUSALS, "no `x-refusals`");
    for code in refusals {
        let fits = code.contains('_') && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        at.check(
            fits,
            rules::REFUSAL_CODE,
            format!("{code:?} in `x-refusals` is not a code"),
        );
    }
    let problem = format!("a GET that is {class:?}");
    at.check(safe || operation.method != "get", rules::SAFE_GET, problem);
}

fn request(document: &Document, operation: &Operation<'_>, at: &mut At<'_>) {
    let Some(body) = operation.node.get("requestBody") else {
        return;
    };
    let resolved = document.resolve(body).unwrap_or(&Value::Null);
    let media: Vec<&str> = resolved.fields("content").map(|(media, _)| media).collect();
    let one = media.len() == 1 && [JSON, FORM].contains(&media[0]);
    at.check(
        one,
        rules::ONE_MEDIA_TYPE,
        format!("the request body has {media:?}"),
    );
    at.check(
        body.flag("required"),
        rules::REQUIRED_BODY,
        "the request body is optional",
    );
    let Some((media, schema)) = operation.request() else {
        return;
    };
    let target = document.resolve(schema).unwrap_or(&Value::Null);
    let named = schema.has("$ref") && target.word("type") == "object";
    at.check(
        named,
        rules::NAMED_REQUEST,
        "the request body is not a named object",
    );
    for (name, property) in target.fields("properties").filter(|_| media == FORM) {
        let kind = document
            .resolve(property)
            .map_or("", |property| property.word("type"));
        let scalar = !["array", "object"].contains(&kind);
        at.check(
            scalar,
            rules::FORM_SCALARS,
            format!("`{name}` of the form is an {kind}"),
        );
    }
}

fn replies(operation: &Operation<'_>, at: &mut At<'_>) {
    for (status, reply) in operation.node.fields("responses") {
        let refusal = matches!(status.as_bytes(), [b'4' | b'5', _, _]);
        let known = status == "200" || refusal;
        at.check(known, rules::ONE_SUCCESS, format!("a reply {status}"));
        let schema = reply.pointer("/content/application~1json/schema");
        let error = schema
            .and_then(reference_name)
            .is_some_and(|name| ERROR_SCHEMAS.contains(&name));
        let problem = format!("reply {status} is not an error schema");
        at.check(error || !refusal, rules::ERROR_SCHEMA, problem);
    }
    let branches = operation.reply_branches();
    let (errors, successes): (Vec<_>, Vec<_>) = branches.iter().copied().partition(|branch| is_error(branch));
    let typed = successes.iter().all(|branch| reference_name(branch).is_some());
    let names = branches
        .iter()
        .map(|branch| reference_name(branch).unwrap_or("an inline schema"));
    let problem = format!("reply 200 is one of {:?}", names.collect::<Vec<_>>());
    let pair = errors.len() == 1 && successes.len() == 1 && typed;
    at.check(pair, rules::SUCCESS_AND_ERROR, problem);
}
