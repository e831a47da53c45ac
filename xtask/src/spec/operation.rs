//! One call of the API.

use super::{Document, Node, reference_name};
use serde_json::Value;

pub(super) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Schemas of refusals. In a 200 reply they are the second branch of its `oneOf`.
pub(crate) const ERROR_SCHEMAS: [&str; 3] = ["ErrorResponse", "IntegrationError", "ValidationErrorResponse"];

/// The six tags: one generated module and one Cargo feature each.
pub(crate) struct Tag;

impl Tag {
    pub(crate) const ALL: [&'static str; 6] = ["common", "users", "onramp", "offramp", "banking", "webhooks"];

    pub(crate) fn order(tag: &str) -> usize {
        let position = Self::ALL.iter().position(|known| *known == tag);
        position.unwrap_or(Self::ALL.len())
    }
}

/// The part of a success reply that is handed to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// The `data` of the reply: the rest of it says only "success".
    Data,
    /// Rows in `data`, perhaps with the numbers of the page beside them.
    List,
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

    /// The id, or method and path if there is none.
    pub(crate) fn name(&self) -> String {
        match self.id() {
            "" => format!("{} {}", self.method, self.path),
            id => id.to_owned(),
        }
    }

    pub(crate) fn tag(&self) -> &'a str {
        self.node.words("tags").next().unwrap_or_default()
    }

    /// A text property of the operation, or "".
    pub(crate) fn text(&self, key: &str) -> &'a str {
        self.node.word(key)
    }

    /// The codes that prove that the call was refused and nothing was done.
    pub(crate) fn refusals(&self) -> Vec<&'a str> {
        self.node.words("x-refusals").collect()
    }

    /// The operation's own parameters and those of its path.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let document = self.document;
        let item = document.root.get("paths").and_then(|paths| paths.get(self.path));
        let shared = item.into_iter().flat_map(|item| item.list("parameters"));
        shared
            .chain(self.node.list("parameters"))
            .filter_map(|parameter| document.resolve(parameter))
    }

    /// Media type and schema of the request body.
    pub(crate) fn request(&self) -> Option<(&'a str, &'a Value)> {
        let body = self.document.resolve(self.node.get("requestBody")?)?;
        let (media, content) = body.fields("content").next()?;
        Some((media, content.get("schema")?))
    }

    /// Whether the request is sent as a form.
    pub(crate) fn is_form(&self) -> bool {
        self.request().is_some_and(|(media, _)| media.contains("form"))
    }

    /// The media-type object of the 200 reply (schema and examples).
    pub(crate) fn reply(&self) -> Option<&'a Value> {
        let reply = self.document.resolve(self.node.get("responses")?.get("200")?)?;
        reply.get("content")?.get("application/json")
    }

    /// The branches of the 200 reply: one, or the members of its `oneOf`.
    pub(crate) fn reply_branches(&self) -> Vec<&'a Value> {
        let schema = self.reply().and_then(|reply| reply.get("schema"));
        match schema {
            Some(schema) if schema.has("oneOf") => schema.list("oneOf").collect(),
            schema => schema.into_iter().collect(),
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
        let schema = self.success_schema().unwrap_or(&Value::Null);
        let mut names = schema.fields("properties").map(|(name, _)| name);
        let has_data = schema.pointer("/properties/data").is_some();
        if schema
            .pointer("/properties/data")
            .is_some_and(|data| data.word("type") == "array")
        {
            Envelope::List
        } else if has_data && names.all(|name| matches!(name, "status" | "message" | "data")) {
            Envelope::Data
        } else {
            Envelope::Whole
        }
    }

    /// Whether the call carries the token.
    pub(crate) fn authenticated(&self) -> bool {
        !self.node.has("security") || self.node.list("security").next().is_some()
    }
}

pub(crate) fn is_error(branch: &Value) -> bool {
    reference_name(branch).is_some_and(|name| ERROR_SCHEMAS.contains(&name))
}
