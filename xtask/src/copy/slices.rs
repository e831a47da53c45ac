//! One document a tag, so that a feature brings in the types of its tag and no others.

use crate::spec::{Document, Tag, references};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Which way a schema travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Request,
    Reply,
}

/// The copy, cut by tag.
pub(crate) struct Slices {
    /// A complete document for each tag that has operations.
    pub(crate) tags: BTreeMap<&'static str, Value>,
    /// Schemas that more than one tag uses: generated once.
    pub(crate) shared: Value,
    pub(crate) shared_names: BTreeSet<String>,
    /// String enums: written by `generate::enums`, replaced in the clients.
    pub(crate) enums: BTreeSet<String>,
    pub(crate) roles: BTreeMap<String, Role>,
}

pub(super) fn cut(document: &Document, root: &Value) -> Slices {
    let schemas = root
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let enums: BTreeSet<String> = document
        .schemas()
        .filter(|(_, s)| s.get("enum").is_some())
        .map(|(name, _)| name.to_owned())
        .collect();

    let mut reached: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    let mut paths: BTreeMap<&'static str, Map<String, Value>> = BTreeMap::new();
    let mut roles = BTreeMap::new();
    for operation in document.operations() {
        let Some(tag) = Tag::ALL.into_iter().find(|tag| *tag == operation.tag()) else {
            continue;
        };
        let Some(node) = root
            .get("paths")
            .and_then(|p| p.get(operation.path)?.get(operation.method))
        else {
            continue;
        };
        let path = paths
            .entry(tag)
            .or_default()
            .entry(operation.path)
            .or_insert_with(|| json!({}));
        if let Some(shared) = root
            .get("paths")
            .and_then(|p| p.get(operation.path)?.get("parameters"))
        {
            path["parameters"] = shared.clone();
        }
        path[operation.method] = node.clone();

        let sent = closure(&schemas, node.get("requestBody").into_iter());
        let received = closure(&schemas, node.get("responses").into_iter());
        let written = closure(
            &schemas,
            path.get("parameters").into_iter().chain(node.get("parameters")),
        );
        roles.extend(sent.iter().map(|name| (name.clone(), Role::Request)));
        roles.extend(received.iter().map(|name| (name.clone(), Role::Reply)));
        reached
            .entry(tag)
            .or_default()
            .extend(sent.into_iter().chain(received).chain(written));
    }

    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    reached
        .values()
        .flatten()
        .for_each(|name| *uses.entry(name).or_default() += 1);
    let mut shared_names: BTreeSet<String> = uses
        .iter()
        .filter(|(name, n)| **n > 1 && !enums.contains(**name))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let below = shared_names
        .iter()
        .filter_map(|name| schemas.get(name))
        .collect::<Vec<_>>();
    let below = closure(&schemas, below.into_iter());
    shared_names.extend(below.iter().filter(|name| !enums.contains(*name)).cloned());

    let pick = |names: &BTreeSet<String>| -> Map<String, Value> {
        names
            .iter()
            .filter_map(|name| Some((name.clone(), schemas.get(name)?.clone())))
            .collect()
    };
    let wrap = |paths: Map<String, Value>, schemas: Map<String, Value>| {
        json!({
            "openapi": root.get("openapi"),
            "info": root.get("info"),
            "paths": paths,
            "components": { "schemas": schemas },
        })
    };
    let mut shared_reach = shared_names.clone();
    shared_reach.extend(below);
    let shared = wrap(Map::new(), pick(&shared_reach));
    let tags = paths
        .into_iter()
        .map(|(tag, paths)| (tag, wrap(paths, pick(&reached[tag]))))
        .collect();
    Slices {
        tags,
        shared,
        shared_names,
        enums,
        roles,
    }
}

/// Names of the schemas that the nodes mention, directly or through others.
fn closure<'a>(schemas: &Map<String, Value>, nodes: impl Iterator<Item = &'a Value>) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = nodes.flat_map(references).collect();
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for next in schemas.get(&name).map(references).unwrap_or_default() {
            if found.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    found
}
