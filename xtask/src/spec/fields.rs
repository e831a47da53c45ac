//! Every field below a schema, whatever its depth.

use super::{Document, Node, reference_name};
use serde_json::Value;

/// A property, or an item that is no object.
pub(crate) struct Field<'a> {
    /// Such as `data[].payment_id`.
    pub(crate) path: String,
    /// The schema that it stands in; "" if that has no name.
    pub(crate) owner: &'a str,
    pub(crate) node: &'a Value,
    /// The schema that the node refers to, or the node.
    pub(crate) target: &'a Value,
    /// `None` for an item.
    pub(crate) required: Option<bool>,
}

impl Field<'_> {
    /// Its own name, without that of its object.
    pub(crate) fn property(&self) -> &str {
        self.path.rsplit(['.', ']']).next().unwrap_or_default()
    }
}

/// The fields below a schema, outer before inner. A schema inside of itself is not entered again.
pub(crate) fn fields<'a>(document: &'a Document, schema: Option<&'a Value>) -> Vec<Field<'a>> {
    let mut walk = Walk {
        document,
        open: Vec::new(),
        found: Vec::new(),
    };
    if let Some(schema) = schema {
        walk.below("", schema);
    }
    walk.found
}

struct Walk<'a> {
    document: &'a Document,
    /// Schemas on the way down.
    open: Vec<&'a str>,
    found: Vec<Field<'a>>,
}

impl<'a> Walk<'a> {
    fn below(&mut self, at: &str, node: &'a Value) {
        let name = reference_name(node).unwrap_or_default();
        if !name.is_empty() && self.open.contains(&name) {
            return;
        }
        self.open.push(name);
        let schema = self.document.target(node);
        if let Some(items) = schema.get("items") {
            let at = format!("{at}[]");
            if self.document.target(items).has("properties") {
                self.below(&at, items);
            } else {
                self.field(&at, name, items, None);
            }
        }
        for (property, node) in schema.fields("properties") {
            let required = schema.words("required").any(|name| name == property);
            let dot = if at.is_empty() { "" } else { "." };
            self.field(&format!("{at}{dot}{property}"), name, node, Some(required));
        }
        self.open.pop();
    }

    fn field(&mut self, path: &str, owner: &'a str, node: &'a Value, required: Option<bool>) {
        self.found.push(Field {
            path: path.to_owned(),
            owner,
            node,
            target: self.document.target(node),
            required,
        });
        self.below(path, node);
    }
}
