//! Open enums: the generator's own are closed, and an unknown value would turn a paid order into an error.

use crate::spec::{Document, Node};
use heck::ToUpperCamelCase as _;
use serde_json::Value;

/// The file `enums.rs` of the types crate: one `open_enum!` with every string enum of the document.
pub(super) fn file(document: &Document) -> String {
    let enums = document.schemas().filter(|(_, schema)| schema.has("enum"));
    let enums: Vec<String> = enums.map(|(name, schema)| declaration(name, schema)).collect();
    format!(
        "use crate::open_enum::open_enum;\n\nopen_enum! {{\n{}}}\n",
        enums.join("\n")
    )
}

fn declaration(name: &str, schema: &Value) -> String {
    let (description, grade) = (schema.word("description").trim(), schema.word("x-evidence"));
    let head = doc("    ", &format!("{description}\n\nEvidence: {grade}."));
    let values = schema.words("enum").map(|value| {
        let meanings = schema.get("x-enum-descriptions");
        let said = match meanings.map_or("", |map| map.word(value)).trim() {
            "" => format!("`{value}`"),
            meaning => format!("`{value}`: {meaning}"),
        };
        format!(
            "{}        {} = {value:?},\n",
            doc("        ", &said),
            variant(value)
        )
    });
    let values: Vec<String> = values.collect();
    format!("{head}    pub enum {name} {{\n{}    }}\n", values.concat())
}

fn doc(indent: &str, said: &str) -> String {
    let line = |line: &str| format!("{indent}/// {line}").trim_end().to_owned() + "\n";
    said.lines().map(line).collect()
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
        let text = file(&document);
        assert_eq!(
            text,
            "use crate::open_enum::open_enum;\n\nopen_enum! {\n    /// Two.\n    /// Really.\n    ///\n    /// Evidence: \
             guide.\n    pub enum Word {\n        /// `b`: Bee.\n        B = \"b\",\n        /// `A_1`\n        A1 = \
             \"A_1\",\n    }\n}\n"
        );
    }
}
