//! Documentation of the generated items, from the document's descriptions and grades.

use super::{Context, content, replies};
use crate::spec::Operation;
use serde_json::Value;
use syn::{Attribute, Item, ItemMod, parse_quote};

/// Documents structs and their fields.
pub(super) fn types(types: &mut ItemMod, context: Context<'_>) {
    for item in content(types) {
        let Item::Struct(object) = item else { continue };
        let schema = context.document.schema(&object.ident.to_string());
        replace(&mut object.attrs, &text(schema, "description"));
        for field in &mut object.fields {
            if field.ident.as_ref().is_some_and(|ident| ident == "extra") {
                continue;
            }
            let wire = replies::wire_name(field);
            let property = schema.and_then(|s| s.get("properties")?.get(&wire));
            replace(&mut field.attrs, &graded(property));
        }
    }
}

/// The documentation of a call.
pub(super) fn call(operation: &Operation<'_>) -> String {
    format!(
        "{}.\n\n{}\n\nSends `{} {}`. Evidence: {}; source: \"{}\".",
        operation.text("summary").trim_end_matches('.'),
        operation.text("description").trim(),
        operation.method.to_uppercase(),
        operation.path,
        operation.text("x-evidence"),
        operation.text("x-source"),
    )
}

fn text(node: Option<&Value>, key: &str) -> String {
    node.and_then(|n| n.get(key))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

pub(super) fn graded(node: Option<&Value>) -> String {
    let wire = match text(node, "x-wire-name").as_str() {
        "" => String::new(),
        wire => format!(" On the wire: `{wire}`."),
    };
    format!(
        "{}\n\nEvidence: {}.{wire}",
        text(node, "description"),
        text(node, "x-evidence")
    )
}

pub(super) fn replace(attrs: &mut Vec<Attribute>, doc: &str) {
    attrs.retain(|attr| !attr.path().is_ident("doc"));
    let lines = lines(doc).into_iter().map(|line| parse_quote!(#[doc = #line]));
    attrs.splice(0..0, lines);
}

/// The lines of a text as rustdoc takes them.
pub(super) fn lines(text: &str) -> Vec<String> {
    let line = |line: &str| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    };
    text.lines().map(line).collect()
}
