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
    let mut add = |at: String, name, role, schema| {
        let place = Place {
            at,
            name,
            role,
            schema,
        };
        tree(place, &mut places);
    };
    for (name, schema) in document.schemas() {
        add(format!("schema `{name}`"), name, Role::Component, schema);
    }
    for operation in document.operations() {
        let id = operation.id();
        for parameter in operation.parameters() {
            let name = parameter.word("name");
            if let Some(schema) = parameter.get("schema") {
                add(format!("{id}, parameter `{name}`"), name, Role::Parameter, schema);
            }
        }
        if let Some((_, schema)) = operation.request() {
            add(format!("{id}, request"), "", Role::RequestBody, schema);
        }
        for (status, reply) in operation.node.fields("responses") {
            for schema in reply
                .fields("content")
                .filter_map(|(_, content)| content.get("schema"))
            {
                add(format!("{id}, reply {status}"), "", Role::ReplyBody, schema);
            }
        }
    }
    places
}

fn tree<'a>(place: Place<'a>, places: &mut Vec<Place<'a>>) {
    let Place { name, schema, .. } = place;
    let mut below = Vec::new();
    for (property, schema) in schema.fields("properties") {
        below.push((format!("property `{property}`"), property, Role::Property, schema));
    }
    if let Some(items) = schema.get("items") {
        below.push(("items".to_owned(), name, Role::Item, items));
    }
    if let Some(values) = schema.get("additionalProperties").filter(|node| node.is_object()) {
        below.push(("values".to_owned(), name, Role::MapValue, values));
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        below.extend(
            schema
                .list(key)
                .map(|member| (key.to_owned(), name, Role::Member, member)),
        );
    }
    let below = below.into_iter().map(|(step, name, role, schema)| Place {
        at: format!("{}, {step}", place.at),
        name,
        role,
        schema,
    });
    let below: Vec<_> = below.collect();
    places.push(place);
    for place in below {
        tree(place, places);
    }
}
