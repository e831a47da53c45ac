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
    let mut found = Vec::new();
    if let Some(schema) = schema {
        below(document, "", schema, &mut Vec::new(), &mut found);
    }
    found
}

/// `open` are the schemas on the way down.
fn below<'a>(
    document: &'a Document,
    at: &str,
    node: &'a Value,
    open: &mut Vec<&'a str>,
    found: &mut Vec<Field<'a>>,
) {
    let owner = reference_name(node).unwrap_or_default();
    if !owner.is_empty() && open.contains(&owner) {
        return;
    }
    open.push(owner);
    let schema = document.target(node);
    let items = schema.get("items").map(|node| (format!("{at}[]"), node, None));
    let properties = schema.fields("properties").map(|(property, node)| {
        let required = schema.words("required").any(|name| name == property);
        let dot = if at.is_empty() { "" } else { "." };
        (format!("{at}{dot}{property}"), node, Some(required))
    });
    for (path, node, required) in items.into_iter().chain(properties) {
        let target = document.target(node);
        // An item that is an object is its fields.
        if required.is_some() || !target.has("properties") {
            found.push(Field {
                path: path.clone(),
                owner,
                node,
                target,
                required,
            });
        }
        below(document, &path, node, open, found);
    }
    open.pop();
}
