//! Steps on replies and schemas.

use crate::spec::{self, Document, Envelope};
use serde_json::{Value, json};

/// Leaves the success reply alone, or its `data`.
pub(super) fn unwrap_replies(document: &Document, root: &mut Value) {
    for operation in document.operations() {
        let schema = match operation.envelope() {
            Envelope::Data | Envelope::List => operation.data(),
            Envelope::Whole => operation.success(),
        };
        if let (Some(schema), Some(node)) = (schema, operation.node_in(root)) {
            let description = operation.node.pointer("/responses/200/description");
            node["responses"] = json!({"200": {
                "description": description.unwrap_or(&json!("Success")),
                "content": {"application/json": {"schema": schema}},
            }});
        }
    }
}

pub(super) fn unwrap_single_all_of(_: &Document, root: &mut Value) {
    spec::schemas(root, &mut |schema, _| {
        if let Some([Value::Object(only)]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
        {
            let mut member = only.clone();
            if schema.get("nullable") == Some(&json!(true)) {
                member.insert("nullable".to_owned(), json!(true));
            }
            *schema = member;
        }
    });
}

pub(super) fn nullable_is_optional(_: &Document, root: &mut Value) {
    spec::schemas(root, &mut |schema, _| {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        let mut optional = Vec::new();
        for (name, property) in properties.into_iter().flatten() {
            if property.as_object_mut().and_then(|p| p.remove("nullable")) == Some(json!(true)) {
                optional.push(name.clone());
            }
        }
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !optional.iter().any(|optional| name == optional));
        }
    });
}

/// The keywords that decide a type; the others check or illustrate.
const KEPT: [&str; 14] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "description",
    "enum",
    "format",
    "items",
    "not",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "type",
];

pub(super) fn drop_checks(_: &Document, root: &mut Value) {
    spec::schemas(root, &mut |schema, _| {
        let is_bool = schema.get("additionalProperties").is_some_and(Value::is_boolean);
        schema.retain(|key, _| KEPT.contains(&key.as_str()) || key == "x-rust-type");
        if is_bool {
            schema.remove("additionalProperties");
        }
    });
}
