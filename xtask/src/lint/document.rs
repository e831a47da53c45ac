//! Rules on the document as a whole.

use super::findings::{Findings, Rule};
use crate::spec::{Document, Node};
use openapiv3::OpenAPI;
use serde_json::Value;

/// Schemas that the provider's pages name. Each must exist under this name.
const NAMED_BY_PROVIDER: [&str; 10] = [
    "BankAccount",
    "BankAccountTransaction",
    "BankAccountTransactionsResponse",
    "BankAccountsListResponse",
    "ErrorResponse",
    "FindUserSuccess",
    "IntegrationError",
    "Pagination",
    "ReconcilePaymentRequest",
    "ReconcilePaymentSuccessResponse",
];

const READABLE: Rule = Rule("readable", "write what OpenAPI 3.0 allows at this place");
const KNOWN_KEYS: Rule = Rule(
    "known-keys",
    "correct the key, or move it: beside `$ref` OpenAPI 3.0 ignores everything (use `allOf`)",
);
const REFERENCE: Rule = Rule("reference", "correct the name, or add the schema");
const REACHABLE: Rule = Rule("reachable", "use it in an operation, or remove it");
const PROVIDER_NAMES: Rule = Rule(
    "provider-names",
    "add it under exactly this name: the provider's pages use it",
);

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let root = document.root();
    known_keys(root, findings);
    dangling(root, document, "document", findings);
    let reached = document.reached(root.get("paths"));
    for (name, _) in document.schemas().filter(|(name, _)| !reached.contains(name)) {
        findings.add(format!("schema `{name}`"), &REACHABLE, "no operation uses it");
    }
    for name in NAMED_BY_PROVIDER {
        if document.schema(name).is_none() {
            findings.add(format!("schema `{name}`"), &PROVIDER_NAMES, "missing");
        }
    }
}

/// The typed model drops unknown keys silently; keys that do not survive a round trip are reported.
fn known_keys(root: &Value, findings: &mut Findings) {
    match serde_json::from_value::<OpenAPI>(root.clone()).map(serde_json::to_value) {
        Ok(Ok(back)) => lost(root, &back, "", findings),
        Ok(Err(error)) | Err(error) => {
            let problem = format!("not an OpenAPI document: {error}");
            findings.add("document", &READABLE, problem);
        }
    }
}

fn lost(before: &Value, after: &Value, at: &str, findings: &mut Findings) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let place = format!("{at}/{key}");
                match after.get(key) {
                    Some(kept) => lost(value, kept, &place, findings),
                    None if is_default(value) => {}
                    None => findings.add(place, &KNOWN_KEYS, "the generator's reader drops this key"),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                lost(before, after, &format!("{at}/{index}"), findings);
            }
        }
        _ => {}
    }
}

/// Values that the typed model leaves out on writing.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Bool(set) => !set,
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn dangling(node: &Value, document: &Document, at: &str, findings: &mut Findings) {
    match node {
        Value::Object(map) => {
            let reference = node.word("$ref");
            if !reference.is_empty() && document.resolve(node).is_none() {
                findings.add(at, &REFERENCE, format!("`{reference}` does not exist"));
            }
            for (key, child) in map {
                dangling(child, document, &format!("{at}/{key}"), findings);
            }
        }
        Value::Array(list) => {
            for child in list {
                dangling(child, document, at, findings);
            }
        }
        _ => {}
    }
}
