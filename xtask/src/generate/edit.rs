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
pub(super) fn apply(file: &mut syn::File, document: &Document, slice: &Document) -> Result<(), String> {
    file.items
        .retain(|item| matches!(item, Item::Mod(module) if module.ident == "types"));
    let Some(Item::Mod(types)) = file.items.first_mut() else {
        return Err("the generator wrote no `types` module".to_owned());
    };
    types::rewrite(types, document)?;
    calls::add(file, document, slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use syn::parse_quote;

    #[test]
    fn output_without_types_is_refused() {
        let document = Document::from_value(json!({}));
        let refused = apply(&mut parse_quote!(), &document, &document);
        assert_eq!(refused.unwrap_err(), "the generator wrote no `types` module");
    }

    #[test]
    fn call_missing_from_the_document_is_refused() {
        let content = json!({"application/json": {"schema": {"type": "string"}}});
        let pay = json!({"operationId": "pay", "responses": {"200": {"content": content}}});
        let slice = Document::from_value(json!({"paths": {"/pay": {"post": pay}}}));
        let mut file = parse_quote!(
            pub mod types {}
        );
        let refused = apply(&mut file, &Document::from_value(json!({})), &slice);
        assert_eq!(refused.unwrap_err(), "`pay`: no such operation in the document");
    }
}
