//! The list of types whose JSON Schemas can be asked for.

use crate::copy::Slices;
use proc_macro2::{Ident, Span};
use quote::quote;
use serde_json::{Map, Value};

/// The file `schemas.rs`: one function that gives the JSON Schema of each generated type.
pub(crate) fn file(slices: &Slices) -> Result<syn::File, String> {
    let mut pushes = Vec::new();
    for (tag, slice) in &slices.tags {
        let module = Ident::new(tag, Span::call_site());
        let names = slice
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys);
        let own = names.filter(|name| slices.roles.contains_key(*name) && !slices.enums.contains(*name));
        for name in own {
            let ident = Ident::new(name, Span::call_site());
            pushes.push(quote! {
                #[cfg(feature = #tag)]
                schemas.push((#tag, #name, ::schemars::schema_for!(super::#module::types::#ident)));
            });
        }
    }
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
