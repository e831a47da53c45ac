//! One typed function an operation, in place of the generated client.
//!
//! The generator writes a client whose methods build a `reqwest::Request`, send it, and know success by its HTTP status.
//! The provider reports refusals with status 200 and logins expire, so every call has to go through the session. Each
//! method becomes a function of the same parameters and reply type that describes the request to
//! `cryptopocket_core::Session`; the client, its hooks and its response type go.

use super::{docs, first_argument, pascal, type_name, wire_names};
use crate::spec::{Document, Operation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{Expr, FnArg, Ident, ImplItem, Item, ItemFn, ItemImpl, ItemStruct, Lit, Pat, Type, parse_quote};

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

/// What a generated method says of its operation.
struct Call<'a> {
    operation: &'a Operation<'a>,
    parameters: Vec<(Ident, Type)>,
    reply: Type,
    /// Names of the query parameters on the wire, each with its Rust name.
    query: Vec<(String, Ident)>,
    /// `json` or `form`, for a call with a body.
    body: Option<&'static str>,
    wire_names: Option<TokenStream>,
}

impl<'a> Call<'a> {
    fn read(method: &syn::ImplItemFn, operation: &'a Operation<'a>) -> Result<Self, String> {
        let name = &method.sig.ident;
        let parameters = method.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(pattern) => Some((pattern.ident.clone(), (*typed.ty).clone())),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        });
        let mut found = Requests::default();
        found.visit_block(&method.block);
        Ok(Self {
            operation,
            parameters: parameters.collect(),
            reply: reply(&method.sig.output)
                .map(with_room)
                .ok_or_else(|| format!("`{name}` has no reply type"))?,
            query: found.query,
            body: found.body,
            wire_names: None,
        })
    }

    fn is_query(&self, name: &Ident) -> bool {
        self.query.iter().any(|(_, variable)| variable == name)
    }

    fn optional(&self) -> impl Iterator<Item = &(Ident, Type)> {
        self.parameters
            .iter()
            .filter(|(name, ty)| self.is_query(name) && is_option(ty))
    }

    fn struct_name(&self) -> Ident {
        format_ident!("{}Query", pascal(self.operation.id()))
    }

    /// Optional parameters stand in a struct that is made by `default()` and setters, so that a new one breaks no caller.
    fn query_items(&self) -> Vec<Item> {
        if self.optional().next().is_none() {
            return Vec::new();
        }
        let name = self.struct_name();
        let field_docs = |field: &Ident| doc_lines(&docs::graded(self.parameter(&field.to_string())));
        let fields = self.optional().map(|(field, ty)| {
            let docs = field_docs(field);
            quote!(#(#[doc = #docs])* pub #field: #ty)
        });
        let setters = self.optional().map(|(field, ty)| {
            let docs = field_docs(field);
            quote! {
                #(#[doc = #docs])*
                #[must_use]
                pub fn #field(mut self, #field: impl Into<#ty>) -> Self {
                    self.#field = #field.into();
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
            .any(|(_, ty)| quote!(#ty).to_string().contains('&'))
    }

    fn parameter(&self, name: &str) -> Option<&Value> {
        let name = name.trim_start_matches("r#");
        self.operation
            .parameters()
            .find(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))
    }

    fn function(&self) -> ItemFn {
        let name = format_ident!("{}", self.operation.id());
        let constant = format_ident!("{}", self.operation.id().to_uppercase());
        let reply = &self.reply;
        let required: Vec<_> = self
            .parameters
            .iter()
            .filter(|(name, ty)| !(self.is_query(name) && is_option(ty)))
            .collect();
        let mut arguments: Vec<TokenStream> = required
            .iter()
            .map(|(name, ty)| {
                let ty = without_lifetime(ty);
                quote!(#name: #ty)
            })
            .collect();
        if self.optional().next().is_some() {
            let query = self.struct_name();
            let lifetime = self.has_lifetime().then(|| quote!(<'_>));
            arguments.push(quote!(query: &#query #lifetime));
        }
        let paths = required
            .iter()
            .filter(|(name, _)| !self.is_query(name) && name != "body")
            .map(|(name, _)| quote!(.path(#name)));
        let queries = self.query.iter().map(|(wire, name)| {
            let is_optional = self.optional().any(|(field, _)| field == name);
            let value = if is_optional {
                quote!(&query.#name)
            } else {
                quote!(&#name)
            };
            quote!(.query(#wire, #value))
        });
        let body = self.body.map(|kind| {
            let kind = format_ident!("{kind}");
            quote!(.#kind(body))
        });
        let docs = doc_lines(&docs::call(self.operation));
        let names = &self.wire_names;
        parse_quote! {
            #(#[doc = #docs])*
            pub async fn #name(session: &Session, #(#arguments),*) -> Result<#reply> {
                session.request(&operations::#constant) #names #(#paths)* #(#queries)* #body .send().await
            }
        }
    }
}

fn doc_lines(text: &str) -> Vec<String> {
    let line = |line: &str| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    };
    text.lines().map(line).collect()
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
        (Some("Vec"), Some(item)) => parse_quote!(::cryptopocket_types::reading::List<#item>),
        (Some("String"), _) => parse_quote!(::cryptopocket_types::reading::TextReply),
        _ => reply,
    }
}

fn is_option(ty: &Type) -> bool {
    type_name(ty).as_deref() == Some("Option")
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

/// Finds the query parameters and the body in the method chain that builds the request.
#[derive(Default)]
struct Requests {
    query: Vec<(String, Ident)>,
    body: Option<&'static str>,
}

impl<'ast> Visit<'ast> for Requests {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        match call.method.to_string().as_str() {
            "query" => self.query.extend(call.args.first().and_then(query_parameter)),
            "json" => self.body = Some("json"),
            "form_urlencoded" => self.body = Some("form"),
            _ => {}
        }
    }
}

/// The name and variable of `&QueryParam::new("page", &page)`.
fn query_parameter(argument: &Expr) -> Option<(String, Ident)> {
    let Expr::Reference(reference) = argument else {
        return None;
    };
    let Expr::Call(call) = &*reference.expr else {
        return None;
    };
    let [Expr::Lit(name), Expr::Reference(value)] = [call.args.get(0)?, call.args.get(1)?] else {
        return None;
    };
    let (Lit::Str(name), Expr::Path(variable)) = (&name.lit, &*value.expr) else {
        return None;
    };
    Some((name.value(), variable.path.get_ident()?.clone()))
}
