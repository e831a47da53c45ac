//! The OpenAPI document as plain JSON: a typed model would drop unknown keys.

mod fields;
mod node;
mod operation;
mod references;
mod walk;

pub(crate) use fields::{Field, fields};
pub(crate) use node::Node;
#[cfg(test)]
pub(crate) use operation::ERROR_SCHEMAS;
pub(crate) use operation::{Envelope, Operation, Tag, is_error};
pub(crate) use references::{closure, reference_name};
pub(crate) use walk::{Position, fields_mut, schema_tree, schemas};

use serde_json::{Map, Value};
use std::path::Path;

/// The document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    root: Value,
}

impl Document {
    /// Reads a YAML file. Duplicate keys are an error.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        read_yaml(path).map(|root| Self { root })
    }

    /// Parses YAML text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        yaml(text).map(|root| Self { root })
    }

    #[cfg(test)]
    pub(crate) fn from_value(root: Value) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// `components.schemas`; empty if absent.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        let schemas = self.schema_map().into_iter().flatten();
        schemas.map(|(name, schema)| (name.as_str(), schema))
    }

    pub(crate) fn schema(&self, name: &str) -> Option<&Value> {
        self.schema_map()?.get(name)
    }

    pub(crate) fn schema_map(&self) -> Option<&Map<String, Value>> {
        self.root.pointer("/components/schemas")?.as_object()
    }

    /// Follows a local reference such as `#/components/schemas/Payment`.
    pub(crate) fn resolve<'a>(&'a self, node: &'a Value) -> Option<&'a Value> {
        match node.get("$ref").and_then(Value::as_str) {
            None => Some(node),
            Some(reference) => self.resolve(self.root.pointer(reference.strip_prefix('#')?)?),
        }
    }

    /// The component schema behind a reference, also one in a single `allOf`; otherwise the node.
    pub(crate) fn target<'a>(&'a self, node: &'a Value) -> &'a Value {
        reference_name(node)
            .and_then(|name| self.schema(name))
            .unwrap_or(node)
    }

    /// Every operation, by tag and then by id.
    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let items = self.root.fields("paths");
        let nodes = items.flat_map(|(path, item)| {
            let nodes = item.as_object().into_iter().flatten();
            nodes.map(move |(method, node)| (path, method.as_str(), node))
        });
        let mut found: Vec<_> = nodes
            .filter(|(_, method, _)| operation::METHODS.contains(method))
            .map(|(path, method, node)| Operation {
                document: self,
                path,
                method,
                node,
            })
            .collect();
        found.sort_by_key(|o| (Tag::order(o.tag()), o.id(), o.path, o.method));
        found
    }
}

/// A YAML file as JSON. Duplicate keys are an error.
pub(crate) fn read_yaml(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string());
    text.and_then(|text| yaml(&text))
        .map_err(|e| format!("{}: {e}", path.display()))
}

/// YAML text as JSON.
pub(crate) fn yaml(text: &str) -> Result<Value, String> {
    let tree: yaml_serde::Value = yaml_serde::from_str(text).map_err(|e| e.to_string())?;
    serde_json::to_value(tree).map_err(|e| e.to_string())
}
