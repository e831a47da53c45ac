//! The public surface of a generated module on one page, for reviews.

use crate::spec::{Document, Envelope, Node};
use heck::ToUpperCamelCase as _;
use quote::ToTokens;
use serde_json::Value;
use std::collections::BTreeMap;
use syn::{Attribute, Expr, ExprLit, Fields, FnArg, Item, ItemFn, ItemStruct, Lit, Meta, ReturnType, Type};

/// The calls and types of a generated module.
pub(crate) fn module(document: &Document, file: &syn::File) -> String {
    let mut lines = Vec::new();
    let operations = document.operations();
    for function in file.items.iter().filter_map(as_function) {
        let id = function.sig.ident.to_string();
        let Some(operation) = operations.iter().find(|o| o.id() == id) else {
            continue;
        };
        let answer = match operation.envelope() {
            Envelope::Data => "data",
            Envelope::List => "list",
            Envelope::Whole => "whole",
        };
        lines.push(format!(
            "{id}({}) -> {}",
            parameters(function, &file.items),
            reply(function)
        ));
        lines.push(format!(
            "    {} {} · {} · {answer} · {}",
            operation.method.to_uppercase(),
            operation.path,
            operation.text("x-idempotency"),
            operation.text("x-evidence"),
        ));
        lines.push(format!("    {}", first_line(&function.attrs)));
        lines.push(String::new());
    }
    let types = inline(&file.items, "types");
    for object in types
        .iter()
        .chain(&file.items)
        .filter_map(as_struct)
        .filter(|object| !object.ident.to_string().ends_with("Query"))
    {
        lines.extend(structure(object));
        lines.push(String::new());
    }
    lines.join("\n")
}

/// The enums, each with its values.
pub(crate) fn enums(document: &Document) -> String {
    let enums = document
        .schemas()
        .filter(|(_, schema)| schema.get("enum").is_some());
    let lines = enums.flat_map(|(name, schema)| {
        let grades = |value: &str| {
            schema
                .get("x-enum-evidence")
                .and_then(|m| m.get(value)?.as_str())
                .unwrap_or("?")
        };
        let head = format!(
            "{name} · {}",
            schema.get("x-evidence").and_then(Value::as_str).unwrap_or("?")
        );
        let values: Vec<String> = schema
            .words("enum")
            .map(|value| format!("    {value} · {}", grades(value)))
            .collect();
        std::iter::once(head)
            .chain(values)
            .chain([String::new()])
            .collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn inline<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    let found = items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content.as_ref(),
        _ => None,
    });
    found.map_or(&[], |(_, items)| items.as_slice())
}

fn as_struct(item: &Item) -> Option<&ItemStruct> {
    match item {
        Item::Struct(object) => Some(object),
        _ => None,
    }
}

fn as_function(item: &Item) -> Option<&ItemFn> {
    match item {
        Item::Fn(function) => Some(function),
        _ => None,
    }
}

/// `iban: PathText, page?: i64` from a call's arguments and the struct of its optional parameters.
fn parameters(function: &ItemFn, items: &[Item]) -> String {
    let mut shown = Vec::new();
    for argument in &function.sig.inputs {
        let FnArg::Typed(argument) = argument else {
            continue;
        };
        match argument.pat.to_token_stream().to_string().as_str() {
            "session" => {}
            "query" => {
                let name = format!("{}Query", function.sig.ident.to_string().to_upper_camel_case());
                let object = items
                    .iter()
                    .filter_map(as_struct)
                    .find(|object| object.ident == name);
                shown.extend(object.iter().flat_map(|object| &object.fields).map(|field| {
                    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                    let ty = plain(&field.ty);
                    let inner = ty.strip_prefix("Option<").and_then(|ty| ty.strip_suffix('>'));
                    format!("{name}?: {}", inner.unwrap_or(&ty))
                }));
            }
            name => shown.push(format!("{name}: {}", plain(&argument.ty))),
        }
    }
    shown.join(", ")
}

/// The type that a call returns.
fn reply(function: &ItemFn) -> String {
    let ReturnType::Type(_, ty) = &function.sig.output else {
        return "?".to_owned();
    };
    let ty = plain(ty);
    let inner = ty.strip_prefix("Result<").and_then(|ty| ty.strip_suffix('>'));
    inner.unwrap_or(&ty).to_owned()
}

