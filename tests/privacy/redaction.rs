//! The fields that the inbox blanks, compared with the specification.

use std::collections::BTreeSet;

use cryptopocket::inbox::PERSONAL_FIELDS;
use serde_json::Value;

/// Personal in requests and refusals only, which are not stored: the content of a document, and the text of a refusal.
const NOT_IN_EVENTS: [&str; 2] = ["file", "message"];

fn is_personal(schema: &Value) -> bool {
    schema["x-sensitive"] == "personal" || schema.get("items").is_some_and(is_personal)
}

/// Collects the names of personal properties at any depth.
fn collect(node: &Value, names: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                let personal = properties.iter().filter(|(_, schema)| is_personal(schema));
                names.extend(personal.map(|(name, _)| name.clone()));
            }
            fields.values().for_each(|value| collect(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

#[test]
fn personal_fields_of_the_spec_are_blanked() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/openapi.yaml");
    let text = std::fs::read_to_string(path).expect("the specification");
    let document: Value = yaml_serde::from_str(&text).expect("YAML");
    let mut names = BTreeSet::new();
    collect(&document, &mut names);
    assert!(names.contains("holder"), "{names:?}");
    let blanked = |name: &str| PERSONAL_FIELDS.contains(&name) || NOT_IN_EVENTS.contains(&name);
    let missing: Vec<_> = names.iter().filter(|name| !blanked(name)).collect();
    assert!(missing.is_empty(), "add to PERSONAL_FIELDS: {missing:?}");
}
