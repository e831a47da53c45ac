//! One typed function an operation, in place of the generated client.
//!
//! The generator writes a client whose methods build a `reqwest::Request`, send it, and know success by its HTTP status.
//! The provider reports refusals with status 200 and logins expire, so every call has to go through the session. Each
//! method becomes a function of the same parameters and reply type that describes the request to
//! `cryptopocket_core::Session`; the client, its hooks and its response type go.

use super::{docs, first_argument, optional, type_name, wire_names};
use crate::spec::{Document, Node, Operation};
use heck::ToUpperCamelCase as _;
use quote::{format_ident, quote};
use syn::{FnArg, ImplItem, ImplItemFn, Item, Pat, ReturnType, Type, parse_quote};

/// Replaces the client of a module by functions.
pub(super) fn rewrite(file: &mut syn::File, document: &Document) -> Result<(), String> {
    let operations = document.operations();
    let mut functions = Vec::new();
    let mut has_client = false;
    for item in &file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || type_name(&block.self_ty).as_deref() != Some("Client") {
            continue;
        }
        has_client = true;
        for method in &block.items {
            let ImplItem::Fn(method) = method else { continue };
            // The constructors are the only methods that do not call.
            if method.sig.asyncness.is_some() {
                let name = &method.sig.ident;
                let operation = operations.iter().find(|operation| name == operation.id());
                let operation = operation.ok_or_else(|| format!("no operation `{name}` in the document"))?;
                functions.extend(call(document, operation, method)?);
            }
        }
    }
    if !has_client {
        return Err("the generator wrote no client".to_owned());
    }
    file.items
        .retain(|item| matches!(item, Item::Mod(module) if module.ident == "types"));
    let prelude: syn::File = parse_quote! {
        use ::cryptopocket_core::{Result, Session};
        use super::operations;
    };
    file.items.splice(0..0, prelude.items);
    file.items.extend(functions);
    Ok(())
}

/// The function of a call, and before it the struct of its optional parameters, if it has some. That struct is made by
/// `default()` and setters, so that a new parameter breaks no caller.
fn call(document: &Document, operation: &Operation<'_>, method: &ImplItemFn) -> Result<Vec<Item>, String> {
    let name = &method.sig.ident;
    let query = format_ident!("{}Query", operation.id().to_upper_camel_case());
    let (mut arguments, mut parts, mut fields, mut setters) = (vec![], vec![], vec![], vec![]);
    let mut is_borrowed = false;
    for input in &method.sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let Pat::Ident(pattern) = &*typed.pat else {
            continue;
        };
        // Also its name on the wire: one that Rust spells differently is in no document, and stops `regen`.
        let (parameter, ty) = (&pattern.ident, &typed.ty);
        let wire = parameter.to_string();
        let place = match operation.parameters().find(|node| parameter == node.word("name")) {
            Some(node) if node.word("in") == "query" && optional(ty).is_some() => {
                let docs = docs::lines(&docs::graded(node));
                is_borrowed |= optional(ty).is_some_and(|value| matches!(value, Type::Reference(_)));
                fields.push(quote!(#(#[doc = #docs])* pub #parameter: #ty));
                setters.push(quote! {
                    #(#[doc = #docs])*
                    #[must_use]
                    pub fn #parameter(mut self, #parameter: impl Into<#ty>) -> Self {
                        self.#parameter = #parameter.into();
                        self
                    }
                });
                parts.push(quote!(.query(#wire, &query.#parameter)));
                continue;
            }
            Some(node) if node.word("in") == "query" => quote!(.query(#wire, &#parameter)),
            Some(_) => quote!(.path(#parameter)),
            None if parameter == "body" && operation.is_form() => quote!(.form(#parameter)),
            None if parameter == "body" => quote!(.json(#parameter)),
            None => return Err(format!("`{name}`: no parameter `{parameter}` in the document")),
        };
        let ty = without_lifetime(ty);
        arguments.push(quote!(#parameter: #ty));
        parts.push(place);
    }
    let mut items = Vec::new();
    if !fields.is_empty() {
        let doc = format!(" Optional parameters of [`{name}`].");
        let (declared, elided) = (
            is_borrowed.then(|| quote!(<'a>)),
            is_borrowed.then(|| quote!(<'_>)),
        );
        items.push(parse_quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, Default)]
            #[non_exhaustive]
            pub struct #query #declared { #(#fields),* }
        });
        items.push(parse_quote! {
            impl #declared #query #declared { #(#setters)* }
        });
        arguments.push(quote!(query: &#query #elided));
    }
    let docs = docs::lines(&docs::call(operation));
    let constant = format_ident!("{}", operation.id().to_uppercase());
    let names = wire_names::call(document, operation);
    let reply = reply(&method.sig.output).ok_or_else(|| format!("`{name}` has no reply type"))?;
    items.push(parse_quote! {
        #(#[doc = #docs])*
        pub async fn #name(session: &Session, #(#arguments),*) -> Result<#reply> {
            session.request(&operations::#constant) #names #(#parts)* .send().await
        }
    });
    Ok(items)
}

/// The `T` of `Result<ResponseValue<T>, Error<()>>`. A list is read by a type of its own, which knows the shapes that it may
/// have; so is a text, which has no room for the fields beside it.
fn reply(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, ty) = output else {
        return None;
    };
    let reply = first_argument(&first_argument(ty)?)?;
    Some(match (type_name(&reply).as_deref(), first_argument(&reply)) {
        (Some("Vec"), Some(item)) => parse_quote!(::cryptopocket_types::reading::Page<#item>),
        (Some("String"), _) => parse_quote!(::cryptopocket_types::reading::TextReply),
        _ => reply,
    })
}

fn without_lifetime(ty: &Type) -> Type {
    let mut ty = ty.clone();
    if let Type::Reference(reference) = &mut ty {
        reference.lifetime = None;
    }
    ty
}
