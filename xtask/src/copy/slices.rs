//! One document for each tag, so that a feature compiles the types of its tag only.

use crate::spec::{Document, Node, Tag, closure};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The direction of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Request,
    Reply,
}

/// The copy, cut by tag.
pub(crate) struct Slices {
    /// A complete document for each tag that has operations.
    pub(crate) tags: BTreeMap<&'static str, Value>,
    /// String enums: written by `generate::enums`, replaced in the clients.
    pub(crate) enums: BTreeSet<String>,
    pub(crate) roles: BTreeMap<String, Role>,
}

pub(super) fn cut(document: &Document, root: &Value) -> Slices {
    let schemas = root.pointer("/components/schemas").and_then(Value::as_object);
    let schemas = schemas.cloned().unwrap_or_default();
    let enums = schemas.iter().filter(|(_, schema)| schema.has("enum"));
    let enums: BTreeSet<String> = enums.map(|(name, _)| name.clone()).collect();

    let mut reached: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut paths: BTreeMap<&'static str, Map<String, Value>> = BTreeMap::new();
    let mut roles = BTreeMap::new();
    for operation in document.operations() {
        let tag = Tag::ALL.into_iter().find(|tag| *tag == operation.tag());
        let item = root.get("paths").and_then(|paths| paths.get(operation.path));
        let (Some(tag), Some(item)) = (tag, item) else {
            continue;
        };
        let node = &item[operation.method];
        let path = paths
            .entry(tag)
            .or_default()
            .entry(operation.path)
            .or_insert_with(|| json!({}));
        if let Some(shared) = item.get("parameters") {
            path["parameters"] = shared.clone();
        }
        path[operation.method] = node.clone();

        let sent = closure(&schemas, node.get("requestBody"));
        let received = closure(&schemas, node.get("responses"));
        let written = closure(
            &schemas,
            item.get("parameters").into_iter().chain(node.get("parameters")),
        );
        roles.extend(sent.iter().map(|name| (name.clone(), Role::Request)));
        roles.extend(received.iter().map(|name| (name.clone(), Role::Reply)));
        reached
            .entry(tag)
            .or_default()
            .extend(sent.into_iter().chain(received).chain(written));
    }

    let slice = |paths: Map<String, Value>, names: &BTreeSet<String>| {
        let named = schemas.iter().filter(|(name, _)| names.contains(*name));
        let named = named.map(|(name, schema)| (name.clone(), schema.clone()));
        let schemas: Map<_, _> = named.collect();
        let (version, info) = (root.get("openapi"), root.get("info"));
        json!({"openapi": version, "info": info, "paths": paths, "components": {"schemas": schemas}})
    };
    let tags = paths
        .into_iter()
        .map(|(tag, paths)| (tag, slice(paths, &reached[tag])));
    Slices {
        tags: tags.collect(),
        enums,
        roles,
    }
}
