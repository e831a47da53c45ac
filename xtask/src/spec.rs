//! The OpenAPI document as plain JSON: a typed model would drop unknown keys.

mod fields;
mod operation;
mod walk;

pub(crate) use fields::{Field, fields};
#[cfg(test)]
pub(crate) use operation::ERROR_SCHEMAS;
pub(crate) use operation::{Envelope, Operation, TAGS};
pub(crate) use walk::{Position, fields_mut, holders, schema_tree, schemas};

use crate::workspace;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Clone, Debug)]
pub(crate) struct Document {
    root: Value,
}

impl Document {
    /// Reads a YAML file. Duplicate keys are an error.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        read_yaml(path).map(|root| Self { root })
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        yaml(text).map(|root| Self { root })
    }

    pub(crate) fn from_value(root: Value) -> Self {
        Self { root }
    }

    pub(crate) fn root(&self) -> &Value {
        &self.root
    }

    /// `components.schemas`; empty if absent.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        let components = self.root.get("components").into_iter();
        components.flat_map(|components| components.fields("schemas"))
    }

    pub(crate) fn schema(&self, name: &str) -> Option<&Value> {
        self.root.get("components")?.get("schemas")?.get(name)
    }

    /// Names of the component schemas that the nodes mention, directly or through others.
    pub(crate) fn reached<'a>(&'a self, nodes: impl IntoIterator<Item = &'a Value>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&Value> = nodes.into_iter().collect();
        while let Some(node) = open.pop() {
            match node {
                Value::Object(map) => {
                    let name = map.get("$ref").and_then(component);
                    if let Some(name) = name
                        && found.insert(name)
                    {
                        open.extend(self.schema(name));
                    }
                    open.extend(map.values());
                }
                Value::Array(list) => open.extend(list),
                _ => {}
            }
        }
        found
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
        let order = |tag: &str| TAGS.iter().position(|known| *known == tag).unwrap_or(TAGS.len());
        found.sort_by_key(|o| (order(o.tag()), o.id(), o.path, o.method));
        found
    }
}

fn component(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix("#/components/schemas/")
}

/// The schema a node refers to, directly or as the one member of an `allOf`.
pub(crate) fn reference_name(node: &Value) -> Option<&str> {
    if let Some(reference) = node.get("$ref") {
        return component(reference);
    }
    match node.get("allOf")?.as_array()?.as_slice() {
        [only] => reference_name(only),
        _ => None,
    }
}

/// A YAML file as JSON. Duplicate keys are an error.
pub(crate) fn read_yaml(path: &Path) -> Result<Value, String> {
    yaml(&workspace::read(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

pub(crate) fn yaml(text: &str) -> Result<Value, String> {
    let tree: yaml_serde::Value = yaml_serde::from_str(text).map_err(|e| e.to_string())?;
    serde_json::to_value(tree).map_err(|e| e.to_string())
}

/// Reads a part of an object. A part that is absent or of another type reads as empty.
pub(crate) trait Node {
    fn part(&self, key: &str) -> Option<&Value>;

    fn word(&self, key: &str) -> &str {
        self.part(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The members of an object.
    fn fields(&self, key: &str) -> impl Iterator<Item = (&str, &Value)> + use<'_, Self> {
        let fields = self.part(key).and_then(Value::as_object).into_iter().flatten();
        fields.map(|(name, value)| (name.as_str(), value))
    }

    fn list(&self, key: &str) -> impl Iterator<Item = &Value> + use<'_, Self> {
        self.part(key).and_then(Value::as_array).into_iter().flatten()
    }

    /// The texts of an array.
    fn words(&self, key: &str) -> impl Iterator<Item = &str> + use<'_, Self> {
        self.list(key).filter_map(Value::as_str)
    }

    fn has(&self, key: &str) -> bool {
        self.part(key).is_some()
    }

    fn flag(&self, key: &str) -> bool {
        self.part(key) == Some(&Value::Bool(true))
    }
}

impl Node for Value {
    fn part(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

impl Node for Map<String, Value> {
    fn part(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}
