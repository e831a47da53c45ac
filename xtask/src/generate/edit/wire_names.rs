//! The names on the wire that the document states besides its own, for the calls that have some.

use crate::spec::{Document, Node, Operation, closure};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

const NAME: &str = "x-wire-name";

/// `.names(WireNames { … })`, or nothing.
pub(super) fn call(document: &Document, operation: &Operation<'_>) -> Option<TokenStream> {
    let own = operation
        .parameters()
        .map(|parameter| (parameter.word("name"), parameter));
    let parameters = pairs(own, NAME);
    let request = below(document, operation.request().map(|(_, schema)| schema), NAME);
    let reply = below(document, operation.success(), NAME);
    let units = below(document, operation.success(), "x-wire-unit");
    let page = operation
        .parameters()
        .find(|parameter| parameter.word("name") == "page");
    let first_page = page
        .and_then(|page| page.get("x-first-page")?.as_u64())
        .unwrap_or(1);
    let is_plain = parameters.is_empty()
        && request.is_empty()
        && reply.is_empty()
        && units.is_empty()
        && first_page == 1;
    let first_page = proc_macro2::Literal::u64_unsuffixed(first_page);
    (!is_plain).then(|| {
        quote! {
            .names(::cryptopocket_core::WireNames {
                parameters: &[#(#parameters),*],
                request: &[#(#request),*],
                reply: &[#(#reply),*],
                units: &[#(#units),*],
                first_page: #first_page,
            })
        }
    })
}

/// The properties below a schema that have the key, whichever object they stand in.
fn below(document: &Document, schema: Option<&Value>, key: &str) -> Vec<TokenStream> {
    let Some(schemas) = document.schema_map() else {
        return Vec::new();
    };
    let names = closure(schemas, schema);
    let properties = names
        .iter()
        .filter_map(|name| schemas.get(name))
        .flat_map(|schema| schema.fields("properties"));
    pairs(properties, key)
}

fn pairs<'a>(nodes: impl Iterator<Item = (&'a str, &'a Value)>, key: &str) -> Vec<TokenStream> {
    let stated = nodes.filter(|(_, node)| node.has(key));
    let stated = stated.map(|(name, node)| {
        let wire = node.word(key);
        quote!((#name, #wire))
    });
    stated.collect()
}
