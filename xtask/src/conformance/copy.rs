//! The judges' copies of the specification.
//!
//! The public document stays true to the wire. Where it says more, or less, than a judge can take, a copy is changed by
//! the named steps of [`STEPS`], each with its reason.

use crate::spec::{Document, Operation, reference_name};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Whom a copy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judge {
    /// Generates requests, so it must know what the emulator asks of them, and judges by HTTP status.
    Schemathesis,
    /// Watches requests that the SDK makes, and their replies.
    Prism,
}

/// A difference between the document and what a judge sees.
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
        reason: "a list marked `x-open` is what is known, not all there is, and both judges read it as closed",
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

/// The words by which success and refusal are told apart stay lists, or both branches of a reply would fit everything.
const CLOSED: [&str; 2] = ["SuccessWord", "ErrorWord"];

/// Statuses that stand for refusals.
const REFUSALS: [(&str, &str); 4] = [
    ("400", "A mandatory field is missing."),
    ("401", "The token is invalid, expired or not whitelisted."),
    ("404", "No such thing."),
    ("409", "Refused."),
];

/// The copy. What was done to it, and why, stands in its description.
pub(crate) fn prepare(document: &Document, rules: &Value, judge: Judge) -> Value {
    let mut root = document.root().clone();
    let done = STEPS.iter().filter(|step| step.judges.contains(&judge));
    let steps: Vec<String> = done
        .map(|step| format!("- {}: {}.\n", step.name, step.reason))
        .collect();
    if let Some(info) = root.get_mut("info") {
        info["description"] = json!(format!(
            "A judge's copy of spec/openapi.yaml.\n\n{}",
            steps.concat()
        ));
    }
    for step in STEPS.iter().filter(|step| step.judges.contains(&judge)) {
        (step.apply)(document, rules, &mut root);
    }
    root
}

fn is_open(document: &Document, name: &str) -> bool {
    let open = document.schema(name).and_then(|schema| schema.get("x-open"));
    open == Some(&Value::Bool(true)) && !CLOSED.contains(&name)
}

/// Schemas that requests refer to, however deep. Such a schema's references keep their lists.
fn asked_for(document: &Document) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for operation in document.operations() {
        if let Some((_, schema)) = operation.request() {
            found.extend(reference_name(schema).map(str::to_owned));
        }
    }
    found
}

fn open_values(document: &Document, root: &mut Value, requests: bool) {
    let asked = asked_for(document);
    let schemas = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if requests || !asked.contains(name) {
            loosen(document, schema);
        }
    }
    if let Some(paths) = root.get_mut("paths").filter(|_| requests) {
        loosen(document, paths);
    }
}

fn loosen(document: &Document, node: &mut Value) {
    match node {
        Value::Object(map) => {
            let name = map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|text| text.rsplit('/').next());
            if name.is_some_and(|name| is_open(document, name)) {
                *map = Map::from_iter([("type".to_owned(), json!("string"))]);
                return;
            }
            map.values_mut().for_each(|child| loosen(document, child));
        }
        Value::Array(list) => list.iter_mut().for_each(|child| loosen(document, child)),
        _ => {}
    }
}

/// The operation's node in a copy.
pub(crate) fn operation_in<'a>(root: &'a mut Value, operation: &Operation<'_>) -> Option<&'a mut Value> {
    root.get_mut("paths")?
        .get_mut(operation.path)?
        .get_mut(operation.method)
}

fn split_refusals(document: &Document, root: &mut Value) {
    for operation in document.operations() {
        let Some(success) = operation.success().cloned() else {
            continue;
        };
        let Some(refusal) = operation
            .reply_branches()
            .into_iter()
            .find(|branch| **branch != success)
            .cloned()
        else {
            continue;
        };
        let Some(replies) =
            operation_in(root, &operation).and_then(|node| node.get_mut("responses")?.as_object_mut())
        else {
            continue;
        };
        if let Some(content) = replies
            .get_mut("200")
            .and_then(|reply| reply.pointer_mut("/content/application~1json"))
        {
            content["schema"] = success;
            if let Some(samples) = content.get_mut("examples").and_then(Value::as_object_mut) {
                samples.retain(|_, sample| sample.pointer("/value/status") != Some(&json!("error")));
            }
        }
        // Rules that no schema can state are answered with 422 and read as 409: see `hooks.py`.
        let either = json!({"anyOf": [refusal, {"$ref": "#/components/schemas/ValidationErrorResponse"}]});
        for (status, description) in REFUSALS {
            let schema = if status == "409" { &either } else { &refusal };
            replies.entry(status).or_insert_with(
                || json!({"description": description, "content": {"application/json": {"schema": schema}}}),
            );
        }
    }
}
