//! The generation copy: the document in a form that the generator accepts.
//!
//! The public document stays true to the wire. What progenitor cannot express is changed in a copy, by the named steps of
//! [`STEPS`], each with its reason.

mod rust_types;

pub(crate) use rust_types::injected;

use crate::spec::{Document, Envelope, TAGS, schemas};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    apply: fn(&Document, &mut Value),
}

/// Every difference between the document and the copy, in order.
pub(crate) const STEPS: [Step; 5] = [
    Step {
        name: "unwrap-replies",
        reason: "the core classifies every reply by its body, carries refusals itself and hands `data` on as the body; \
                 the generator panics on a union in a reply and on two error schemas",
        apply: unwrap_replies,
    },
    Step {
        name: "unwrap-single-all-of",
        reason: "`allOf` with one member exists to carry extensions beside a `$ref`, which OpenAPI 3.0 ignores; \
                 the generator would make a new type of it",
        apply: unwrap_single_all_of,
    },
    Step {
        name: "nullable-is-optional",
        reason: "null and absent mean the same to a caller, and an injected Rust type loses `nullable`",
        apply: nullable_is_optional,
    },
    Step {
        name: "inject-rust-types",
        reason: "exact amounts, ids, times, secrets and personal data are types of the `cryptopocket-types` crate; \
                 `x-rust-type` does not depend on the other keywords of a schema, a conversion does",
        apply: rust_types::inject,
    },
    Step {
        name: "drop-checks",
        reason: "the generator would enforce patterns, lengths and bounds on replies too, and pull in a regular \
                 expression engine; requests are checked by the crates above",
        apply: drop_checks,
    },
];

/// The copy, cut by tag: a complete document for each that has operations, so that a feature compiles the types of its tag
/// only.
pub(crate) fn slices(document: &Document) -> BTreeMap<&'static str, Document> {
    let mut root = document.root().clone();
    for step in &STEPS {
        (step.apply)(document, &mut root);
    }
    let copy = Document::from_value(root);
    let slices = TAGS.into_iter().map(|tag| (tag, slice(&copy, tag)));
    slices
        .filter(|(_, slice)| !slice.operations().is_empty())
        .collect()
}

fn slice(copy: &Document, tag: &str) -> Document {
    let mut paths = Map::new();
    for operation in copy.operations().iter().filter(|it| it.tag() == tag) {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = operation.node.clone();
        path[operation.method]["parameters"] = operation.parameters().cloned().collect();
    }
    let reached = copy.reached(paths.values());
    let schemas = copy.schemas().filter(|(name, _)| reached.contains(name));
    let schemas: Map<_, _> = schemas
        .map(|(name, schema)| (name.to_owned(), schema.clone()))
        .collect();
    let (version, info) = (copy.root().get("openapi"), copy.root().get("info"));
    let components = json!({"schemas": schemas});
    Document::from_value(json!({"openapi": version, "info": info, "paths": paths, "components": components}))
}

/// Leaves the success reply alone, or its `data`.
fn unwrap_replies(document: &Document, root: &mut Value) {
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

fn unwrap_single_all_of(_: &Document, root: &mut Value) {
    schemas(root, &mut |schema, _| {
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

fn nullable_is_optional(_: &Document, root: &mut Value) {
    schemas(root, &mut |schema, _| {
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

fn drop_checks(_: &Document, root: &mut Value) {
    schemas(root, &mut |schema, _| {
        let is_bool = schema.get("additionalProperties").is_some_and(Value::is_boolean);
        schema.retain(|key, _| KEPT.contains(&key.as_str()) || key == "x-rust-type");
        if is_bool {
            schema.remove("additionalProperties");
        }
    });
}
