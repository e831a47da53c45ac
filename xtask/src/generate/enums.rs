//! Open enums: the generator's own are closed, and an unknown value would turn a paid order into an error.

use crate::spec::{Document, Node};
use heck::ToUpperCamelCase as _;
use serde_json::Value;
use std::fmt::Write as _;

/// The file `enums.rs` of the types crate: one `open_enum!` with every string enum of the document.
pub(crate) fn file(document: &Document) -> Result<String, String> {
    let mut text = String::from("use crate::open_enum::open_enum;\n\nopen_enum! {\n");
    let enums: Vec<(&str, &Value)> = document
        .schemas()
        .filter(|(_, schema)| schema.get("enum").is_some())
        .collect();
    for (index, (name, schema)) in enums.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        declaration(&mut text, name, schema)
            .map_err(|_| format!("schema `{name}`: cannot be written as an enum"))?;
    }
    Ok(text + "}\n")
}

fn declaration(text: &mut String, name: &str, schema: &Value) -> std::fmt::Result {
    doc(text, 1, schema.word("description"))?;
    writeln!(text, "    ///\n    /// Evidence: {}.", schema.word("x-evidence"))?;
    writeln!(text, "    pub enum {name} {{")?;
    for value in values(schema) {
        let meaning = schema
            .get("x-enum-descriptions")
            .map_or("", |map| map.word(value));
        match meaning.trim() {
            "" => doc(text, 2, &format!("`{value}`"))?,
            meaning => doc(text, 2, &format!("`{value}`: {meaning}"))?,
        }
        writeln!(text, "        {} = {value:?},", variant(value))?;
    }
    writeln!(text, "    }}")
}

fn doc(text: &mut String, depth: usize, said: &str) -> std::fmt::Result {
    let indent = "    ".repeat(depth);
    for line in said.trim().lines() {
        writeln!(text, "{indent}/// {line}")?;
    }
    Ok(())
}

/// The values of an enum schema.
pub(crate) fn values(schema: &Value) -> impl Iterator<Item = &str> {
    schema.words("enum")
}

/// The Rust name of a value: `GovernmentId` for `GOVERNMENT_ID`.
pub(crate) fn variant(value: &str) -> String {
    value.to_upper_camel_case()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_any_case_get_rust_names() {
        assert_eq!(variant("GOVERNMENT_ID"), "GovernmentId");
        assert_eq!(variant("coins_sent"), "CoinsSent");
        assert_eq!(variant("PSD2"), "Psd2");
    }

    #[test]
    fn values_keep_order_and_text_of_the_document() {
        let schema = json!({
            "type": "string", "enum": ["b", "A_1"], "x-evidence": "guide", "description": "Two.\nReally.",
            "x-enum-descriptions": { "b": "Bee." },
        });
        let document = Document::from_value(json!({ "components": { "schemas": { "Word": schema } } }));
        let text = file(&document).unwrap();
        assert_eq!(
            text,
            "use crate::open_enum::open_enum;\n\nopen_enum! {\n    /// Two.\n    /// Really.\n    ///\n    /// Evidence: \
             guide.\n    pub enum Word {\n        /// `b`: Bee.\n        B = \"b\",\n        /// `A_1`\n        A1 = \
             \"A_1\",\n    }\n}\n"
        );
    }
}
