//! The specification's fields against those of the emulator's answers.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

static SPECIFICATION: LazyLock<Value> =
    LazyLock::new(|| yaml_serde::from_str(include_str!("../../src/docs/openapi.yaml")).unwrap());

/// A call in the journal.
#[derive(Deserialize)]
struct Call {
    operation: String,
    status: Option<u16>,
    reply: Value,
    fault: Option<String>,
}

/// The fields of the answers in a journal that the specification does not list for their operations.
pub(crate) fn unlisted_fields(journal: &str) -> Vec<String> {
    let calls: Vec<Call> = serde_json::from_str(journal).unwrap();
    let mut unlisted = Vec::new();
    for call in calls.iter().filter(|call| call.fault.is_none()) {
        let Some(status) = call.status else { continue };
        let place = format!("{} {status}", call.operation);
        let schema = schema_of(&call.operation, status);
        let schema = schema.unwrap_or_else(|| panic!("{place} is not in the specification"));
        collect(&call.reply, &alternatives(schema), &place, &mut unlisted);
    }
    unlisted
}

fn schema_of(operation: &str, status: u16) -> Option<&'static Value> {
    let paths = SPECIFICATION["paths"].as_object()?.values();
    let mut operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let found = operations.find(|one| one["operationId"] == operation)?;
    let content = found["responses"][status.to_string()]["content"].as_object()?;
    Some(&content.values().next()?["schema"])
}

/// The schemas that together list the fields of a value.
fn alternatives(schema: &'static Value) -> Vec<&'static Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return alternatives(&SPECIFICATION["components"]["schemas"][name]);
    }
    let parts = ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .filter_map(|key| schema[key].as_array());
    let parts = parts.flatten().flat_map(alternatives);
    parts.chain([schema]).collect()
}

fn collect(value: &Value, schemas: &[&'static Value], place: &str, unlisted: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            let of_items: Vec<_> = schemas
                .iter()
                .flat_map(|one| alternatives(&one["items"]))
                .collect();
            for item in items {
                collect(item, &of_items, place, unlisted);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let stated = schemas
                    .iter()
                    .flat_map(|one| [&one["properties"][name], &one["additionalProperties"]]);
                let stated: Vec<_> = stated
                    .filter(|one| one.is_object())
                    .flat_map(alternatives)
                    .collect();
                let place = format!("{place} {name}");
                if stated.is_empty() {
                    unlisted.push(place);
                } else {
                    collect(value, &stated, &place, unlisted);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn unlisted_field_is_found_at_any_depth() {
    let journal = |reply: &str| {
        format!(r#"[{{"operation":"check_kyc","status":200,"fault":null,"body":1e999,"reply":{reply}}}]"#)
    };
    let told = |reply| unlisted_fields(&journal(reply));
    assert!(told(r#"{"status":"ok","data":{"kyc_status":"valid"}}"#).is_empty());
    assert_eq!(
        told(r#"{"status":"ok","data":{"user_id":"1","kyc_status":"valid"},"took":1}"#),
        ["check_kyc 200 data user_id", "check_kyc 200 took"]
    );
}
