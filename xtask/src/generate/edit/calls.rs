//! One typed function an operation, in place of the generated client.
//!
//! The generator writes a client whose methods build a `reqwest::Request`, send it, and know success by its HTTP status.
//! The provider reports refusals with status 200 and logins expire, so every call has to go through the session. Each
//! method becomes a function of the same parameters and reply type that describes the request to
//! `cryptopocket_core::Session`; the client, its hooks and its response type go.

use super::{docs, first_argument, type_name, wire_names};
use crate::spec::{Document, Node, Operation};
use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{FnArg, Ident, ImplItem, Item, ItemFn, ItemImpl, ItemStruct, Pat, Type, parse_quote};

/// Replaces the client of a module by functions.
pub(super) fn rewrite(file: &mut syn::File, document: &Document) -> Result<(), String> {
    let operations = document.operations();
    let mut functions = Vec::new();
    let mut has_client = false;
    for item in std::mem::take(&mut file.items) {
        match item {
            Item::Mod(module) if module.ident == "types" => file.items.push(Item::Mod(module)),
            Item::Impl(block)
                if block.trait_.is_none() && type_name(&block.self_ty).as_deref() == Some("Client") =>
            {
                has_client = true;
                for method in block.items {
                    let ImplItem::Fn(method) = method else { continue };
                    // The constructors are the only methods that do not call.
                    if method.sig.asyncness.is_none() {
                        continue;
                    }
                    let name = method.sig.ident.to_string();
                    let operation = operations
                        .iter()
                        .find(|operation| operation.id() == name)
                        .ok_or_else(|| format!("no operation `{name}` in the document"))?;
                    let mut call = Call::read(&method, operation)?;
                    call.wire_names = wire_names::call(document, operation);
                    functions.extend(call.query_items());
                    functions.push(Item::Fn(call.function()));
                }
            }
            _ => {}
        }
    }
    if !has_client {
        return Err("the generator wrote no client".to_owned());
    }
    let prelude: syn::File = parse_quote! {
        use ::cryptopocket_core::{Result, Session};
        use super::operations;
    };
    file.items.splice(0..0, prelude.items);
    file.items.extend(functions);
    Ok(())
}

/// A generated method, with what the document says of it.
struct Call<'a> {
    operation: &'a Operation<'a>,
    parameters: Vec<Parameter<'a>>,
    reply: Type,
    wire_names: Option<TokenStream>,
}

struct Parameter<'a> {
    /// Also its name on the wire: one that Rust spells differently is in no document, and stops `regen`.
    name: Ident,
    ty: Type,
    /// The document's parameter; `None` for the body.
    node: Option<&'a Value>,
}

impl Parameter<'_> {
    fn is_in(&self, place: &str) -> bool {
        self.node.is_some_and(|node| node.word("in") == place)
    }

    fn docs(&self) -> Vec<String> {
        docs::lines(&docs::graded(self.node))
    }

    fn is_optional(&self) -> bool {
        self.is_in("query") && type_name(&self.ty).as_deref() == Some("Option")
    }
}

impl<'a> Call<'a> {
    fn read(method: &syn::ImplItemFn, operation: &'a Operation<'a>) -> Result<Self, String> {
        let name = &method.sig.ident;
        let mut parameters = Vec::new();
        for input in &method.sig.inputs {
            let FnArg::Typed(typed) = input else { continue };
            let Pat::Ident(pattern) = &*typed.pat else {
                continue;
            };
            let parameter = pattern.ident.clone();
            let node = operation.parameters().find(|node| parameter == node.word("name"));
            if node.is_none() && parameter != "body" {
                return Err(format!("`{name}`: no parameter `{parameter}` in the document"));
            }
            parameters.push(Parameter {
                name: parameter,
                ty: (*typed.ty).clone(),
                node,
            });
        }
        Ok(Self {
            operation,
            parameters,
            reply: reply(&method.sig.output)
                .map(with_room)
                .ok_or_else(|| format!("`{name}` has no reply type"))?,
            wire_names: None,
        })
    }

