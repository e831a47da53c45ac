//! Every schema of a document, with a name that a person finds again.

use crate::spec::Document;
use serde_json::Value;

/// What a schema is there for.
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

/// A schema and where it stands.
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
            Place {
                at: format!("schema `{name}`"),
                name,
                role: Role::Component,
                schema,
            },
            &mut places,
        );
    }
    for operation in document.operations() {
        let id = operation.id();
        for parameter in operation.parameters() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            if let Some(schema) = parameter.get("schema") {
                tree(
                    Place {
                        at: format!("{id}, parameter `{name}`"),
                        name,
                        role: Role::Parameter,
                        schema,
                    },
                    &mut places,
                );
            }
        }
        if let Some((_, schema)) = operation.request() {
            tree(
                Place {
                    at: format!("{id}, request"),
                    name: "",
                    role: Role::RequestBody,
                    schema,
                },
                &mut places,
            );
        }
        for (status, reply) in operation
            .node
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            for content in reply
                .get("content")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|c| c.values())
            {
                if let Some(schema) = content.get("schema") {
                    let at = format!("{id}, reply {status}");
                    tree(
                        Place {
                            at,
                            name: "",
                            role: Role::ReplyBody,
                            schema,
                        },
                        &mut places,
                    );
                }
            }
        }
    }
    places
}

fn tree<'a>(place: Place<'a>, places: &mut Vec<Place<'a>>) {
    let Place { at, schema, .. } = &place;
    let mut below = Vec::new();
    for (name, property) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        below.push(Place {
            at: format!("{at}, property `{name}`"),
            name,
            role: Role::Property,
            schema: property,
        });
    }
    if let Some(items) = schema.get("items") {
        below.push(Place {
            at: format!("{at}, items"),
            name: place.name,
            role: Role::Item,
            schema: items,
        });
    }
    if let Some(values) = schema.get("additionalProperties").filter(|node| node.is_object()) {
        below.push(Place {
            at: format!("{at}, values"),
            name: place.name,
            role: Role::MapValue,
            schema: values,
        });
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for member in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            below.push(Place {
                at: format!("{at}, {key}"),
                name: place.name,
                role: Role::Member,
                schema: member,
            });
        }
    }
    places.push(place);
    for child in below {
        tree(child, places);
    }
}