/// A type without references and module.
fn plain(ty: &Type) -> String {
    text(ty)
        .replace("&'a", "")
        .replace('&', "")
        .replace("types::", "")
}

fn structure(object: &ItemStruct) -> Vec<String> {
    let open = matches!(&object.fields, Fields::Named(fields) if fields.named.iter().any(|f| f.ident.as_ref().is_some_and(|i| i == "extra")));
    let kind = if open { "reply, open" } else { "request" };
    let mut lines = vec![
        format!("{} ({kind})", object.ident),
        format!("    {}", first_line(&object.attrs)),
    ];
    for field in &object.fields {
        let name = wire_name(field);
        if name == "extra" {
            continue;
        }
        let ty = text(&field.ty);
        let line = match ty.strip_prefix("Option<").and_then(|t| t.strip_suffix('>')) {
            Some(inner) => format!("    {name}?: {inner}"),
            None => format!("    {name}: {ty}"),
        };
        lines.push(format!("{line} · {}", grade(&field.attrs)));
    }
    lines
}

fn wire_name(field: &syn::Field) -> String {
    let serde: BTreeMap<String, String> = field
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("serde"))
        .map(|attr| attr.to_token_stream().to_string())
        .filter_map(|text| {
            let after = text.split("rename = \"").nth(1)?;
            Some(("rename".to_owned(), after.split('"').next()?.to_owned()))
        })
        .collect();
    let own = || field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    serde.get("rename").cloned().unwrap_or_else(own)
}

/// The lines of a doc comment, without indentation.
fn doc_lines(attrs: &[Attribute]) -> Vec<String> {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &attr.meta
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) = &pair.value
        {
            lines.extend(text.value().split('\n').map(|line| line.trim().to_owned()));
        }
    }
    lines
}

/// The first paragraph, on one line.
fn first_line(attrs: &[Attribute]) -> String {
    let lines = doc_lines(attrs);
    lines
        .into_iter()
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn grade(attrs: &[Attribute]) -> String {
    let lines = doc_lines(attrs);
    let found = lines
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("Evidence: ")?.strip_suffix('.'));
    found.unwrap_or("?").to_owned()
}

/// A type without well-known paths.
fn text(ty: &Type) -> String {
    let squeezed: String = ty.to_token_stream().to_string().split_whitespace().collect();
    [
        "::cryptopocket_types::",
        "::std::option::",
        "::std::vec::",
        "::std::string::",
        "reading::",
        "wire::",
        "id::",
        "time::",
    ]
    .iter()
    .fold(squeezed.replace(",>", ">"), |text, path| text.replace(path, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Files;
    use crate::{generate, regen, workspace};
    use std::sync::LazyLock;

    static FILES: LazyLock<Files> = LazyLock::new(generated);

    #[allow(clippy::unwrap_used, reason = "a test cannot run without the generated files")]
    fn generated() -> Files {
        regen::generated(&workspace::root()).unwrap()
    }

    #[track_caller]
    fn assert_reviewed(name: &str, page: &str) {
        insta::with_settings!({
            snapshot_path => "../../snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, page);
        });
    }

    macro_rules! pages {
        ($($test:ident $name:literal;)*) => {$(
            #[test]
            fn $test() {
                let document = Document::read(&workspace::root().join(workspace::SPEC)).unwrap();
                let file = syn::parse_file(&FILES[&format!("{}/{}.rs", generate::API, $name)]).unwrap();
                assert_reviewed($name, &module(&document, &file));
            }
        )*};
    }

    pages! {
        common_surface_is_as_reviewed "common";
        users_surface_is_as_reviewed "users";
        onramp_surface_is_as_reviewed "onramp";
        offramp_surface_is_as_reviewed "offramp";
        banking_surface_is_as_reviewed "banking";
        webhooks_surface_is_as_reviewed "webhooks";
    }

    #[test]
    fn enums_are_as_reviewed() {
        let document = Document::read(&workspace::root().join(workspace::SPEC)).unwrap();
        assert_reviewed("enums", &enums(&document));
    }
}
