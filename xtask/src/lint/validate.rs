//! A validator for the part of OpenAPI 3.0 schemas that the other rules allow.
//!
//! Stricter than the wire on purpose: a sample must use known enum values, and no field that its schema lacks.

use crate::spec::Document;
use regex::Regex;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    /// Building an expression costs more than all matches with it.
    static EXPRESSIONS: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// Whether the text matches; `None` when the pattern cannot be read.
fn matches(pattern: &str, text: &str) -> Option<bool> {
    EXPRESSIONS.with_borrow_mut(|built| {
        let expression = built
            .entry(pattern.to_owned())
            .or_insert_with(|| Regex::new(pattern).ok());
        expression.as_ref().map(|expression| expression.is_match(text))
    })
}

/// Keywords that are checked here, or that say nothing about a value.
pub(super) const KEYWORDS: [&str; 24] = [
    "$ref",
    "type",
    "format",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "discriminator",
    "nullable",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "pattern",
    "example",
    "deprecated",
];

/// What is wrong with `value`, each with its JSON path. Empty when it fits.
pub(super) fn validate(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(document, schema, value, "$", &mut wrong);
    wrong
}

fn check(document: &Document, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let Some(resolved) = document.resolve(schema) else {
        wrong.push(format!("{at}: its schema does not exist"));
        return;
    };
    let Some(schema) = resolved.as_object() else {
        return;
    };
    if value.is_null() {
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        if !nullable {
            wrong.push(format!("{at}: is null"));
        }
        return;
    }
    for member in list(schema, "allOf") {
        check(document, member, value, at, wrong);
    }
    one_of(document, schema, value, at, wrong);
    kind(schema, value, at, wrong);
    match value {
        Value::String(text) => string(schema, text, at, wrong),
        Value::Number(number) => bounds(schema, number, at, wrong),
        Value::Array(items) => array(document, schema, items, at, wrong),
        Value::Object(fields) => object(document, schema, fields, at, wrong),
        Value::Null | Value::Bool(_) => {}
    }
}

fn list<'a>(schema: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn one_of(
    document: &Document,
    schema: &Map<String, Value>,
    value: &Value,
    at: &str,
    wrong: &mut Vec<String>,
) {
    if !schema.contains_key("oneOf") {
        return;
    }
    let tried: Vec<Vec<String>> = list(schema, "oneOf")
        .map(|member| validate(document, member, value))
        .collect();
    match tried.iter().filter(|found| found.is_empty()).count() {
        1 => {}
        0 => {
            let nearest = tried.into_iter().min_by_key(Vec::len).unwrap_or_default();
            wrong.push(format!(
                "{at}: fits no branch; the nearest says {}",
                nearest.join("; ")
            ));
        }
        more => wrong.push(format!("{at}: fits {more} branches, not one")),
    }
}

fn kind(schema: &Map<String, Value>, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let fits = match schema.get("type").and_then(Value::as_str) {
        None => true,
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(_) => false,
    };
    if !fits {
        wrong.push(format!(
            "{at}: is not of type {}",
            schema.get("type").unwrap_or(&Value::Null)
        ));
    }
    if schema.contains_key("enum") && !list(schema, "enum").any(|known| known == value) {
        wrong.push(format!("{at}: {value} is not in the enum"));
    }
}

fn string(schema: &Map<String, Value>, text: &str, at: &str, wrong: &mut Vec<String>) {
    let length = text.chars().count() as u64;
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    if limit("minLength").is_some_and(|least| length < least)
        || limit("maxLength").is_some_and(|most| length > most)
    {
        wrong.push(format!("{at}: has {length} characters, which is out of bounds"));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        match matches(pattern, text) {
            Some(true) => {}
            Some(false) => wrong.push(format!("{at}: does not match `{pattern}`")),
            None => wrong.push(format!("{at}: the pattern `{pattern}` cannot be read")),
        }
    }
    let shape = match schema.get("format").and_then(Value::as_str) {
        None => return,
        Some("date") => r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        Some("date-time") => r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
        Some("uri") => r"^[a-z][a-z0-9+.-]*:.+$",
        Some("email") => r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        Some("uuid") => r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        Some(other) => {
            wrong.push(format!("{at}: nothing checks the format `{other}`"));
            return;
        }
    };
    if matches(shape, text) != Some(true) {
        wrong.push(format!(
            "{at}: is not of format {}",
            schema.get("format").unwrap_or(&Value::Null)
        ));
    }
}

fn bounds(schema: &Map<String, Value>, number: &serde_json::Number, at: &str, wrong: &mut Vec<String>) {
    let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
    let Some(value) = number.as_f64() else { return };
    if limit("minimum").is_some_and(|least| value < least)
        || limit("maximum").is_some_and(|most| value > most)
    {
        wrong.push(format!("{at}: {number} is out of bounds"));
    }
}

fn array(
    document: &Document,
    schema: &Map<String, Value>,
    items: &[Value],
    at: &str,
    wrong: &mut Vec<String>,
) {
    let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
    let length = items.len() as u64;
    if limit("minItems").is_some_and(|least| length < least)
        || limit("maxItems").is_some_and(|most| length > most)
    {
        wrong.push(format!("{at}: has {length} items, which is out of bounds"));
    }
    if let Some(schema) = schema.get("items") {
        for (index, item) in items.iter().enumerate() {
            check(document, schema, item, &format!("{at}[{index}]"), wrong);
        }
    }
}

fn object(
    document: &Document,
    schema: &Map<String, Value>,
    fields: &Map<String, Value>,
    at: &str,
    wrong: &mut Vec<String>,
) {
    for name in list(schema, "required").filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            wrong.push(format!("{at}: lacks `{name}`"));
        }
    }
    if schema.get("type") != Some(&Value::from("object")) {
        return;
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, value) in fields {
        let place = format!("{at}.{name}");
        match (
            properties.and_then(|map| map.get(name)),
            schema.get("additionalProperties"),
        ) {
            (Some(property), _) => check(document, property, value, &place, wrong),
            (None, Some(values)) if values.is_object() => check(document, values, value, &place, wrong),
            (None, _) => wrong.push(format!("{place}: is not described")),
        }
    }
}
