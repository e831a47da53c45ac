//! The outline of the document that `cryptopocket-probe` holds the provider's replies against.

use crate::spec::{Document, Field, Node, Operation, fields};
use serde_json::{Value, json};

/// The folder of the outline; it holds nothing else.
pub(crate) const FOLDER: &str = "crates/cryptopocket-probe/src/generated";

/// The file `outline.json`, one line for each parameter and field.
pub(crate) fn file(document: &Document) -> (String, String) {
    let operations = document.operations();
    let blocks: Vec<String> = operations.iter().map(|it| block(document, it)).collect();
    let text = format!("[\n{}\n]\n", blocks.join(",\n"));
    (format!("{FOLDER}/outline.json"), text)
}

fn block(document: &Document, operation: &Operation<'_>) -> String {
    let head = json!({
        "id": operation.id(),
        "tag": operation.tag(),
        "method": operation.method.to_uppercase(),
        "path": operation.path,
        "evidence": operation.text("x-evidence"),
        "reads": operation.text("x-idempotency") == "safe",
        "form": operation.is_form(),
        "candidates": words(operation.node, "x-candidates"),
    });
    let request = operation.request().map(|(_, schema)| schema);
    let parts: [(&str, Vec<Value>); 4] = [
        ("parameters", operation.parameters().map(parameter).collect()),
        ("request", lines(document, request)),
        ("reply", lines(document, operation.success())),
        ("sample", sample(operation).into_iter().collect()),
    ];
    let parts = parts.map(|(name, lines)| {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        format!(",\n\"{name}\":[{}]", lines.join(",\n  "))
    });
    let head = head.to_string();
    format!("{}{}}}", head.trim_end_matches('}'), parts.concat())
}

fn parameter(parameter: &Value) -> Value {
    let mut line = filled(json!({
        "name": parameter.word("name"),
        "evidence": parameter.word("x-evidence"),
        "in_path": parameter.word("in") == "path",
        "required": parameter.flag("required"),
        "wire": parameter.get("x-wire-name"),
        "first_page": parameter.get("x-first-page"),
    }));
    line["candidates"] = words(parameter, "x-candidates");
    line
}

/// The first sample of the request body.
fn sample(operation: &Operation<'_>) -> Option<Value> {
    let (media, _) = operation.request()?;
    let content = operation.node.get("requestBody")?.get("content")?.get(media)?;
    let (_, example) = content.fields("examples").next()?;
    example.get("value").cloned()
}

/// Every field below a schema.
fn lines(document: &Document, schema: Option<&Value>) -> Vec<Value> {
    let fields = fields(document, schema).into_iter();
    fields
        .filter_map(|field| Some(line(&field, field.required?)))
        .collect()
}

fn line(field: &Field<'_>, required: bool) -> Value {
    let (node, target) = (field.node, field.target);
    let both = |key: &str| {
        Some(node.word(key))
            .filter(|word| !word.is_empty())
            .unwrap_or_else(|| target.word(key))
    };
    let form = match (target.word("type"), target.word("format"), both("x-unit")) {
        ("string", "date-time", _) => "time",
        ("string", "date", _) => "date",
        (_, _, "decimal-string" | "base-unit") => "number-text",
        ("array", ..) => "list",
        ("", ..) if target.has("oneOf") => "id",
        (kind, ..) => kind,
    };
    filled(json!({
        "path": field.path,
        "schema": field.owner,
        "form": form,
        "evidence": node.word("x-evidence"),
        "unit": both("x-unit"),
        "wire": node.word("x-wire-name"),
        "wire_unit": node.word("x-wire-unit"),
        "required": required,
        "key": node.flag("x-key"),
        "nullable": node.flag("nullable") || target.flag("nullable"),
        "candidates": words(node, "x-candidates"),
        "wire_form": words(node, "x-wire-form"),
        "words": words(target, "enum"),
    }))
}

/// The members that are not empty; the probe reads the others as empty.
fn filled(mut line: Value) -> Value {
    let empty = [json!(null), json!(false), json!(""), json!([])];
    if let Some(members) = line.as_object_mut() {
        members.retain(|_, value| !empty.contains(value));
    }
    line
}

fn words(node: &Value, key: &str) -> Value {
    node.words(key).collect()
}
