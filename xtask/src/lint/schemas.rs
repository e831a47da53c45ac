//! Rules on the structure of schemas: what becomes a good Rust type.

use super::findings::Findings;
use super::places::{self, Place, Role};
use super::validate;
use crate::generate::{values, variant};
use crate::spec::{Document, ERROR_SCHEMAS};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    for place in places::all(document) {
        keywords(&place, findings);
        typed(&place, findings);
        objects(&place, findings);
        unions(&place, findings);
        enums(&place, findings);
    }
}

fn keywords(place: &Place<'_>, findings: &mut Findings) {
    for key in place.schema.as_object().into_iter().flatten().map(|(key, _)| key) {
        let extension = key.starts_with("x-");
        if !extension && !validate::KEYWORDS.contains(&key.as_str()) {
            let cure = "say it with a keyword that the checks know, or in the description";
            findings.add(
                &place.at,
                "keywords",
                format!("`{key}` is not checked by anything"),
                cure,
            );
        }
    }
}

fn typed(place: &Place<'_>, findings: &mut Findings) {
    let schema = place.schema;
    let says_what = ["type", "$ref", "allOf", "oneOf", "anyOf"]
        .iter()
        .any(|key| schema.get(key).is_some());
    if !says_what {
        let cure = "give it a `type`: without one it becomes any JSON value, whose numbers are floats";
        findings.add(&place.at, "typed", "has no type", cure);
    }
    if schema.get("type") == Some(&json!("array")) && schema.get("items").is_none() {
        findings.add(
            &place.at,
            "typed",
            "an array of nobody knows what",
            "give it `items`",
        );
    }
}

fn objects(place: &Place<'_>, findings: &mut Findings) {
    let schema = place.schema;
    let properties = schema.get("properties").and_then(Value::as_object);
    let inline = place.role != Role::Component && (properties.is_some() || is_bare_object(schema));
    if inline {
        let cure = "make it a component schema and refer to it: its name becomes the name of a type";
        findings.add(&place.at, "named-objects", "an object without a name", cure);
    }
    for name in properties.into_iter().flatten().map(|(name, _)| name) {
        if name == "extra" {
            let cure = "none yet: unknown fields are kept under this name; teach the generator step another";
            findings.add(&place.at, "extra", "has a property `extra`", cure);
        }
    }
    for name in schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !properties.is_some_and(|map| map.contains_key(name)) {
            let cure = "describe the property, or do not require it";
            findings.add(
                &place.at,
                "required",
                format!("requires `{name}`, which it does not have"),
                cure,
            );
        }
    }
    let is_error = place.role == Role::Component && ERROR_SCHEMAS.contains(&place.name);
    if properties.is_some() && schema.get("additionalProperties").is_some_and(Value::is_object) && !is_error {
        let cure = "describe the fields: others are kept in `extra` in any case";
        findings.add(&place.at, "open-objects", "properties and a map in one", cure);
    }
    if is_object(schema) && schema.get("additionalProperties") == Some(&json!(false)) && is_reply(place.name)
    {
        findings.add(
            &place.at,
            "open-objects",
            "a closed reply",
            "leave it open: the provider may add fields",
        );
    }
}

fn is_reply(name: &str) -> bool {
    !name.ends_with("Request")
}

fn is_object(schema: &Value) -> bool {
    schema.get("type") == Some(&json!("object"))
}

/// An object that is neither described nor a map.
fn is_bare_object(schema: &Value) -> bool {
    is_object(schema) && !schema.get("additionalProperties").is_some_and(Value::is_object)
}

fn unions(place: &Place<'_>, findings: &mut Findings) {
    let schema = place.schema;
    if schema.get("anyOf").is_some() || schema.get("not").is_some() || schema.get("discriminator").is_some() {
        let cure = "describe one form: the generator makes untagged enums of these, or panics";
        findings.add(
            &place.at,
            "no-unions",
            "uses `anyOf`, `not` or `discriminator`",
            cure,
        );
    }
    let one_of = schema.get("oneOf").and_then(Value::as_array);
    if let Some(members) = one_of
        && place.role != Role::ReplyBody
    {
        let kinds: BTreeSet<&str> = members.iter().filter_map(|m| m.get("type")?.as_str()).collect();
        let id = schema.get("x-id").is_some()
            && kinds == BTreeSet::from(["integer", "string"])
            && members.len() == 2;
        if !id {
            let cure = "only an id may be one of integer and string; make other unions one object with optional fields";
            findings.add(&place.at, "no-unions", "uses `oneOf`", cure);
        }
    }
    if let Some(members) = schema.get("allOf").and_then(Value::as_array)
        && (members.len() != 1 || members.iter().any(|m| m.get("$ref").is_none()))
    {
        let cure = "let `allOf` hold one `$ref`; it is there to carry extensions beside it";
        findings.add(&place.at, "no-unions", "`allOf` is more than a reference", cure);
    }
}

fn enums(place: &Place<'_>, findings: &mut Findings) {
    let schema = place.schema;
    if schema.get("enum").is_none() {
        return;
    }
    let at = &place.at;
    if place.role != Role::Component {
        let cure = "make it a component schema: only named enums can be made open";
        findings.add(at, "named-enums", "an enum without a name", cure);
        return;
    }
    if schema.get("type") != Some(&json!("string")) || values(schema).count() == 0 {
        findings.add(
            at,
            "named-enums",
            "not an enum of texts",
            "list texts under `type: string`",
        );
    }
    if schema.get("x-open") != Some(&json!(true)) {
        let cure = "write `x-open: true`: values that nobody knows yet must survive";
        findings.add(at, "open-enums", "a closed enum", cure);
    }
    let mut names = BTreeSet::new();
    for value in values(schema) {
        let name = variant(value);
        if name.is_empty()
            || name == "Unknown"
            || name == "Self"
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            let cure = "none yet: teach `variant` a Rust name for it";
            findings.add(at, "enum-values", format!("{value:?} has no name in Rust"), cure);
        } else if !names.insert(name) {
            findings.add(
                at,
                "enum-values",
                format!("{value:?} has the Rust name of another value"),
                "remove one of them",
            );
        }
    }
    for key in ["x-enum-descriptions", "x-enum-evidence"] {
        let Some(map) = schema.get(key).and_then(Value::as_object) else {
            findings.add(
                at,
                "enum-values",
                format!("no `{key}`"),
                "say of each value what it means and how far it is known",
            );
            continue;
        };
        let said: BTreeSet<&str> = map.keys().map(String::as_str).collect();
        let listed: BTreeSet<&str> = values(schema).collect();
        for value in said.symmetric_difference(&listed) {
            let cure = "describe each value of the list and no other";
            findings.add(
                at,
                "enum-values",
                format!("{value:?} does not stand both in `enum` and in `{key}`"),
                cure,
            );
        }
    }
}
