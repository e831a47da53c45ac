//! Checks values against schemas.

use crate::spec::{Document, Position, schema_tree, schemas};
use boon::{Compiler, Draft, ErrorKind, SchemaIndex, Schemas, ValidationError};
use serde_json::{Map, Value, json};

/// The document's name among the validator's resources.
const DOCUMENT: &str = "https://localhost/openapi.json";

pub(super) struct Validator {
    compiler: Compiler,
    pub(super) compiled: Schemas,
    count: usize,
}

impl Validator {
    pub(super) fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        Self {
            compiler,
            compiled: Schemas::new(),
            count: 0,
        }
    }

    /// For samples of a document, by JSON Schema. Stricter than the wire on purpose: a sample must use known enum values,
    /// and no field that its schema lacks.
    pub(super) fn of_samples(document: &Document) -> Self {
        let mut root = document.root().clone();
        schemas(&mut root, &mut strict);
        let mut validator = Self::new();
        // Fails only if the name is not a URL.
        drop(validator.compiler.add_resource(DOCUMENT, root));
        validator
    }

    pub(super) fn compile(&mut self, schema: Value) -> Result<SchemaIndex, String> {
        self.count += 1;
        let name = format!("https://localhost/{}.json", self.count);
        drop(self.compiler.add_resource(&name, schema));
        let compiled = self.compiler.compile(&name, &mut self.compiled);
        compiled.map_err(|error| format!("{error:#}"))
    }

    /// The problems of a sample, each with its place. Empty if it fits.
    pub(super) fn sample(&mut self, schema: &Value, value: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        schema_tree(&mut schema, Position::Body, &mut strict);
        match self.compile(schema) {
            Ok(schema) => problems(&self.compiled, schema, value, |place, kind| match place {
                "" => format!("/: {kind}"),
                place => format!("{place}: {kind}"),
            }),
            Err(error) => vec![format!("its schema cannot be read: {error}")],
        }
    }
}

/// What `tell` makes of each problem of the value, which is given with its place.
pub(super) fn problems<T>(
    compiled: &Schemas,
    schema: SchemaIndex,
    value: &Value,
    tell: impl Fn(&str, &ErrorKind<'_, '_>) -> T,
) -> Vec<T> {
    let error = compiled.validate(value, schema).err();
    let leaves = error.iter().flat_map(leaves);
    leaves
        .map(|leaf| tell(&leaf.instance_location.to_string(), &leaf.kind))
        .collect()
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
fn leaves<'e, 's, 'v>(error: &'e ValidationError<'s, 'v>) -> Vec<&'e ValidationError<'s, 'v>> {
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
