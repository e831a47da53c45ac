//! Rules on the document as a whole.

use super::findings::{Findings, Rule};
use crate::spec::{Document, Node};
use openapiv3::OpenAPI;
use serde_json::{Value, json};

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
    let mut nodes = Vec::new();
    add_nodes(String::new(), root, &mut nodes);
    known_keys(root, &nodes, findings);
    for (at, node) in &nodes {
        let reference = node.word("$ref");
        if !reference.is_empty() && document.resolve(node).is_none() {
            findings.add(at, &REFERENCE, format!("`{reference}` does not exist"));
        }
    }
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

/// Adds a node and those below it, each with its JSON pointer.
fn add_nodes<'a>(at: String, node: &'a Value, nodes: &mut Vec<(String, &'a Value)>) {
    match node {
        Value::Object(map) => map.iter().for_each(|(key, child)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            add_nodes(format!("{at}/{key}"), child, nodes);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, child)| {
            add_nodes(format!("{at}/{index}"), child, nodes);
        }),
        _ => {}
    }
    nodes.push((at, node));
}

/// The typed model drops unknown keys silently; keys that do not survive a round trip are reported.
fn known_keys(root: &Value, nodes: &[(String, &Value)], findings: &mut Findings) {
    let read = serde_json::from_value::<OpenAPI>(root.clone());
    let back = match read.and_then(serde_json::to_value) {
        Ok(back) => back,
        Err(error) => {
            let problem = format!("not an OpenAPI document: {error}");
            return findings.add("document", &READABLE, problem);
        }
    };
    // Values that the typed model leaves out on writing.
    let defaults = [json!(false), json!(null), json!([]), json!({})];
    for (at, value) in nodes {
        let (parent, _) = at.rsplit_once('/').unwrap_or_default();
        let is_lost = back.pointer(at).is_none() && back.pointer(parent).is_some();
        if is_lost && !defaults.contains(value) {
            findings.add(at, &KNOWN_KEYS, "the generator's reader drops this key");
        }
    }
}
