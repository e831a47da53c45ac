//! The outline of the document that `cryptopocket-probe` holds the provider's replies against.

use crate::spec::{Document, Node, Operation, reference_name};
use serde_json::{Map, Value, json};

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
        "form": operation.request().is_some_and(|(media, _)| media.contains("form")),
        "candidates": words(operation.node, "x-candidates"),
    });
    let parameters = operation.parameters().map(parameter);
    let request = operation.request().map(|(_, schema)| schema);
    let request = fields(document, request);
    let reply = fields(document, operation.success());
    let mut text = head.to_string();
    text.pop();
    let mut part = |name: &str, lines: &mut dyn Iterator<Item = Value>| {
        let lines: Vec<String> = lines.map(|line| line.to_string()).collect();
        text.extend([",\n\"", name, "\":[", &lines.join(",\n  "), "]"]);
    };
    part("parameters", &mut parameters.into_iter());
    part("request", &mut request.into_iter());
    part("reply", &mut reply.into_iter());
    part("sample", &mut sample(operation).into_iter());
    text + "}"
}

fn parameter(parameter: &Value) -> Value {
    let mut line = json!({
        "name": parameter.word("name"),
        "evidence": parameter.word("x-evidence"),
        "candidates": words(parameter, "x-candidates"),
    });
    if parameter.word("in") == "path" {
        line["in_path"] = json!(true);
    }
    if parameter.flag("required") {
        line["required"] = json!(true);
    }
    for (key, name) in [("x-wire-name", "wire"), ("x-first-page", "first_page")] {
        if let Some(value) = parameter.get(key) {
            line[name] = value.clone();
        }
    }
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
fn fields(document: &Document, schema: Option<&Value>) -> Vec<Value> {
    let mut lines = Vec::new();
    if let Some(schema) = schema {
        walk(document, schema, "", &mut lines, 0);
    }
    lines
}

fn walk(document: &Document, node: &Value, at: &str, lines: &mut Vec<Value>, depth: usize) {
    const DEEPEST: usize = 6;
    let name = reference_name(node).unwrap_or_default();
    let schema = target(document, node);
    if depth > DEEPEST {
        return;
    }
    if schema.word("type") == "array" {
        if let Some(items) = schema.get("items") {
            walk(document, items, &format!("{at}[]"), lines, depth + 1);
        }
        return;
    }
    for (property, node) in schema.fields("properties") {
        let dot = if at.is_empty() { "" } else { "." };
        let path = format!("{at}{dot}{property}");
        let required = schema.words("required").any(|required| required == property);
        lines.push(field(document, name, &path, node, required));
        walk(document, node, &path, lines, depth + 1);
    }
}

fn field(document: &Document, schema: &str, path: &str, node: &Value, required: bool) -> Value {
    let target = target(document, node);
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
    let mut line = Map::new();
    for (key, value) in [
        ("path", path),
        ("schema", schema),
        ("form", form),
        ("evidence", node.word("x-evidence")),
        ("unit", both("x-unit")),
        ("wire", node.word("x-wire-name")),
        ("wire_unit", node.word("x-wire-unit")),
    ] {
        if !value.is_empty() {
            line.insert(key.to_owned(), json!(value));
        }
    }
    let is_key = node.flag("x-key");
    let is_nullable = node.flag("nullable") || target.flag("nullable");
    for (key, flag) in [("required", required), ("key", is_key), ("nullable", is_nullable)] {
        if flag {
            line.insert(key.to_owned(), json!(true));
        }
    }
    let known = words(target, "enum");
    for (key, list) in [
        ("candidates", words(node, "x-candidates")),
        ("wire_form", words(node, "x-wire-form")),
        ("words", known),
    ] {
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            line.insert(key.to_owned(), list);
        }
    }
    Value::Object(line)
}

fn words(node: &Value, key: &str) -> Value {
    node.words(key).collect()
}

/// The schema that a node refers to, or the node.
fn target<'a>(document: &'a Document, node: &'a Value) -> &'a Value {
    reference_name(node)
        .and_then(|name| document.schema(name))
        .unwrap_or(node)
}
