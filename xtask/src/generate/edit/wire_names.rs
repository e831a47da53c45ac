//! The names on the wire that the document states besides its own, for the calls that have some.

use crate::spec::{Document, Field, Node, Operation, fields};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;
use std::collections::BTreeSet;

const NAME: &str = "x-wire-name";

/// `.names(WireNames { … })`, or nothing.
pub(super) fn call(document: &Document, operation: &Operation<'_>) -> Option<TokenStream> {
    let own = || operation.parameters().map(|node| (node.word("name"), node));
    let request = fields(document, operation.request().map(|(_, schema)| schema));
    let reply = fields(document, operation.success());
    let below = |fields: &[Field<'_>], key| pairs(fields.iter().map(|it| (it.property(), it.node)), key);
    let parameters = pairs(own(), NAME);
    let request = below(&request, NAME);
    let units = below(&reply, "x-wire-unit");
    let reply = below(&reply, NAME);
    let mut pages = own().filter(|(name, _)| *name == "page");
    let first_page = pages.find_map(|(_, page)| page.get("x-first-page")?.as_u64());
    let lists = [&parameters, &request, &reply, &units];
    let is_plain = first_page.unwrap_or(1) == 1 && lists.iter().all(|pairs| pairs.is_empty());
    let first = Literal::u64_unsuffixed(first_page.unwrap_or(1));
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

/// The nodes that state the key, each with its name. A schema that stands in several places states its properties once.
fn pairs<'a>(nodes: impl Iterator<Item = (&'a str, &'a Value)>, key: &str) -> Vec<TokenStream> {
    let stated = nodes.filter(|(_, node)| node.has(key));
    let stated: BTreeSet<(&str, &str)> = stated.map(|(name, node)| (name, node.word(key))).collect();
    stated.iter().map(|(name, wire)| quote!((#name, #wire))).collect()
}
