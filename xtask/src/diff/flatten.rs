//! An operation as a flat list of items, each with the facts that are compared.

use crate::spec::{Document, Envelope, Node, Operation, fields, reference_name};
use serde_json::Value;
use std::collections::BTreeMap;

/// The kind of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The call itself. It has no name.
    Call,
    Parameter,
    Request,
    Reply,
}

/// The facts of one item by their name.
pub(super) type Facts = BTreeMap<&'static str, String>;

/// The call, its parameters and its fields.
pub(super) fn operation(document: &Document, operation: &Operation<'_>) -> BTreeMap<(Way, String), Facts> {
    let mut items = BTreeMap::from([((Way::Call, String::new()), call(operation))]);
    for parameter in operation.parameters() {
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let mut facts = facts(schema, document.target(schema), Some(parameter.flag("required")));
        for (fact, key) in [
            ("place", "in"),
            ("description", "description"),
            ("grade", "x-evidence"),
        ] {
            facts.insert(fact, text(parameter, key));
        }
        items.insert((Way::Parameter, parameter.word("name").to_owned()), facts);
    }
    let request = operation.request().map(|(_, schema)| schema);
    for (way, schema) in [(Way::Request, request), (Way::Reply, operation.success())] {
        for field in fields(document, schema) {
            let facts = facts(field.node, field.target, field.required);
            items.insert((way, field.path), facts);
        }
    }
    items
}

fn call(operation: &Operation<'_>) -> Facts {
    let statuses: Vec<&str> = operation
        .node
        .fields("responses")
        .map(|(status, _)| status)
        .collect();
    let answer = match operation.envelope() {
        Envelope::Data | Envelope::List => "`data`",
        Envelope::Whole => "the whole reply",
    };
    let media = operation.request().map_or("", |(media, _)| media);
    let (summary, description) = (operation.text("summary"), operation.text("description"));
    Facts::from([
        (
            "call",
            format!("{} {}", operation.method.to_uppercase(), operation.path),
        ),
        ("tag", operation.tag().to_owned()),
        ("media type", media.to_owned()),
        ("answer", answer.to_owned()),
        ("token", operation.authenticated().to_string()),
        ("idempotency", operation.text("x-idempotency").to_owned()),
        ("statuses", statuses.join(", ")),
        ("refusals", operation.refusals().join(", ")),
        ("grade", operation.text("x-evidence").to_owned()),
        ("source", operation.text("x-source").to_owned()),
        ("description", format!("{summary}\n{description}")),
    ])
}

fn facts(node: &Value, target: &Value, required: Option<bool>) -> Facts {
    let kind = match reference_name(node).filter(|_| target.has("enum")) {
        Some(name) => format!("enum `{name}`"),
        None => kind(target),
    };
    let mut facts = Facts::from([
        ("type", kind),
        ("unit", text(target, "x-unit")),
        ("kind of id", text(target, "x-id")),
        ("sensitivity", text(target, "x-sensitive")),
        ("checks", checks(target)),
        ("grade", text(node, "x-evidence")),
        ("description", text(node, "description")),
    ]);
    if let Some(required) = required {
        let required = required && !node.flag("nullable") && !target.flag("nullable");
        let presence = if required { "required" } else { "optional" };
        facts.insert("presence", presence.to_owned());
    }
    facts
}

fn text(node: &Value, key: &str) -> String {
    node.word(key).trim().to_owned()
}

fn kind(schema: &Value) -> String {
    let kinds: Vec<&str> = schema.list("oneOf").map(|member| member.word("type")).collect();
    match schema.word("format") {
        _ if !kinds.is_empty() => kinds.join(" or "),
        "" => schema.word("type").to_owned(),
        format => format!("{} ({format})", schema.word("type")),
    }
}

fn checks(schema: &Value) -> String {
    const KEYS: [&str; 7] = [
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
    ];
    let mut found = schema.as_object().cloned().unwrap_or_default();
    found.retain(|key, _| KEYS.contains(&key.as_str()));
    match found.len() {
        0 => String::new(),
        _ => Value::Object(found).to_string(),
    }
}
