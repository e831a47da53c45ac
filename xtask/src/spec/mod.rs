//! Reading the OpenAPI document: as plain JSON, so that nothing a typed model does not know gets lost.

mod nodes;

pub(crate) use nodes::{ERROR_SCHEMAS, Envelope, Operation, Tag, reference_name, references};

use serde_json::{Map, Value};
use std::path::Path;

/// The document, and short ways to its parts.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    root: Value,
}

impl Document {
    /// Reads a YAML file. Duplicate keys are an error.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        Ok(Self {
            root: read_yaml(path)?,
        })
    }

    /// Parses YAML text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Ok(Self { root: yaml(text)? })
    }

    #[cfg(test)]
    pub(crate) fn from_value(root: Value) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// `components.schemas`; empty when absent.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.schema_map()
            .into_iter()
            .flatten()
            .map(|(name, schema)| (name.as_str(), schema))
    }

    pub(crate) fn schema(&self, name: &str) -> Option<&Value> {
        self.schema_map()?.get(name)
    }

    fn schema_map(&self) -> Option<&Map<String, Value>> {
        self.root.pointer("/components/schemas")?.as_object()
    }

    /// Follows a local reference such as `#/components/schemas/Payment`.
    pub(crate) fn resolve<'a>(&'a self, node: &'a Value) -> Option<&'a Value> {
        match node.get("$ref").and_then(Value::as_str) {
            None => Some(node),
            Some(reference) => self.resolve(self.root.pointer(reference.strip_prefix('#')?)?),
        }
    }

    /// Every operation, by tag and then by id.
    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let mut found = Vec::new();
        for (path, item) in self
            .root
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            for (method, node) in item.as_object().into_iter().flatten() {
                if nodes::METHODS.contains(&method.as_str()) {
                    found.push(Operation {
                        document: self,
                        path,
                        method,
                        node,
                    });
                }
            }
        }
        found.sort_by_key(|o| (Tag::order(o.tag()), o.id().to_owned(), o.path, o.method));
        found
    }
}

/// A YAML file as JSON. Duplicate keys are an error.
pub(crate) fn read_yaml(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    yaml(&text).map_err(|e| format!("{}: {e}", path.display()))
}

/// YAML text as JSON.
pub(crate) fn yaml(text: &str) -> Result<Value, String> {
    let tree: yaml_serde::Value = yaml_serde::from_str(text).map_err(|e| e.to_string())?;
    serde_json::to_value(tree).map_err(|e| e.to_string())
}
