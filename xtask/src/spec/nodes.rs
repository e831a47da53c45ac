//! The parts of the document the tasks talk about.

use super::Document;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Schemas that describe a refusal. In a 200 reply they stand second in its `oneOf`.
pub(crate) const ERROR_SCHEMAS: [&str; 3] = ["ErrorResponse", "IntegrationError", "ValidationErrorResponse"];

/// The six tags: one generated module and one Cargo feature each.
pub(crate) struct Tag;

impl Tag {
    pub(crate) const ALL: [&'static str; 6] = ["common", "users", "onramp", "offramp", "banking", "webhooks"];

    pub(crate) fn order(tag: &str) -> usize {
        Self::ALL
            .iter()
            .position(|known| *known == tag)
            .unwrap_or(Self::ALL.len())
    }
}

/// What of a success reply is handed to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// The `data` of the reply: the rest of it says only "success".
    Data,
    /// The whole reply: it has no `data`, or more beside it (pagination).
    Whole,
}

/// One call: a path and a method.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'a> {
    pub(super) document: &'a Document,
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    pub(crate) node: &'a Value,
}

impl<'a> Operation<'a> {
    pub(crate) fn id(&self) -> &'a str {
        self.text("operationId")
    }

    pub(crate) fn tag(&self) -> &'a str {
        self.node
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A text property of the operation, or "".
    pub(crate) fn text(&self, key: &str) -> &'a str {
        self.node.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The codes that prove that the call was refused and nothing was done.
    pub(crate) fn refusals(&self) -> Vec<&'a str> {
        let codes = self.node.get("x-refusals").and_then(Value::as_array);
        codes.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The operation's own parameters and those of its path.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let document = self.document;
        let shared = document
            .root
            .get("paths")
            .and_then(|p| p.get(self.path)?.get("parameters"));
        [shared, self.node.get("parameters")]
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(move |p| document.resolve(p))
    }

    /// Media type and schema of the request body.
    pub(crate) fn request(&self) -> Option<(&'a str, &'a Value)> {
        let body = self.document.resolve(self.node.get("requestBody")?)?;
        let (media, content) = body.get("content")?.as_object()?.iter().next()?;
        Some((media, content.get("schema")?))
    }

    /// The media-type object of the 200 reply (schema and examples).
    pub(crate) fn reply(&self) -> Option<&'a Value> {
        let reply = self.document.resolve(self.node.get("responses")?.get("200")?)?;
        reply.get("content")?.get("application/json")
    }

    /// The branches of the 200 reply: one, or the members of its `oneOf`.
    pub(crate) fn reply_branches(&self) -> Vec<&'a Value> {
        match self.reply().and_then(|r| r.get("schema")) {
            None => Vec::new(),
            Some(schema) => match schema.get("oneOf").and_then(Value::as_array) {
                Some(branches) => branches.iter().collect(),
                None => vec![schema],
            },
        }
    }

    /// The success branch of the 200 reply.
    pub(crate) fn success(&self) -> Option<&'a Value> {
        self.reply_branches().into_iter().find(|branch| !is_error(branch))
    }

    /// The envelope schema of the success reply, resolved.
    pub(crate) fn success_schema(&self) -> Option<&'a Value> {
        self.document.resolve(self.success()?)
    }

    pub(crate) fn envelope(&self) -> Envelope {
        let properties = self
            .success_schema()
            .and_then(|s| s.get("properties")?.as_object());
        let only_data = properties.is_some_and(|map| {
            map.contains_key("data")
                && map
                    .keys()
                    .all(|key| matches!(key.as_str(), "status" | "message" | "data"))
        });
        if only_data {
            Envelope::Data
        } else {
            Envelope::Whole
        }
    }

    /// Whether the call carries the token.
    pub(crate) fn authenticated(&self) -> bool {
        self.node
            .get("security")
            .and_then(Value::as_array)
            .is_none_or(|list| !list.is_empty())
    }
}

pub(crate) fn is_error(branch: &Value) -> bool {
    reference_name(branch).is_some_and(|name| ERROR_SCHEMAS.contains(&name))
}

/// The schema a node refers to, directly or as the one member of an `allOf`.
pub(crate) fn reference_name(node: &Value) -> Option<&str> {
    if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        return reference.strip_prefix("#/components/schemas/");
    }
    match node.get("allOf")?.as_array()?.as_slice() {
        [only] => reference_name(only),
        _ => None,
    }
}

/// Names of all component schemas mentioned anywhere under a node.
pub(crate) fn references(node: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(node, &mut found);
    found
}

fn collect(node: &Value, found: &mut BTreeSet<String>) {
    match node {
        Value::Object(map) => {
            if let Some(name) = map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| r.strip_prefix("#/components/schemas/"))
            {
                found.insert(name.to_owned());
            }
            map.values().for_each(|child| collect(child, found));
        }
        Value::Array(list) => list.iter().for_each(|child| collect(child, found)),
        _ => {}
    }
}
