//! Changes to the generator's output, made on the syntax tree before it is printed.
//!
//! Each is here because no setting of the generator does it. An edit that finds nothing to change is an error:
//! it would mean that the generator has changed under us.

mod calls;
mod docs;
mod replies;
mod wire_names;

use crate::copy::Role;
use crate::spec::Document;
use std::collections::BTreeMap;
use syn::{Item, ItemMod};

/// What the edits need to know of the document.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) document: &'a Document,
    pub(crate) roles: &'a BTreeMap<String, Role>,
}

/// Edits one generated module in place.
pub(crate) fn apply(file: &mut syn::File, context: Context<'_>) -> Result<(), String> {
    let types = module(&mut file.items, "types").ok_or("the generator wrote no `types` module")?;
    replies::open(types, context)?;
    docs::types(types, context);
    calls::rewrite(file, context.document)
}

/// The inline module of this name.
fn module<'a>(items: &'a mut [Item], name: &str) -> Option<&'a mut ItemMod> {
    items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(module),
        _ => None,
    })
}

/// The items of an inline module.
fn content(module: &mut ItemMod) -> &mut Vec<Item> {
    &mut module.content.get_or_insert_with(Default::default).1
}

/// The last segment of a type path: `Payment` of `super::Payment`.
fn type_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// The `T` of `Option<T>` or `Vec<T>`.
fn first_argument(ty: &syn::Type) -> Option<syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[track_caller]
    fn refused(file: syn::File) -> String {
        let document = Document::from_value(serde_json::json!({}));
        let mut file = file;
        apply(
            &mut file,
            Context {
                document: &document,
                roles: &BTreeMap::new(),
            },
        )
        .unwrap_err()
    }

    #[test]
    fn output_without_types_or_client_is_refused() {
        assert_eq!(refused(parse_quote!()), "the generator wrote no `types` module");
        assert_eq!(
            refused(parse_quote!(
                pub mod types {}
            )),
            "the generator wrote no client"
        );
    }

    #[test]
    fn call_missing_from_the_document_is_refused() {
        let file = parse_quote!(
            pub mod types {}
            pub struct Client;
            impl Client {
                pub async fn pay(&self) {}
            }
        );
        assert_eq!(refused(file), "no operation `pay` in the document");
    }
}
