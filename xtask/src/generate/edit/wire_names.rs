//! The names on the wire that the document states besides its own, for the calls that have some.

use crate::spec::{Document, Node, Operation, fields};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;
use std::collections::BTreeSet;

const NAME: &str = "x-wire-name";

/// `.names(WireNames { … })`, or nothing.
pub(super) fn call(document: &Document, operation: &Operation<'_>) -> Option<TokenStream> {
    let own = operation
        .parameters()
        .map(|node| (node.word("name").to_owned(), node));
    let parameters = pairs(own, NAME);
    let request = below(document, operation.request().map(|(_, schema)| schema), NAME);
    let reply = below(document, operation.success(), NAME);
    let units = below(document, operation.success(), "x-wire-unit");
    let mut pages = operation.parameters().filter(|node| node.word("name") == "page");
    let first_page = pages
        .find_map(|page| page.get("x-first-page")?.as_u64())
        .unwrap_or(1);
    let lists = [&parameters, &request, &reply, &units];
    let is_plain = first_page == 1 && lists.iter().all(|pairs| pairs.is_empty());
    let first = Literal::u64_unsuffixed(first_page);
    (!is_plain).then(|| {
        quote! {
            .names(::cryptopocket_core::WireNames {
                parameters: &[#(#parameters),*],
                request: &[#(#request),*],
                reply: &[#(#reply),*],
                units: &[#(#units),*],
                first_page: #first,
            })
        }
    })
}

/// The properties below a schema that have the key, whichever object they stand in.
fn below(document: &Document, schema: Option<&Value>, key: &str) -> Vec<TokenStream> {
    let fields = fields(document, schema).into_iter();
    pairs(fields.map(|field| (field.property().to_owned(), field.node)), key)
}

fn pairs<'a>(nodes: impl Iterator<Item = (String, &'a Value)>, key: &str) -> Vec<TokenStream> {
    let stated = nodes.filter(|(_, node)| node.has(key));
    // A schema that stands in several places states its properties once.
    let stated: BTreeSet<(String, &str)> = stated.map(|(name, node)| (name, node.word(key))).collect();
    stated.iter().map(|(name, wire)| quote!((#name, #wire))).collect()
}
