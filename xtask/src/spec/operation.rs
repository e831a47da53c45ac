//! One call of the API.

use super::{Document, Node, reference_name};
use serde_json::Value;

pub(super) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Schemas of refusals. In a 200 reply they are the second branch of its `oneOf`.
pub(crate) const ERROR_SCHEMAS: [&str; 3] = ["ErrorResponse", "IntegrationError", "ValidationErrorResponse"];

/// The tags, in their order: one generated module and one Cargo feature each.
pub(crate) const TAGS: [&str; 6] = ["common", "users", "onramp", "offramp", "banking", "webhooks"];

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

    /// Its node in a copy of the document.
    pub(crate) fn node_in<'c>(&self, copy: &'c mut Value) -> Option<&'c mut Value> {
        copy.get_mut("paths")?.get_mut(self.path)?.get_mut(self.method)
    }

    /// A text property of the operation, or "".
    pub(crate) fn text(&self, key: &str) -> &'a str {
        self.node.word(key)
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

    pub(crate) fn is_form(&self) -> bool {
        self.request().is_some_and(|(media, _)| media.contains("form"))
    }

    /// The media-type object of the 200 reply (schema and examples).
    pub(crate) fn reply(&self) -> Option<&'a Value> {
        let reply = self.document.resolve(self.node.get("responses")?.get("200")?)?;
        reply.get("content")?.get("application/json")
    }

    /// The success branch of the 200 reply.
    pub(crate) fn success(&self) -> Option<&'a Value> {
        self.branch(false)
    }

    /// The branch of refusals of the 200 reply.
    pub(crate) fn refusal(&self) -> Option<&'a Value> {
        self.branch(true)
    }

    /// The reply, or a member of its `oneOf`.
    fn branch(&self, refuses: bool) -> Option<&'a Value> {
        let schema = self.reply()?.get("schema")?;
        let whole = Some(schema).filter(|schema| !schema.has("oneOf"));
        let mut branches = schema.list("oneOf").chain(whole);
        branches.find(|branch| {
            reference_name(branch).is_some_and(|name| ERROR_SCHEMAS.contains(&name)) == refuses
        })
    }

    pub(crate) fn data(&self) -> Option<&'a Value> {
        self.document
            .target(self.success()?)
            .get("properties")?
            .get("data")
    }

    pub(crate) fn envelope(&self) -> Envelope {
        let schema = self.success().map(|node| self.document.target(node));
        let mut beside = schema.into_iter().flat_map(|schema| schema.fields("properties"));
        match self.data() {
            Some(data) if data.word("type") == "array" => Envelope::List,
            Some(_) if beside.all(|(name, _)| matches!(name, "status" | "message" | "data")) => {
                Envelope::Data
            }
            _ => Envelope::Whole,
        }
    }

    pub(crate) fn authenticated(&self) -> bool {
        !self.node.has("security") || self.node.list("security").next().is_some()
    }
}
