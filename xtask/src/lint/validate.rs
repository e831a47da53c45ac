//! Checks samples against their schemas.
//!
//! Stricter than the wire on purpose: a sample must use known enum values, and no field that its schema lacks.

use crate::spec::{Document, Position, schema_tree, schemas};
use boon::{Compiler, Draft, ErrorKind, Schemas, ValidationError};
use serde_json::{Map, Value, json};

/// The document's name among the validator's resources.
const DOCUMENT: &str = "https://localhost/openapi.json";

/// The schemas of a document as JSON Schema.
pub(super) struct Validator {
    compiler: Compiler,
    compiled: Schemas,
    /// The number of schemas compiled beside the document.
    inline: usize,
}

impl Validator {
    pub(super) fn new(document: &Document) -> Self {
        let mut root = document.root().clone();
        schemas(&mut root, &mut strict);
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        // Fails only if the name is not a URL.
        drop(compiler.add_resource(DOCUMENT, root));
        Self {
            compiler,
            compiled: Schemas::new(),
            inline: 0,
        }
    }

    /// The problems of `value`, each with its place. Empty if it fits.
    pub(super) fn problems(&mut self, schema: &Value, value: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        schema_tree(&mut schema, Position::Body, &mut strict);
        self.inline += 1;
        let name = format!("https://localhost/{}.json", self.inline);
        drop(self.compiler.add_resource(&name, schema));
        let index = match self.compiler.compile(&name, &mut self.compiled) {
            Ok(index) => index,
            Err(error) => return vec![format!("its schema cannot be read: {error:#}")],
        };
        match self.compiled.validate(value, index) {
            Ok(()) => Vec::new(),
            Err(error) => leaves(&error)
                .into_iter()
                .map(|leaf| match leaf.instance_location.to_string().as_str() {
                    "" => format!("/: {}", leaf.kind),
                    place => format!("{place}: {}", leaf.kind),
                })
                .collect(),
        }
    }
}

/// From OpenAPI 3.0 to JSON Schema: `nullable`, no fields beside those described, and references to the document.
fn strict(schema: &mut Map<String, Value>, _: Position) {
    if let Some(Value::String(reference)) = schema.get_mut("$ref") {
        reference.insert_str(0, DOCUMENT);
    }
    if schema.get("type") == Some(&json!("object"))
        && !schema.get("additionalProperties").is_some_and(Value::is_object)
    {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    if schema.remove("nullable") == Some(json!(true)) {
        let inner = std::mem::take(schema);
        schema.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
    }
}

/// The innermost errors; of `oneOf` those of the branch that fits best.
pub(super) fn leaves<'e, 's, 'v>(error: &'e ValidationError<'s, 'v>) -> Vec<&'e ValidationError<'s, 'v>> {
    let mut causes = error.causes.iter().map(leaves);
    match error.kind {
        // The causes of the first are about the name.
        ErrorKind::PropertyName { .. } => vec![error],
        _ if error.causes.is_empty() => vec![error],
        ErrorKind::OneOf(_) => causes.min_by_key(Vec::len).unwrap_or_default(),
        // Written by `strict`: the schema, then null.
        ErrorKind::AnyOf => causes.next().unwrap_or_default(),
        _ => causes.flatten().collect(),
    }
}
