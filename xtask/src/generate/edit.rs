//! Changes to the generator's output, made on the syntax tree before it is printed.
//!
//! Each is here because no setting of the generator does it. An edit that finds nothing to change is an error:
//! it would mean that the generator has changed under us.

mod calls;
mod types;
mod wire_names;

use crate::spec::{Document, Node, Operation};
use serde_json::Value;
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

fn call_docs(operation: &Operation<'_>) -> String {
    format!(
        "{}.\n\n{}\n\nSends `{} {}`. Evidence: {}; source: \"{}\".",
        operation.text("summary").trim_end_matches('.'),
        operation.text("description").trim(),
        operation.method.to_uppercase(),
        operation.path,
        operation.text("x-evidence"),
        operation.text("x-source"),
    )
}

fn graded_docs(node: &Value) -> String {
    let wire = match node.word("x-wire-name") {
        "" => String::new(),
        wire => format!(" On the wire: `{wire}`."),
    };
    let (description, evidence) = (node.word("description").trim(), node.word("x-evidence"));
    format!("{description}\n\nEvidence: {evidence}.{wire}")
}

/// The lines of a text as rustdoc takes them.
fn doc_lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| format!(" {line}").trim_end().to_owned())
        .collect()
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
    fn field_missing_from_the_document_is_refused() {
        let schema = json!({"properties": {"type": {"description": "Its type."}}});
        let document = Document::from_value(json!({"components": {"schemas": {"Payment": schema}}}));
        let edited = |field: syn::Field| {
            let mut file = parse_quote!(
                pub mod types {
                    pub struct Payment {
                        #field
                    }
                }
            );
            apply(&mut file, &document, &Document::from_value(json!({})))
        };
        assert_eq!(edited(parse_quote!(pub type_: String)), Ok(()));
        let refused = edited(parse_quote!(pub kind: String)).unwrap_err();
        assert_eq!(refused, "Payment: no property for the field `kind`");
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
