//! The names on the wire that the document states besides its own, for the calls that have some.

use crate::spec::{Document, Node, Operation, closure};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// `.names(WireNames { … })`, or nothing.
pub(super) fn call(document: &Document, operation: &Operation<'_>) -> Option<TokenStream> {
    let own = operation
        .parameters()
        .map(|parameter| (parameter.word("name"), parameter));
    let parameters = pairs(own);
    let request = below(document, operation.request().map(|(_, schema)| schema));
    let reply = below(document, operation.success());
    let page = operation
        .parameters()
        .find(|parameter| parameter.word("name") == "page");
    let first_page = page
        .and_then(|page| page.get("x-first-page")?.as_u64())
        .unwrap_or(1);
    let is_plain = parameters.is_empty() && request.is_empty() && reply.is_empty() && first_page == 1;
    let first_page = proc_macro2::Literal::u64_unsuffixed(first_page);
    (!is_plain).then(|| {
        quote! {
            .names(::cryptopocket_core::WireNames {
                parameters: &[#(#parameters),*],
                request: &[#(#request),*],
                reply: &[#(#reply),*],
                first_page: #first_page,
            })
        }
    })
}

/// The names below a schema, whichever object they stand in.
fn below(document: &Document, schema: Option<&Value>) -> Vec<TokenStream> {
    let Some(schemas) = document.schema_map() else {
        return Vec::new();
    };
    let names = closure(schemas, schema);
    let properties = names
        .iter()
        .filter_map(|name| schemas.get(name))
        .flat_map(|schema| schema.fields("properties"));
    pairs(properties)
}

fn pairs<'a>(nodes: impl Iterator<Item = (&'a str, &'a Value)>) -> Vec<TokenStream> {
    let named = nodes.filter(|(_, node)| node.has("x-wire-name"));
    let named = named.map(|(name, node)| {
        let wire = node.word("x-wire-name");
        quote!((#name, #wire))
    });
    named.collect()
}
