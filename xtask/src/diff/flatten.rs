//! An operation as a flat list of items, each with the facts that are compared.

use crate::spec::{Document, Envelope, Node, Operation, fields, reference_name};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The call itself. It has no name.
    Call,
    Parameter,
    Request,
    Reply,
    Event,
}

/// The facts of each item, which are the members of an object.
pub(super) type Items = BTreeMap<(Way, String), Value>;

/// The call, its parameters and its fields.
pub(super) fn operation(document: &Document, operation: &Operation<'_>) -> Items {
    let mut items = Items::from([((Way::Call, String::new()), call(operation))]);
    for parameter in operation.parameters() {
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let mut facts = facts(schema, document.target(schema), Some(parameter.flag("required")));
        facts["place"] = parameter["in"].clone();
        facts["description"] = parameter["description"].clone();
        facts["grade"] = parameter["x-evidence"].clone();
        items.insert((Way::Parameter, parameter.word("name").to_owned()), facts);
    }
    let request = operation.request().map(|(_, schema)| schema);
    for (way, schema) in [(Way::Request, request), (Way::Reply, operation.success())] {
        let fields = fields(document, schema).into_iter();
        items.extend(fields.map(|field| {
            let facts = facts(field.node, field.target, field.required);
            ((way, field.path), facts)
        }));
    }
    items
}

fn call(operation: &Operation<'_>) -> Value {
    let statuses = operation.node.fields("responses").map(|(status, _)| status);
    let answer = match operation.envelope() {
        Envelope::Data | Envelope::List => "`data`",
        Envelope::Whole => "the whole reply",
    };
    json!({
        "call": format!("{} {}", operation.method.to_uppercase(), operation.path),
        "tag": operation.tag(),
        "media type": operation.request().map(|(media, _)| media),
        "answer": answer,
        "token": operation.authenticated(),
        "idempotency": operation.text("x-idempotency"),
        "statuses": statuses.collect::<Vec<_>>(),
        "refusals": operation.node["x-refusals"],
        "grade": operation.text("x-evidence"),
        "source": operation.text("x-source"),
        "description": [operation.text("summary"), operation.text("description")],
    })
}

fn facts(node: &Value, target: &Value, required: Option<bool>) -> Value {
    let is_nullable = node.flag("nullable") || target.flag("nullable");
    let presence = |required| {
        if required && !is_nullable {
            "required"
        } else {
            "optional"
        }
    };
    json!({
        "type": kind(node, target),
        "unit": target["x-unit"],
        "kind of id": target["x-id"],
        "sensitivity": target["x-sensitive"],
        "checks": checks(target),
        "grade": node["x-evidence"],
        "description": node["description"],
        "presence": required.map(presence),
    })
}

fn kind(node: &Value, target: &Value) -> String {
    let kinds: Vec<&str> = target.list("oneOf").map(|member| member.word("type")).collect();
    match (reference_name(node), target.word("format")) {
        (Some(name), _) if target.has("enum") => format!("enum `{name}`"),
        _ if !kinds.is_empty() => kinds.join(" or "),
        (_, "") => target.word("type").to_owned(),
        (_, format) => format!("{} ({format})", target.word("type")),
    }
}

fn checks(schema: &Value) -> Option<String> {
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
    (!found.is_empty()).then(|| Value::Object(found).to_string())
}
