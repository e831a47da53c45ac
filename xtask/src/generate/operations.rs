//! Tables of what is generated: the operations, with what the core must know of each, and the types.

use crate::spec::{Document, Node, Operation};
use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeMap;

pub(super) fn file(document: &Document) -> Result<syn::File, String> {
    let operations = document.operations();
    let names = operations
        .iter()
        .map(|operation| format_ident!("{}", operation.id().to_uppercase()));
    let tables = operations.iter().map(table);
    let tokens = quote! {
        use ::cryptopocket_core::{Envelope, Idempotency, Operation};
        use ::cryptopocket_types::evidence::Evidence;

        /// Every operation of the document, by tag and then by id.
        pub static OPERATIONS: &[Operation] = &[#(#names),*];

        #(#tables)*
    };
    syn::parse2(tokens).map_err(|e| e.to_string())
}

fn table(operation: &Operation<'_>) -> TokenStream {
    let (id, path, tag) = (operation.id(), operation.path, operation.tag());
    let name = format_ident!("{}", id.to_uppercase());
    let method = operation.method.to_uppercase();
    let doc = format!(" `{method} {path}`: {}.", operation.text("summary"));
    let source = operation.text("x-source");
    let page = match operation.text("x-page") {
        "" => source,
        page => page,
    };
    // `unsafe` as `Unsafe`.
    let variant = |key| format_ident!("{}", operation.text(key).to_upper_camel_case());
    let (idempotency, evidence) = (variant("x-idempotency"), variant("x-evidence"));
    let envelope = format_ident!("{}", format!("{:?}", operation.envelope()));
    let auth = operation.authenticated();
    let refusals = operation.node.words("x-refusals");
    quote! {
        #[doc = #doc]
        pub const #name: Operation = Operation {
            id: #id,
            page: #page,
            method: #method,
            path: #path,
            tag: #tag,
            idempotency: Idempotency::#idempotency,
            envelope: Envelope::#envelope,
            evidence: Evidence::#evidence,
            source: #source,
            auth: #auth,
            refusals: &[#(#refusals),*],
        };
    }
}

/// The file `schemas.rs`: one function that gives the JSON Schema of each generated type.
pub(super) fn schemas(slices: &BTreeMap<&str, Document>) -> Result<syn::File, String> {
    let types = slices
        .iter()
        .flat_map(|(tag, slice)| slice.schemas().map(move |(name, _)| (tag, name)));
    let pushes = types.map(|(tag, name)| {
        let (module, ident) = (format_ident!("{tag}"), format_ident!("{name}"));
        quote! {
            #[cfg(feature = #tag)]
            schemas.push((#tag, #name, ::schemars::schema_for!(super::#module::types::#ident)));
        }
    });
    let tokens = quote! {
        /// Tag, name and JSON Schema of each type of the features that are on.
        ///
        /// The schemas are derived from the Rust types, so they lack patterns and lengths; the OpenAPI document stays
        /// the authority.
        pub fn json_schemas() -> Vec<(&'static str, &'static str, ::schemars::Schema)> {
            let mut schemas = Vec::new();
            #(#pushes)*
            schemas
        }
    };
    syn::parse2(tokens).map_err(|e| e.to_string())
}
