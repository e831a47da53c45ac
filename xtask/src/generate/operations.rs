//! The table of operations: what the core must know of each call.

use crate::spec::{Document, Envelope, Operation};
use heck::ToUpperCamelCase as _;
use proc_macro2::{Ident, Span};
use quote::quote;

/// The file `operations.rs`.
pub(crate) fn file(document: &Document) -> Result<syn::File, String> {
    let operations = document.operations();
    let names: Vec<Ident> = operations.iter().map(constant).collect();
    let tables = operations
        .iter()
        .zip(&names)
        .map(|(operation, name)| table(operation, name));
    let tokens = quote! {
        use ::cryptopocket_core::{Envelope, Idempotency, Operation};
        use ::cryptopocket_types::evidence::Evidence;

        /// Every operation of the document, by tag and then by id.
        pub static OPERATIONS: &[Operation] = &[#(#names),*];

        #(#tables)*
    };
    syn::parse2(tokens).map_err(|e| e.to_string())
}

fn constant(operation: &Operation<'_>) -> Ident {
    Ident::new(&operation.id().to_uppercase(), Span::call_site())
}

fn table(operation: &Operation<'_>, name: &Ident) -> proc_macro2::TokenStream {
    let doc = format!(
        " `{} {}`: {}.",
        operation.method.to_uppercase(),
        operation.path,
        operation.text("summary")
    );
    let id = operation.id();
    let source = operation.text("x-source");
    let page = Some(operation.text("x-page"))
        .filter(|page| !page.is_empty())
        .unwrap_or(source);
    let method = operation.method.to_uppercase();
    let path = operation.path;
    let tag = operation.tag();
    let idempotency = variant(operation.text("x-idempotency"));
    let evidence = variant(operation.text("x-evidence"));
    let envelope = match operation.envelope() {
        Envelope::Data => quote!(Data),
        Envelope::List => quote!(List),
        Envelope::Whole => quote!(Whole),
    };
    let auth = operation.authenticated();
    let refusals = operation.refusals();
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

/// `unsafe` as `Unsafe`.
fn variant(word: &str) -> Ident {
    Ident::new(&word.to_upper_camel_case(), Span::call_site())
}
