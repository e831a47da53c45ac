//! Schemas: told in the words the generator knows.

use super::walk;
use crate::spec::Document;
use serde_json::{Value, json};

pub(super) fn unwrap_single_all_of(_: &Document, root: &mut Value) {
    walk::schemas(root, &mut |schema, _| {
        let Some([Value::Object(only)]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
        else {
            return;
        };
        let mut member = only.clone();
        if schema.get("nullable") == Some(&json!(true)) {
            member.insert("nullable".to_owned(), json!(true));
        }
        *schema = member;
    });
}

pub(super) fn nullable_is_optional(_: &Document, root: &mut Value) {
    walk::schemas(root, &mut |schema, _| {
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
            return;
        };
        let mut optional = Vec::new();
        for (name, property) in properties {
            if property.as_object_mut().and_then(|p| p.remove("nullable")) == Some(json!(true)) {
                optional.push(name.clone());
            }
        }
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !optional.iter().any(|o| name == o));
        }
    });
}

/// Keywords that only check or illustrate.
const CHECKS: [&str; 19] = [
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "example",
    "default",
    "title",
    "readOnly",
    "writeOnly",
    "deprecated",
];

pub(super) fn drop_checks(_: &Document, root: &mut Value) {
    walk::schemas(root, &mut |schema, _| {
        schema.retain(|key, _| {
            !CHECKS.contains(&key.as_str()) && (!key.starts_with("x-") || key == "x-rust-type")
        });
        if schema.get("additionalProperties").is_some_and(Value::is_boolean) {
            schema.remove("additionalProperties");
        }
    });
}
