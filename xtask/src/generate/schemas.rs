//! The list of types whose JSON Schemas can be asked for.

use crate::spec::Document;
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// The file `schemas.rs`: one function that gives the JSON Schema of each generated type.
pub(super) fn file(slices: &BTreeMap<&str, Document>) -> Result<syn::File, String> {
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
