//! The generated structs: documented by the document, and replies open to unknown fields, readable whatever form the known
//! ones come in, and made by decoding only.
//!
//! serde's own `flatten` buffers unknown fields, so that numbers lose their text; and its derive fails the whole object for
//! one odd field.

use super::{doc_lines, graded_docs};
use crate::spec::{Document, Node, Operation};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::{Attribute, Fields, Item, ItemMod, ItemStruct, Meta, parse_quote};

/// Documents each struct, gives those of replies their `extra` field and reader, and takes their builders away.
pub(super) fn rewrite(types: &mut ItemMod, document: &Document) -> Result<(), String> {
    let items = &mut types.content.get_or_insert_with(Default::default).1;
    let operations = document.operations();
    let replies = document.reached(operations.iter().filter_map(Operation::success));
    let mut opened = BTreeSet::new();
    let mut decoders = Vec::new();
    for item in items.iter_mut() {
        let Item::Struct(object) = item else { continue };
        let name = object.ident.to_string();
        let schema = document.schema(&name).unwrap_or(&Value::Null);
        let is_reply = replies.contains(name.as_str());
        let lines = fields(object, schema, is_reply).map_err(|problem| format!("{name}: {problem}"))?;
        if is_reply {
            decoders
                .push(open(object, &lines).ok_or_else(|| format!("{name}: no derived decoder to replace"))?);
            opened.insert(name);
        }
    }
    items.retain(|item| match item {
        Item::Impl(block) => {
            !last_segment(&block.self_ty).is_some_and(|name| opened.contains(&name.ident.to_string()))
        }
        // Its error is that of the generator's own enums and builders, and none of those is left.
        Item::Mod(module) => module.ident != "error",
        _ => true,
    });
    items.extend(decoders);
    Ok(())
}

/// Documents a struct and its fields. Makes every field of a reply but the keys a `Field`, and returns a line for each:
/// `id: "id" key, holder: "holder" field`.
fn fields(object: &mut ItemStruct, schema: &Value, is_reply: bool) -> Result<TokenStream, String> {
    replace_docs(&mut object.attrs, schema.word("description").trim());
    let derived = parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]);
    object.attrs.push(derived);
    let mut lines = TokenStream::new();
    for field in &mut object.fields {
        let ident = field.ident.clone().ok_or("a field without a name")?;
        // The generator appends `_` to a keyword. A property that it spells in another way has no documentation.
        let wire = ident.to_string().trim_end_matches('_').to_owned();
        let property = schema.get("properties").and_then(|map| map.get(&wire));
        let property = property.ok_or_else(|| format!("no property for the field `{ident}`"))?;
        replace_docs(&mut field.attrs, &graded_docs(property));
        let kind = if property.has("x-key") {
            quote!(key)
        } else if property.has("minLength") {
            quote!(filled)
        } else {
            quote!(field)
        };
        if is_reply && !property.has("x-key") {
            as_field(field, &wire);
        }
        lines.extend(quote!(#ident: #wire #kind,));
    }
    Ok(lines)
}

fn replace_docs(attrs: &mut Vec<Attribute>, doc: &str) {
    attrs.retain(|attr| !attr.path().is_ident("doc"));
    let lines = doc_lines(doc).into_iter();
    attrs.splice(0..0, lines.map(|line| parse_quote!(#[doc = #line])));
}

/// Adds `extra`, and writes `reply_object! { Payment { id: "id" key, holder: "holder" field } }` in place of the derived
/// decoder.
fn open(object: &mut ItemStruct, lines: &TokenStream) -> Option<Item> {
    let Fields::Named(fields) = &mut object.fields else {
        return None;
    };
    fields.named.push(parse_quote! {
        /// Fields that the document does not know, with their exact text.
        #[serde(flatten)]
        #[cfg_attr(feature = "schemars", schemars(skip))]
        pub extra: ::cryptopocket_types::Extra
    });
    let decoder = quote!(::serde::Deserialize,).to_string();
    let derive = object.attrs.iter_mut().find_map(|attr| match &mut attr.meta {
        Meta::List(list) if list.path.is_ident("derive") => Some(&mut list.tokens),
        _ => None,
    })?;
    *derive = derive.to_string().strip_prefix(&decoder)?.parse().ok()?;
    object.attrs.push(parse_quote!(#[non_exhaustive]));
    let name = &object.ident;
    Some(parse_quote!(crate::decode::reply_object! { #name { #lines } }))
}

/// The schema stays that of the document: it says what is expected, not what is survived.
fn as_field(field: &mut syn::Field, wire: &str) {
    let ty = field.ty.clone();
    let schema = ty.to_token_stream().to_string();
    let value = optional(&ty).unwrap_or(ty);
    field.ty = parse_quote!(::cryptopocket_types::Field<#value>);
    let renamed = field.ident.as_ref().is_some_and(|ident| ident != wire);
    let rename = renamed.then(|| quote!(rename = #wire,));
    field.attrs.retain(|attr| !attr.path().is_ident("serde"));
    field.attrs.push(parse_quote! {
        #[serde(#rename skip_serializing_if = "::cryptopocket_types::Field::is_no_value")]
    });
    field.attrs.push(parse_quote! {
        #[cfg_attr(feature = "schemars", schemars(with = #schema))]
    });
}

/// The last segment of a type path: `Payment` of `super::Payment`.
fn last_segment(ty: &syn::Type) -> Option<&syn::PathSegment> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The `T` of `Option<T>`.
fn optional(ty: &syn::Type) -> Option<syn::Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == "Option")?;
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        },
        _ => None,
    }
}
