//! The judges' copies of the specification.
//!
//! The public document stays true to the wire. What a judge cannot handle is changed in a copy, by the named steps of
//! [`STEPS`], each with its reason.

use crate::spec::{Document, Node, fields_mut, reference_name};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The reader of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Judge {
    /// Generates requests, so it must know the emulator's rules for them. Judges by HTTP status.
    Schemathesis,
    /// Checks the SDK's requests and their replies.
    Prism,
}

/// A difference between the document and a copy.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    judges: &'static [Judge],
    apply: fn(&Document, &Value, &mut Value),
}

/// Every difference, in order.
pub(crate) const STEPS: [Step; 4] = [
    Step {
        name: "open-values-of-replies",
        reason: "a list marked `x-open` holds the known values only, and both judges read it as closed",
        judges: &[Judge::Schemathesis, Judge::Prism],
        apply: |document, _, root| open_values(document, root, false),
    },
    Step {
        name: "open-values-of-requests",
        reason: "the same for what the SDK sends: it takes values from lists that the provider hands out",
        judges: &[Judge::Prism],
        apply: |document, _, root| open_values(document, root, true),
    },
    Step {
        name: "refusals-have-a-status",
        reason: "the provider refuses with HTTP 200 and the body decides; schemathesis judges by statuses, and \
                 `hooks.py` reads answers to it in the same way",
        judges: &[Judge::Schemathesis],
        apply: |document, _, root| split_refusals(document, root),
    },
    Step {
        name: "what-the-emulator-asks",
        reason: "where the documentation is silent the emulator has rules of its own; told of them, schemathesis \
                 checks them in both directions. Null counts as a field that was left out",
        judges: &[Judge::Schemathesis],
        apply: super::rules::apply,
    },
];

/// The words that distinguish success from refusal stay lists, or both branches would fit every reply.
const CLOSED: [&str; 2] = ["SuccessWord", "ErrorWord"];

/// Statuses that stand for refusals.
const REFUSALS: [(&str, &str); 4] = [
    ("400", "A mandatory field is missing."),
    ("401", "The token is invalid, expired or not whitelisted."),
    ("404", "The object does not exist."),
    ("409", "Refused."),
];

/// The copy. Its description lists the steps and their reasons.
pub(crate) fn prepare(document: &Document, rules: &Value, judge: Judge) -> Value {
    let mut root = document.root().clone();
    let mut description = "A judge's copy of spec/openapi.yaml.\n\n".to_owned();
    for step in STEPS.iter().filter(|step| step.judges.contains(&judge)) {
        let _ = writeln!(description, "- {}: {}.", step.name, step.reason);
        (step.apply)(document, rules, &mut root);
    }
    root["info"]["description"] = json!(description);
    root
}

fn open_values(document: &Document, root: &mut Value, requests: bool) {
    // The schemas of request bodies; their references keep their lists.
    let operations = document.operations();
    let asked = operations.iter().filter(|_| !requests);
    let asked: Vec<_> = asked.filter_map(|o| reference_name(o.request()?.1)).collect();
    for (name, schema) in fields_mut(&mut root["components"], "schemas") {
        if !asked.contains(&name.as_str()) {
            loosen(document, schema);
        }
    }
    if requests {
        loosen(document, &mut root["paths"]);
    }
}

/// Replaces references to open lists by text.
fn loosen(document: &Document, node: &mut Value) {
    match node {
        Value::Object(map) => {
            let name = map.word("$ref").rsplit('/').next().unwrap_or_default();
            if document.schema(name).is_some_and(|schema| schema.flag("x-open")) && !CLOSED.contains(&name) {
                *node = json!({"type": "string"});
            } else {
                map.values_mut().for_each(|child| loosen(document, child));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|child| loosen(document, child)),
        _ => {}
    }
}

fn split_refusals(document: &Document, root: &mut Value) {
    for operation in document.operations() {
        let branches = operation.success().zip(operation.refusal());
        let (Some((success, refusal)), Some(node)) = (branches, operation.node_in(root)) else {
            continue;
        };
        let content = &mut node["responses"]["200"]["content"]["application/json"];
        content["schema"] = success.clone();
        if let Some(samples) = content.get_mut("examples").and_then(Value::as_object_mut) {
            samples.retain(|_, sample| sample.pointer("/value/status") != Some(&json!("error")));
        }
        // Rules that no schema can state are answered with 422 and read as 409: see `hooks.py`.
        let either = json!({"anyOf": [refusal, {"$ref": "#/components/schemas/ValidationErrorResponse"}]});
        for (status, description) in REFUSALS {
            let schema = if status == "409" { &either } else { refusal };
            let content = json!({"application/json": {"schema": schema}});
            let reply = json!({"description": description, "content": content});
            if !node["responses"].has(status) {
                node["responses"][status] = reply;
            }
        }
    }
}
