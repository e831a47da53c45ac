//! Reply objects: open to fields nobody knows yet, and made by decoding only.

use super::{Context, content, type_name};
use crate::copy::Role;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use syn::{
    Attribute, Fields, Item, ItemMod, ItemStruct, Meta, Path, Token, parse_quote, punctuated::Punctuated,
};

/// Gives each reply struct its `extra` field and its decoder, and takes its builder away.
///
/// serde's own `flatten` buffers what it does not know, and numbers lose their text on the way; the decoder that
/// the macro writes hands each value from the reader straight to its type.
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
            decoders.push(Item::Macro(decoder(object)?));
            add_extra(object)?;
            opened.insert(name);
        }
    }
    let closed = |item: &Item| match item {
        Item::Impl(block) => type_name(&block.self_ty).is_some_and(|name| opened.contains(&name)),
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

/// `reply_object!(Payment { id: "id" required, holder: "holder" optional });`
fn decoder(object: &ItemStruct) -> Result<syn::ItemMacro, String> {
    let name = &object.ident;
    let mut lines = TokenStream::new();
    for field in &object.fields {
        let Some(ident) = &field.ident else {
            return Err(format!("{name}: a field without a name"));
        };
        let options = serde_options(&field.attrs);
        let wire = options.rename.unwrap_or_else(|| ident.to_string());
        let optional = options.may_be_absent || type_name(&field.ty).as_deref() == Some("Option");
        let kind = if optional {
            quote!(optional)
        } else {
            quote!(required)
        };
        lines.extend(quote!(#ident: #wire #kind,));
    }
    Ok(parse_quote!(crate::decode::reply_object! { #name { #lines } }))
}

#[derive(Default)]
struct SerdeOptions {
    rename: Option<String>,
    may_be_absent: bool,
}

fn serde_options(attrs: &[Attribute]) -> SerdeOptions {
    let mut found = SerdeOptions::default();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        let Ok(options) = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
            continue;
        };
        for option in options {
            if option.path().is_ident("default") || option.path().is_ident("skip_serializing_if") {
                found.may_be_absent = true;
            }
            if let Meta::NameValue(pair) = &option
                && pair.path.is_ident("rename")
            {
                found.rename = syn::parse2::<syn::LitStr>(pair.value.to_token_stream())
                    .ok()
                    .map(|l| l.value());
            }
        }
    }
    found
}

/// The name a field has on the wire.
pub(super) fn wire_name(field: &syn::Field) -> String {
    serde_options(&field.attrs)
        .rename
        .or_else(|| field.ident.as_ref().map(ToString::to_string))
        .unwrap_or_default()
}
