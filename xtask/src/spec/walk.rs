//! Visits every schema of a document.

use serde_json::{Map, Value};

/// The position of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// In a path.
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
    let items = fields_mut(root, "paths").filter_map(|(_, item)| item.as_object_mut());
    for (key, node) in items.flatten() {
        if key == "parameters" {
            parameters(node, visit);
            continue;
        }
        if let Some(list) = node.get_mut("parameters") {
            parameters(list, visit);
        }
        if let Some(body) = node.get_mut("requestBody") {
            contents(body, visit);
        }
        for (_, reply) in fields_mut(node, "responses") {
            contents(reply, visit);
        }
    }
}

fn parameters(list: &mut Value, visit: Visit<'_>) {
    for parameter in list.as_array_mut().into_iter().flatten() {
        let in_path = parameter.get("in").and_then(Value::as_str) == Some("path");
        let position = if in_path { Position::Path } else { Position::Query };
        if let Some(schema) = parameter.get_mut("schema") {
            schema_tree(schema, position, visit);
        }
    }
}

fn contents(node: &mut Value, visit: Visit<'_>) {
    for (_, content) in fields_mut(node, "content") {
        if let Some(schema) = content.get_mut("schema") {
            schema_tree(schema, Position::Body, visit);
        }
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
