//! Changes to the generator's output, made on the syntax tree before it is printed.
//!
//! Each is here because no setting of the generator does it. An edit that finds nothing to change is an error:
//! it would mean that the generator has changed under us.

mod calls;
mod docs;
mod types;
mod wire_names;

use crate::spec::Document;
use syn::Item;

/// Edits one generated module in place.
pub(super) fn apply(file: &mut syn::File, document: &Document) -> Result<(), String> {
    let mut modules = file.items.iter_mut().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => Some(module),
        _ => None,
    });
    let types = modules.next().ok_or("the generator wrote no `types` module")?;
    types::rewrite(types, document)?;
    calls::rewrite(file, document)
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

/// The `T` of `Option<T>`.
fn optional(ty: &syn::Type) -> Option<syn::Type> {
    first_argument(ty).filter(|_| type_name(ty).as_deref() == Some("Option"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[track_caller]
    fn refused(mut file: syn::File) -> String {
        apply(&mut file, &Document::from_value(serde_json::json!({}))).unwrap_err()
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
