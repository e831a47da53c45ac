//! Rules on operations: what the generator can express, and what a caller must know.

use super::findings::Findings;
use crate::spec::{Document, ERROR_SCHEMAS, Operation, Tag, reference_name};
use serde_json::Value;
use std::collections::BTreeMap;

const IDEMPOTENCY: [&str; 3] = ["safe", "keyed", "unsafe"];
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for operation in document.operations() {
        *seen.entry(operation.id()).or_default() += 1;
        let at = name(&operation);
        identity(&operation, &at, findings);
        words(&operation, &at, findings);
        request(document, &operation, &at, findings);
        replies(&operation, &at, findings);
    }
    for (id, _) in seen
        .into_iter()
        .filter(|(id, count)| *count > 1 && !id.is_empty())
    {
        findings.add(
            id,
            "operation-id",
            "used by two operations",
            "give each operation its own id",
        );
    }
}

/// The id, or method and path when there is none.
fn name(operation: &Operation<'_>) -> String {
    match operation.id() {
        "" => format!("{} {}", operation.method, operation.path),
        id => id.to_owned(),
    }
}

fn identity(operation: &Operation<'_>, at: &str, findings: &mut Findings) {
    let id = operation.id();
    let snake = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !id.ends_with('_')
        && !id.contains("__");
    if !snake {
        let cure = "write a snake_case `operationId`: it becomes the name of a method";
        findings.add(at, "operation-id", format!("`operationId` is {id:?}"), cure);
    }
    let tags = operation
        .node
        .get("tags")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if tags.len() != 1 || !Tag::ALL.contains(&operation.tag()) {
        let cure = "give exactly one tag of common, users, onramp, offramp, banking, webhooks: it is a module and a feature";
        findings.add(
            at,
            "one-tag",
            format!("{} tags, the first {:?}", tags.len(), operation.tag()),
            cure,
        );
    }
}

fn words(operation: &Operation<'_>, at: &str, findings: &mut Findings) {
    for key in ["summary", "description", "x-source"] {
        if operation.text(key).trim().is_empty() {
            findings.add(
                at,
                "documented",
                format!("no `{key}`"),
                "say what it does and on which page that stands",
            );
        }
    }
    let class = operation.text("x-idempotency");
    if !IDEMPOTENCY.contains(&class) {
        let cure = "write safe, keyed or unsafe: it decides what is sent twice";
        findings.add(at, "idempotency", format!("`x-idempotency` is {class:?}"), cure);
    }
    let refusals = operation.refusals();
    if class != "safe" && refusals.is_empty() {
        let cure = "list in `x-refusals` the codes that prove that nothing was done, `authorization_incorrect` among them";
        findings.add(at, "refusals", "no `x-refusals`".to_owned(), cure);
    }
    for code in refusals {
        if !code.contains('_') || !code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            let cure = "write a code as the provider does, such as `limit_exceded`";
            findings.add(
                at,
                "refusals",
                format!("{code:?} in `x-refusals` is no code"),
                cure,
            );
        }
    }
    if operation.method == "get" && class != "safe" {
        findings.add(
            at,
            "idempotency",
            format!("a GET that is {class:?}"),
            "a GET reads: write safe",
        );
    }
}

fn request(document: &Document, operation: &Operation<'_>, at: &str, findings: &mut Findings) {
    let Some(body) = operation.node.get("requestBody") else {
        return;
    };
    let content = document.resolve(body).and_then(|b| b.get("content")?.as_object());
    let media: Vec<&str> = content
        .into_iter()
        .flatten()
        .map(|(media, _)| media.as_str())
        .collect();
    if media.len() != 1 || !media.iter().all(|media| [JSON, FORM].contains(media)) {
        let cure = "give the body one media type, JSON or a form: the generator panics on others";
        findings.add(
            at,
            "one-media-type",
            format!("the request body has {media:?}"),
            cure,
        );
    }
    if body.get("required") != Some(&Value::Bool(true)) {
        let cure = "write `required: true`: the generator sends the body in any case";
        findings.add(at, "required-body", "the request body is optional", cure);
    }
    let Some((media, schema)) = operation.request() else {
        return;
    };
    let target = document.resolve(schema);
    if schema.get("$ref").is_none() || target.and_then(|t| t.get("type")) != Some(&Value::from("object")) {
        findings.add(
            at,
            "named-request",
            "the request body is not a named object",
            "refer to a component schema",
        );
    }
    if media != FORM {
        return;
    }
    let properties = target.and_then(|t| t.get("properties")?.as_object());
    for (name, property) in properties.into_iter().flatten() {
        let kind = document
            .resolve(property)
            .and_then(|p| p.get("type"))
            .and_then(Value::as_str);
        if matches!(kind, Some("array" | "object")) {
            let cure = "send it as text: a form carries scalars only";
            findings.add(
                at,
                "form-scalars",
                format!("`{name}` of the form is an {}", kind.unwrap_or_default()),
                cure,
            );
        }
    }
}

fn replies(operation: &Operation<'_>, at: &str, findings: &mut Findings) {
    let replies = operation.node.get("responses").and_then(Value::as_object);
    for (status, reply) in replies.into_iter().flatten() {
        let refusal = matches!(status.as_bytes(), [b'4' | b'5', _, _]);
        if status != "200" && !refusal {
            let cure = "describe success as 200 and refusals as 4xx: the generator takes one success type";
            findings.add(at, "one-success", format!("a reply {status}"), cure);
        }
        if refusal {
            let schema = reply
                .pointer("/content/application~1json/schema")
                .and_then(reference_name);
            if !schema.is_some_and(|name| ERROR_SCHEMAS.contains(&name)) {
                let cure = "refer to ErrorResponse, IntegrationError or ValidationErrorResponse";
                findings.add(
                    at,
                    "error-schema",
                    format!("reply {status} is not an error schema"),
                    cure,
                );
            }
        }
    }
    let branches: Vec<Option<&str>> = operation
        .reply_branches()
        .into_iter()
        .map(reference_name)
        .collect();
    let is_error = |branch: Option<&str>| branch.is_some_and(|name| ERROR_SCHEMAS.contains(&name));
    let (errors, successes): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| is_error(**branch));
    if errors.len() != 1 || successes.len() != 1 || successes.contains(&&None) {
        let found: Vec<&str> = branches
            .iter()
            .map(|branch| branch.unwrap_or("an inline schema"))
            .collect();
        findings.add(
            at,
            "success-and-error",
            format!("reply 200 is one of {found:?}"),
            "write `oneOf` with one named envelope and one error schema: refusals come with HTTP 200",
        );
    }
}
