//! Rules on the document as a whole.

use super::findings::Findings;
use crate::spec::{Document, references};
use openapiv3::OpenAPI;
use serde_json::Value;
use std::collections::BTreeSet;

/// Schemas that the provider's pages name. Each must be there under this name.
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

pub(super) fn check(document: &Document, findings: &mut Findings) {
    version(document, findings);
    known_keys(document, findings);
    dangling(document.root(), document, "document", findings);
    reachable(document, findings);
    provider_names(document, findings);
}

fn version(document: &Document, findings: &mut Findings) {
    let version = document
        .root()
        .get("openapi")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !version.starts_with("3.0.") {
        findings.add(
            "document",
            "openapi-3.0",
            format!("`openapi` is {version:?}"),
            "write 3.0.3: the generator reads 3.0 only",
        );
    }
}

/// The typed model drops keys it does not know without a word; what does not come back is reported.
fn known_keys(document: &Document, findings: &mut Findings) {
    let parsed: OpenAPI = match serde_json::from_value(document.root().clone()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let cure = "write what OpenAPI 3.0 has at this place";
            findings.add(
                "document",
                "readable",
                format!("not an OpenAPI document: {error}"),
                cure,
            );
            return;
        }
    };
    let Ok(back) = serde_json::to_value(&parsed) else {
        return;
    };
    lost(document.root(), &back, "", findings);
}

fn lost(before: &Value, after: &Value, at: &str, findings: &mut Findings) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let place = format!("{at}/{key}");
                match after.get(key) {
                    Some(kept) => lost(value, kept, &place, findings),
                    None if is_default(value) => {}
                    None => findings.add(
                        &place,
                        "known-keys",
                        "the generator's reader drops this key",
                        "correct the key, or move it: beside `$ref` OpenAPI 3.0 ignores everything (use `allOf`)",
                    ),
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

/// Left out on writing because it says nothing.
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
            if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                && document.resolve(node).is_none()
            {
                let cure = "correct the name, or add the schema";
                findings.add(at, "reference", format!("`{reference}` leads nowhere"), cure);
            }
            for (key, child) in map {
                dangling(child, document, &format!("{at}/{key}"), findings);
            }
        }
        Value::Array(list) => list
            .iter()
            .for_each(|child| dangling(child, document, at, findings)),
        _ => {}
    }
}

fn reachable(document: &Document, findings: &mut Findings) {
    let mut reached: BTreeSet<String> = document.root().get("paths").map(references).unwrap_or_default();
    let mut open: Vec<String> = reached.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for next in document.schema(&name).map(references).unwrap_or_default() {
            if reached.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    for (name, _) in document.schemas().filter(|(name, _)| !reached.contains(*name)) {
        let at = format!("schema `{name}`");
        findings.add(
            &at,
            "reachable",
            "no operation leads to it",
            "use it in an operation, or remove it",
        );
    }
}

fn provider_names(document: &Document, findings: &mut Findings) {
    for name in NAMED_BY_PROVIDER
        .iter()
        .filter(|name| document.schema(name).is_none())
    {
        let at = format!("schema `{name}`");
        let cure = "add it under exactly this name: the provider's pages use it";
        findings.add(&at, "provider-names", "missing", cure);
    }
}
