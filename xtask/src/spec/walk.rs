//! Visits every schema of a document.

use super::Node;
use serde_json::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Path,
    /// In a query or a header.
    Query,
    /// In a JSON or form body.
    Body,
}

type Visit<'a> = &'a mut dyn FnMut(&mut Map<String, Value>, Position);

/// The members of an object, to change.
pub(crate) fn fields_mut<'a>(
    node: &'a mut Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    node.get_mut(key)
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
}

/// Calls `visit` on each schema object, children before parents.
pub(crate) fn schemas(root: &mut Value, visit: Visit<'_>) {
    if let Some(components) = root.get_mut("components") {
        for (_, schema) in fields_mut(components, "schemas") {
            schema_tree(schema, Position::Body, visit);
        }
    }
    let Some(paths) = root.get_mut("paths") else {
        return;
    };
    holders(paths, &mut |holder| {
        let position = match holder.word("in") {
            "" => Position::Body,
            "path" => Position::Path,
            _ => Position::Query,
        };
        if let Some(schema) = holder.get_mut("schema") {
            schema_tree(schema, position, visit);
        }
    });
}

/// Calls `visit` on each node that has a `schema`: the parameters and bodies below a node of `paths`.
pub(crate) fn holders(node: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match node {
        Value::Object(map) if map.has("schema") => visit(map),
        Value::Object(map) => map.values_mut().for_each(|child| holders(child, visit)),
        Value::Array(list) => list.iter_mut().for_each(|child| holders(child, visit)),
        _ => {}
    }
}

/// Calls `visit` on a schema and on those inside it, which come first.
pub(crate) fn schema_tree(node: &mut Value, position: Position, visit: Visit<'_>) {
    let Some(schema) = node.as_object_mut() else {
        return;
    };
    for (key, child) in schema.iter_mut() {
        match (key.as_str(), child) {
            ("properties", Value::Object(map)) => {
                for property in map.values_mut() {
                    schema_tree(property, position, visit);
                }
            }
            ("items" | "additionalProperties" | "not", child) => schema_tree(child, position, visit),
            ("allOf" | "oneOf" | "anyOf", Value::Array(list)) => {
                for member in list {
                    schema_tree(member, position, visit);
                }
            }
            _ => {}
        }
    }
    visit(schema, position);
}