    fn optional(&self) -> impl Iterator<Item = &Parameter<'a>> {
        self.parameters.iter().filter(|parameter| parameter.is_optional())
    }

    fn struct_name(&self) -> Ident {
        format_ident!("{}Query", self.operation.id().to_upper_camel_case())
    }

    /// Optional parameters stand in a struct that is made by `default()` and setters, so that a new one breaks no caller.
    fn query_items(&self) -> Vec<Item> {
        if self.optional().next().is_none() {
            return Vec::new();
        }
        let name = self.struct_name();
        let fields = self.optional().map(|parameter| {
            let (Parameter { name, ty, .. }, docs) = (parameter, parameter.docs());
            quote!(#(#[doc = #docs])* pub #name: #ty)
        });
        let setters = self.optional().map(|parameter| {
            let (Parameter { name, ty, .. }, docs) = (parameter, parameter.docs());
            quote! {
                #(#[doc = #docs])*
                #[must_use]
                pub fn #name(mut self, #name: impl Into<#ty>) -> Self {
                    self.#name = #name.into();
                    self
                }
            }
        });
        let doc = format!(" Optional parameters of [`{}`].", self.operation.id());
        let lifetime = self.has_lifetime().then(|| quote!(<'a>));
        let object: ItemStruct = parse_quote! {
            #[doc = #doc]
            #[derive(Clone, Debug, Default)]
            #[non_exhaustive]
            pub struct #name #lifetime { #(#fields),* }
        };
        let setters: ItemImpl = parse_quote! {
            impl #lifetime #name #lifetime { #(#setters)* }
        };
        vec![Item::Struct(object), Item::Impl(setters)]
    }

    fn has_lifetime(&self) -> bool {
        self.optional()
            .any(|Parameter { ty, .. }| quote!(#ty).to_string().contains('&'))
    }

    fn function(&self) -> ItemFn {
        let name = format_ident!("{}", self.operation.id());
        let constant = format_ident!("{}", self.operation.id().to_uppercase());
        let reply = &self.reply;
        let required = self
            .parameters
            .iter()
            .filter(|parameter| !parameter.is_optional());
        let mut arguments: Vec<TokenStream> = required
            .map(|Parameter { name, ty, .. }| {
                let ty = without_lifetime(ty);
                quote!(#name: #ty)
            })
            .collect();
        if self.optional().next().is_some() {
            let query = self.struct_name();
            let lifetime = self.has_lifetime().then(|| quote!(<'_>));
            arguments.push(quote!(query: &#query #lifetime));
        }
        let parts = self.parameters.iter().map(|parameter| {
            let name = &parameter.name;
            let wire = name.to_string();
            if parameter.is_in("path") {
                quote!(.path(#name))
            } else if parameter.is_optional() {
                quote!(.query(#wire, &query.#name))
            } else if parameter.is_in("query") {
                quote!(.query(#wire, &#name))
            } else if self.operation.is_form() {
                quote!(.form(#name))
            } else {
                quote!(.json(#name))
            }
        });
        let docs = docs::lines(&docs::call(self.operation));
        let names = &self.wire_names;
        parse_quote! {
            #(#[doc = #docs])*
            pub async fn #name(session: &Session, #(#arguments),*) -> Result<#reply> {
                session.request(&operations::#constant) #names #(#parts)* .send().await
            }
        }
    }
}

/// The `T` of `Result<ResponseValue<T>, Error<()>>`.
fn reply(output: &syn::ReturnType) -> Option<Type> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    first_argument(&first_argument(ty)?)
}

/// A list is read by a type of its own, which knows the shapes that it may have; so is a text, which has no room for the
/// fields beside it.
fn with_room(reply: Type) -> Type {
    match (type_name(&reply).as_deref(), first_argument(&reply)) {
        (Some("Vec"), Some(item)) => parse_quote!(::cryptopocket_types::reading::Page<#item>),
        (Some("String"), _) => parse_quote!(::cryptopocket_types::reading::TextReply),
        _ => reply,
    }
}

fn without_lifetime(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) => {
            let inner = &reference.elem;
            parse_quote!(&#inner)
        }
        ty => ty.clone(),
    }
}
