//! Reply objects: open to unknown fields, readable whatever form the known ones come in, and made by decoding only.

use super::{Context, content, type_name};
use crate::copy::Role;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use std::collections::BTreeSet;
use syn::{
    Attribute, Fields, Item, ItemMod, ItemStruct, Meta, Path, Token, Type, parse_quote,
    punctuated::Punctuated,
};

/// Gives each reply struct its `extra` field and its reader, and takes its builder away.
///
/// serde's own `flatten` buffers unknown fields, so that numbers lose their text; and its derive fails the whole object for
/// one odd field.
pub(super) fn open(types: &mut ItemMod, context: Context<'_>) -> Result<(), String> {
    let is_reply = |name: &str| context.roles.get(name) == Some(&Role::Reply);
    let mut opened = BTreeSet::new();
    let mut decoders = Vec::new();
    for item in content(types) {
        let Item::Struct(object) = item else { continue };
        object
            .attrs
            .push(parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
        let name = object.ident.to_string();
        if is_reply(&name) {
            let schema = context.document.schema(&name);
            decoders.push(Item::Macro(bend(object, schema)?));
            add_extra(object)?;
            opened.insert(name);
        }
    }
    let closed = |item: &Item| match item {
        Item::Impl(block) => type_name(&block.self_ty).is_some_and(|name| opened.contains(&name)),
        // Its error is that of the generator's own enums and builders, and none of those is left.
        Item::Mod(module) => module.ident == "error",
        _ => false,
    };
    content(types).retain(|item| !closed(item));
    content(types).extend(decoders);
    Ok(())
}

fn add_extra(object: &mut ItemStruct) -> Result<(), String> {
    let name = object.ident.to_string();
    let Fields::Named(fields) = &mut object.fields else {
        return Err(format!("{name}: a reply without fields"));
    };
    fields.named.push(parse_quote! {
        /// Fields that the document does not know, with their exact text.
        #[serde(flatten)]
        #[cfg_attr(feature = "schemars", schemars(skip))]
        pub extra: ::cryptopocket_types::Extra
    });
    object.attrs.push(parse_quote!(#[non_exhaustive]));
    let mut dropped = false;
    for attr in &mut object.attrs {
        if !attr.path().is_ident("derive") {
            continue;
        }
        let derives = attr
            .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .map_err(|e| format!("{name}: {e}"))?;
        let kept: Punctuated<Path, Token![,]> = derives
            .into_iter()
            .filter(|path| {
                let decode = path.segments.last().is_some_and(|s| s.ident == "Deserialize");
                dropped |= decode;
                !decode
            })
            .collect();
        let replaced: Attribute = parse_quote!(#[derive(#kept)]);
        *attr = replaced;
    }
    if dropped {
        Ok(())
    } else {
        Err(format!("{name}: no derived decoder to replace"))
    }
}

/// Makes every field but the keys a `Field`, and writes `reply_object! { Payment { id: "id" key, holder: "holder" field } }`.
fn bend(object: &mut ItemStruct, schema: Option<&Value>) -> Result<syn::ItemMacro, String> {
    let name = object.ident.clone();
    let mut lines = TokenStream::new();
    for field in &mut object.fields {
        let Some(ident) = field.ident.clone() else {
            return Err(format!("{name}: a field without a name"));
        };
        let wire = wire_name(field);
        let property = schema.and_then(|schema| schema.get("properties")?.get(&wire));
        let says = |key: &str| property.is_some_and(|property| property.get(key).is_some());
        let kind = if says("x-key") {
            quote!(key)
        } else if says("minLength") {
            quote!(filled)
        } else {
            quote!(field)
        };
        if !says("x-key") {
            as_field(field, &wire);
        }
        lines.extend(quote!(#ident: #wire #kind,));
    }
    Ok(parse_quote!(crate::decode::reply_object! { #name { #lines } }))
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

/// The `T` of `Option<T>`.
fn optional(ty: &Type) -> Option<Type> {
    if type_name(ty).as_deref() == Some("Option") {
        super::first_argument(ty)
    } else {
        None
    }
}

/// The name that serde's attributes give a field.
fn renamed(attrs: &[Attribute]) -> Option<String> {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        let Ok(options) = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
            continue;
        };
        for option in options {
            if let Meta::NameValue(pair) = &option
                && pair.path.is_ident("rename")
            {
                return syn::parse2::<syn::LitStr>(pair.value.to_token_stream())
                    .ok()
                    .map(|l| l.value());
            }
        }
    }
    None
}

/// The name a field has on the wire.
pub(super) fn wire_name(field: &syn::Field) -> String {
    renamed(&field.attrs)
        .or_else(|| field.ident.as_ref().map(ToString::to_string))
        .unwrap_or_default()
}
