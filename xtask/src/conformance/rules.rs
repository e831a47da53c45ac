//! Writes the emulator's rules for requests into a copy of the specification.

use crate::spec::{Document, Node, fields_mut};
use serde_json::{Map, Value, json};

/// `rules` is `judges/rules.yaml`.
pub(crate) fn apply(document: &Document, rules: &Value, root: &mut Value) {
    for operation in document.operations() {
        let own = rules.pointer(&format!("/operations/{}", operation.id()));
        let rule = |name: &str| {
            let own = own.and_then(|own| own.get(name));
            own.or(rules["everywhere"].get(name))
        };
        let Some(node) = operation.node_in(root) else {
            continue;
        };
        let parameters = node.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let rule = rule(parameter.word("name"));
            if let Some(schema) = parameter.get_mut("schema") {
                *schema = narrowed(document, schema, rule);
            }
        }
        let Some((media, schema)) = operation.request() else {
            continue;
        };
        // The fields are written in place, since one schema may serve two operations with different rules.
        let mut body = document.resolve(schema).cloned().unwrap_or_default();
        let required: Vec<String> = body.words("required").map(str::to_owned).collect();
        for (name, field) in fields_mut(&mut body, "properties") {
            *field = narrowed(document, field, rule(name));
            // A form has no null.
            if !operation.is_form() && !required.contains(name) {
                field["nullable"] = json!(true);
                if let Some(values) = field.get_mut("enum").and_then(Value::as_array_mut) {
                    values.push(Value::Null);
                }
            }
        }
        if let Some(branches) = own.and_then(|own| own.get("anyOf")) {
            body["anyOf"] = branches.clone();
        }
        node["requestBody"]["content"][media]["schema"] = body;
    }
}

/// A schema with the keywords of a rule.
fn narrowed(document: &Document, schema: &Value, rule: Option<&Value>) -> Value {
    let mut schema = inline(document, schema);
    for (keyword, value) in rule.and_then(Value::as_object).into_iter().flatten() {
        match keyword.as_str() {
            "x-open" => drop(schema.remove("enum")),
            "pattern" | "enum" => {
                schema.remove("format");
                schema.remove("pattern");
                schema.insert(keyword.clone(), value.clone());
            }
            _ => drop(schema.insert(keyword.clone(), value.clone())),
        }
    }
    Value::Object(schema)
}

/// Follows a reference, also the only one of an `allOf`.
fn inline(document: &Document, schema: &Value) -> Map<String, Value> {
    let target = document.resolve(schema).unwrap_or(schema);
    let mut map = target.as_object().cloned().unwrap_or_default();
    if let Some(Value::Array(members)) = map.remove("allOf") {
        for member in &members {
            for (keyword, value) in inline(document, member) {
                map.entry(keyword).or_insert(value);
            }
        }
    }
    map
}
