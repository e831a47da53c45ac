//! One typed function an operation, in place of the generated client.
//!
//! The generator writes a client whose methods build a `reqwest::Request`, send it, and know success by its HTTP status.
//! The provider reports refusals with status 200 and logins expire, so every call has to go through the session. Each
//! function here describes its request to `cryptopocket_core::Session`, with the types of the document's copy.

use super::{call_docs, doc_lines, graded_docs, wire_names};
use crate::spec::{Document, Node, Operation, reference_name};
use heck::ToUpperCamelCase as _;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, Type, parse_quote};

/// Adds a function for each operation of a slice of the copy.
pub(super) fn add(file: &mut syn::File, document: &Document, slice: &Document) -> Result<(), String> {
    let prelude: syn::File = parse_quote! {
        use ::cryptopocket_core::{Result, Session};
        use super::operations;
    };
    file.items.splice(0..0, prelude.items);
    let mut copies = slice.operations();
    copies.sort_by_key(|copy| copy.path);
    for copy in copies {
        let call = call(document, &copy).map_err(|problem| format!("`{}`: {problem}", copy.id()))?;
        file.items.extend(call);
    }
    Ok(())
}

/// The function of a call, and before it the struct of its optional parameters, if it has some. That struct is made by
/// `default()` and setters, so that a new parameter breaks no caller.
fn call(document: &Document, copy: &Operation<'_>) -> Result<Vec<Item>, String> {
    let name = format_ident!("{}", copy.id());
    let query = format_ident!("{}Query", copy.id().to_upper_camel_case());
    let (mut arguments, mut parts, mut fields, mut setters) = (vec![], vec![], vec![], vec![]);
    let mut lifetime = None;
    // Those of the path in its order, the others by name.
    let mut parameters: Vec<&Value> = copy.parameters().collect();
    parameters.sort_by_key(|node| {
        let name = node.word("name");
        (
            node.word("in") == "query",
            copy.path.find(&format!("{{{name}}}")),
            name,
        )
    });
    for node in parameters {
        let wire = node.word("name");
        let parameter: syn::Ident = syn::parse_str(wire).map_err(|e| format!("`{wire}`: {e}"))?;
        let ty = rust_type(&node["schema"])?;
        let is_copied = ["integer", "boolean"].contains(&node["schema"].word("type"));
        let mark = (!is_copied).then(|| quote!(&));
        if node.word("in") == "path" {
            arguments.push(quote!(#parameter: #mark #ty));
            parts.push(quote!(.path(#parameter)));
        } else if node.flag("required") {
            arguments.push(quote!(#parameter: #mark #ty));
            parts.push(quote!(.query(#wire, &#parameter)));
        } else {
            let docs = doc_lines(&graded_docs(node));
            let mark = (!is_copied).then(|| quote!(&'a));
            lifetime = lifetime.or(mark.clone());
            let ty = quote!(Option<#mark #ty>);
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
        }
    }
    if let Some((_, schema)) = copy.request() {
        let ty = rust_type(schema)?;
        arguments.push(quote!(body: &#ty));
        let encoding = format_ident!("{}", if copy.is_form() { "form" } else { "json" });
        parts.push(quote!(.#encoding(body)));
    }
    let mut items = Vec::new();
    if !fields.is_empty() {
        let doc = format!(" Optional parameters of [`{name}`].");
        let declared = lifetime.as_ref().map(|_| quote!(<'a>));
        let elided = lifetime.as_ref().map(|_| quote!(<'_>));
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
    let docs = doc_lines(&call_docs(copy));
    let constant = format_ident!("{}", copy.id().to_uppercase());
    let mut operations = document.operations().into_iter();
    let operation = operations.find(|operation| operation.id() == copy.id());
    let names = wire_names::call(document, &operation.ok_or("no such operation in the document")?);
    let reply = reply(copy.success().ok_or("it has no reply")?)?;
    items.push(parse_quote! {
        #(#[doc = #docs])*
        pub async fn #name(session: &Session, #(#arguments),*) -> Result<#reply> {
            session.request(&operations::#constant) #names #(#parts)* .send().await
        }
    });
    Ok(items)
}

/// A list is read by a type of its own, which knows the shapes that it may have; so is a text, which has no room for the
/// fields beside it.
fn reply(schema: &Value) -> Result<Type, String> {
    if let Some(items) = schema.get("items") {
        let item = rust_type(items)?;
        return Ok(parse_quote!(::cryptopocket_types::reading::Page<#item>));
    }
    if schema.word("type") == "string" && !schema.has("x-rust-type") {
        return Ok(parse_quote!(::cryptopocket_types::reading::TextReply));
    }
    rust_type(schema)
}

/// The type that the copy injects, or that the generator has made.
fn rust_type(schema: &Value) -> Result<Type, String> {
    let injected = schema.pointer("/x-rust-type/path").and_then(Value::as_str);
    let path = match (injected, reference_name(schema), schema.word("type")) {
        (Some(path), ..) => format!("::{path}"),
        (_, Some(name), _) => format!("types::{name}"),
        (.., "string") => "str".to_owned(),
        (.., "integer") if ["", "int64"].contains(&schema.word("format")) => "i64".to_owned(),
        (.., "boolean") => "bool".to_owned(),
        _ => return Err(format!("no Rust type for {schema}")),
    };
    syn::parse_str(&path).map_err(|e| e.to_string())
}
