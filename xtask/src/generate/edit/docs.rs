//! Documentation of the generated items, from the document's descriptions and grades.

use super::{Context, content, module, replies, type_name};
use crate::spec::Operation;
use serde_json::Value;
use std::collections::BTreeMap;
use syn::{Attribute, ImplItem, Item, ItemMod, parse_quote};

/// Structs, their fields, and the setters of their builders.
pub(super) fn types(types: &mut ItemMod, context: Context<'_>) {
    for item in content(types) {
        match item {
            Item::Struct(object) => {
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
            Item::Impl(block) if block.trait_.is_none() => {
                for function in functions(&mut block.items) {
                    replace(&mut function.attrs, "Starts a builder.");
                }
            }
            _ => {}
        }
    }
    let Some(builder) = module(content(types), "builder") else {
        return;
    };
    for item in content(builder) {
        match item {
            Item::Struct(object) => {
                let doc = format!("Builder for [`{0}`](super::{0}).", object.ident);
                replace(&mut object.attrs, &doc);
            }
            Item::Impl(block) if block.trait_.is_none() => {
                let owner = type_name(&block.self_ty).unwrap_or_default();
                let schema = context.document.schema(&owner);
                for function in functions(&mut block.items) {
                    let wire = function.sig.ident.to_string();
                    let property =
                        schema.and_then(|s| s.get("properties")?.get(wire.trim_start_matches("r#")));
                    let doc = format!("Sets `{wire}`. {}", text(property, "description"));
                    replace(&mut function.attrs, &doc);
                }
            }
            _ => {}
        }
    }
}

/// The methods of the client and the setters of their builders.
pub(super) fn calls(file: &mut syn::File, context: Context<'_>) -> Result<(), String> {
    let operations = context.document.operations();
    let by_id: BTreeMap<String, &Operation<'_>> = operations.iter().map(|o| (o.id().to_owned(), o)).collect();
    let by_struct: BTreeMap<String, &Operation<'_>> =
        operations.iter().map(|o| (pascal(o.id()), o)).collect();
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || type_name(&block.self_ty).as_deref() != Some("Client") {
            continue;
        }
        for function in functions(&mut block.items) {
            if function.sig.ident == "new_with_client" {
                replace(
                    &mut function.attrs,
                    "A client on a base URL, a request builder and a session.",
                );
            } else {
                let name = function.sig.ident.to_string();
                let operation = by_id
                    .get(&name)
                    .ok_or_else(|| format!("no operation `{name}` in the document"))?;
                replace(&mut function.attrs, &call(operation));
            }
        }
    }
    let Some(builder) = module(&mut file.items, "builder") else {
        return Ok(());
    };
    for item in content(builder) {
        match item {
            Item::Struct(object) => {
                let operation = by_struct.get(&object.ident.to_string());
                let id = operation.map_or("", |o| o.id());
                replace(
                    &mut object.attrs,
                    &format!("Builder for [`Client::{id}`](super::Client::{id})."),
                );
            }
            Item::Impl(block) => {
                let owner = type_name(&block.self_ty).unwrap_or_default();
                let operation = by_struct.get(&owner);
                for function in functions(&mut block.items) {
                    let name = function.sig.ident.to_string();
                    replace(&mut function.attrs, &setter(&name, operation.copied()));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn call(operation: &Operation<'_>) -> String {
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

fn setter(name: &str, operation: Option<&Operation<'_>>) -> String {
    match name {
        "new" => "Starts the call.".to_owned(),
        "send" => "Sends the request.".to_owned(),
        "body" => "Sets the whole body.".to_owned(),
        "body_map" => "Changes the body through its builder.".to_owned(),
        name => {
            let parameter = operation.and_then(|o| {
                o.parameters()
                    .find(|p| p.get("name").and_then(Value::as_str) == Some(name))
            });
            format!("Sets `{name}`. {}", graded(parameter))
        }
    }
}

fn functions(items: &mut [ImplItem]) -> impl Iterator<Item = &mut syn::ImplItemFn> {
    items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

fn text(node: Option<&Value>, key: &str) -> String {
    node.and_then(|n| n.get(key))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn graded(node: Option<&Value>) -> String {
    format!(
        "{}\n\nEvidence: {}.",
        text(node, "description"),
        text(node, "x-evidence")
    )
}

fn replace(attrs: &mut Vec<Attribute>, doc: &str) {
    attrs.retain(|attr| !attr.path().is_ident("doc"));
    let lines = doc.lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        parse_quote!(#[doc = #line])
    });
    attrs.splice(0..0, lines);
}

/// `create_payment` as `CreatePayment`.
pub(crate) fn pascal(id: &str) -> String {
    id.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}
