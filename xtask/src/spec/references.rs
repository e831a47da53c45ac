//! References between schemas.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

fn name(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix("#/components/schemas/")
}

/// The schema a node refers to, directly or as the one member of an `allOf`.
pub(crate) fn reference_name(node: &Value) -> Option<&str> {
    if let Some(reference) = node.get("$ref") {
        return name(reference);
    }
    match node.get("allOf")?.as_array()?.as_slice() {
        [only] => reference_name(only),
        _ => None,
    }
}

/// Names of the component schemas that the nodes mention, directly or through others.
pub(crate) fn closure<'a>(
    schemas: &Map<String, Value>,
    nodes: impl IntoIterator<Item = &'a Value>,
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for node in nodes {
        collect(schemas, node, &mut found);
    }
    found
}

fn collect(schemas: &Map<String, Value>, node: &Value, found: &mut BTreeSet<String>) {
    match node {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(name)
                && found.insert(name.to_owned())
                && let Some(schema) = schemas.get(name)
            {
                collect(schemas, schema, found);
            }
            map.values().for_each(|child| collect(schemas, child, found));
        }
        Value::Array(list) => list.iter().for_each(|child| collect(schemas, child, found)),
        _ => {}
    }
}
