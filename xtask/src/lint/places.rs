//! Every schema of a document, with a name for findings.

use crate::spec::{Document, Node};
use serde_json::Value;

/// The position of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Component,
    Property,
    Parameter,
    Item,
    /// A member of `oneOf`, `anyOf` or `allOf`.
    Member,
    /// The values of an object used as a map.
    MapValue,
    RequestBody,
    ReplyBody,
}

/// A schema and its position.
pub(super) struct Place<'a> {
    pub(super) at: String,
    /// The last name: of the property, parameter or component.
    pub(super) name: &'a str,
    pub(super) role: Role,
    pub(super) schema: &'a Value,
}

/// All schemas, outer before inner.
pub(super) fn all(document: &Document) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for (name, schema) in document.schemas() {
        tree(
            format!("schema `{name}`"),
            name,
            Role::Component,
            schema,
            &mut places,
        );
    }
    for operation in document.operations() {
        let id = operation.id();
        for parameter in operation.parameters() {
            let name = parameter.word("name");
            if let Some(schema) = parameter.get("schema") {
                let at = format!("{id}, parameter `{name}`");
                tree(at, name, Role::Parameter, schema, &mut places);
            }
        }
        if let Some((_, schema)) = operation.request() {
            tree(
                format!("{id}, request"),
                "",
                Role::RequestBody,
                schema,
                &mut places,
            );
        }
        for (status, reply) in operation.node.fields("responses") {
            let schemas = reply
                .fields("content")
                .filter_map(|(_, content)| content.get("schema"));
            for schema in schemas {
                tree(
                    format!("{id}, reply {status}"),
                    "",
                    Role::ReplyBody,
                    schema,
                    &mut places,
                );
            }
        }
    }
    places
}

fn tree<'a>(at: String, name: &'a str, role: Role, schema: &'a Value, places: &mut Vec<Place<'a>>) {
    places.push(Place {
        at: at.clone(),
        name,
        role,
        schema,
    });
    for (property, schema) in schema.fields("properties") {
        let at = format!("{at}, property `{property}`");
        tree(at, property, Role::Property, schema, places);
    }
    if let Some(items) = schema.get("items") {
        tree(format!("{at}, items"), name, Role::Item, items, places);
    }
    if let Some(values) = schema.get("additionalProperties").filter(|node| node.is_object()) {
        tree(format!("{at}, values"), name, Role::MapValue, values, places);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for member in schema.list(key) {
            tree(format!("{at}, {key}"), name, Role::Member, member, places);
        }
    }
}
