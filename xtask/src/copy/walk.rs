//! Visiting every schema of a document, and nothing that only looks like one.

use super::Position;
use serde_json::{Map, Value};

/// Calls `visit` on each schema object, children before parents.
pub(super) fn schemas(root: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>, Position)) {
    if let Some(map) = root
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        map.values_mut()
            .for_each(|schema| schema_tree(schema, Position::Body, visit));
    }
    for item in root
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
    {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        for (key, node) in item.iter_mut() {
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
            let replies = node.get_mut("responses").and_then(Value::as_object_mut);
            replies
                .into_iter()
                .flat_map(Map::values_mut)
                .for_each(|reply| contents(reply, visit));
        }
    }
}

fn parameters(list: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>, Position)) {
    for parameter in list.as_array_mut().into_iter().flatten() {
        let in_path = parameter.get("in").and_then(Value::as_str) == Some("path");
        let position = if in_path { Position::Path } else { Position::Query };
        if let Some(schema) = parameter.get_mut("schema") {
            schema_tree(schema, position, visit);
        }
    }
}

fn contents(node: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>, Position)) {
    let media = node.get_mut("content").and_then(Value::as_object_mut);
    for content in media.into_iter().flat_map(Map::values_mut) {
        if let Some(schema) = content.get_mut("schema") {
            schema_tree(schema, Position::Body, visit);
        }
    }
}

fn schema_tree(
    node: &mut Value,
    position: Position,
    visit: &mut dyn FnMut(&mut Map<String, Value>, Position),
) {
    let Some(schema) = node.as_object_mut() else {
        return;
    };
    for (key, child) in schema.iter_mut() {
        match (key.as_str(), child) {
            ("properties", Value::Object(map)) => {
                map.values_mut()
                    .for_each(|property| schema_tree(property, position, visit));
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
