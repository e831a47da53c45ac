//! Open enums: the generator's own are closed, and an unknown value would turn a paid order into an error.

use crate::spec::Document;
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
    let word = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    doc(text, 1, word("description"))?;
    writeln!(text, "    ///\n    /// Evidence: {}.", word("x-evidence"))?;
    writeln!(text, "    pub enum {name} {{")?;
    for value in values(schema) {
        let note = |key: &str| {
            schema
                .get(key)
                .and_then(|map| map.get(value)?.as_str())
                .unwrap_or_default()
                .trim()
        };
        match note("x-enum-descriptions") {
            "" => doc(text, 2, &format!("`{value}`"))?,
            said => doc(text, 2, &format!("`{value}`: {said}"))?,
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
    schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The Rust name of a value: `GovernmentId` for `GOVERNMENT_ID`.
pub(crate) fn variant(value: &str) -> String {
    let words = value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            let lower = word.to_ascii_lowercase();
            lower[..1].to_ascii_uppercase() + &lower[1..]
        })
        .collect()
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
