//! Every node of the document that a rule is about, with a name for findings.

use crate::spec::{Document, Node, Operation, reference_name};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A node and its position.
pub(super) struct Place<'a> {
    pub(super) at: String,
    /// The last name: of the property, parameter or component.
    pub(super) name: &'a str,
    /// The kind of node, as `rules.yaml` names it.
    pub(super) kind: &'static str,
    pub(super) node: Cow<'a, Value>,
}

pub(super) fn all<'a>(document: &'a Document, events: Option<&'a Value>) -> Vec<Place<'a>> {
    let operations = document.operations();
    let envelopes = operations.iter();
    let envelopes = envelopes.filter_map(|operation| reference_name(operation.success()?));
    let mut places = Places {
        found: Vec::new(),
        envelopes: envelopes.collect(),
    };
    places.add("document", "", "document", document.root());
    for (name, schema) in document.schemas() {
        places.schema(format!("schema `{name}`"), name, "component", schema);
    }
    for operation in &operations {
        places.operation(document, operation);
    }
    for event in events.into_iter().flat_map(|events| events.list("events")) {
        let at = format!("event {}", event.word("type"));
        places.add(&at, "", "event", event);
        for sample in event.list("examples") {
            let at = format!("{at}, sample `{}`", sample.word("name"));
            places.add(at, "", "event sample", sample);
        }
    }
    places.found
}

struct Places<'a> {
    found: Vec<Place<'a>>,
    /// The components that are envelopes of replies.
    envelopes: BTreeSet<&'a str>,
}

impl<'a> Places<'a> {
    fn add(&mut self, at: impl Into<String>, name: &'a str, kind: &'static str, node: &'a Value) {
        self.found.push(Place {
            at: at.into(),
            name,
            kind,
            node: Cow::Borrowed(node),
        });
    }

    fn operation(&mut self, document: &'a Document, operation: &Operation<'a>) {
        let at = operation.name();
        self.add(&at, "", "operation", operation.node);
        if operation.method == "get" {
            self.add(&at, "", "get", operation.node);
        }
        for parameter in operation.parameters() {
            let name = parameter.word("name");
            let at = format!("{at}, parameter `{name}`");
            let mut resolved = parameter.clone();
            if let Some(schema) = parameter.get("schema") {
                self.schema(at.clone(), name, "parameter schema", schema);
                resolved["schema"] = document.resolve(schema).unwrap_or(schema).clone();
            }
            self.found.push(Place {
                at,
                name,
                kind: "parameter",
                node: Cow::Owned(resolved),
            });
        }
        if let Some(body) = operation.node.get("requestBody") {
            self.request(document, format!("{at}, request"), body);
        }
        for (status, reply) in operation.node.fields("responses") {
            let kind = if status == "200" { "reply" } else { "refusal" };
            let reply = document.resolve(reply).unwrap_or(reply);
            self.contents(&format!("{at}, reply {status}"), kind, reply);
        }
    }

    fn request(&mut self, document: &'a Document, at: String, body: &'a Value) {
        let body = document.resolve(body).unwrap_or(body);
        self.contents(&at, "request body", body);
        for (media, content) in body.fields("content") {
            let target = content.get("schema").and_then(|schema| document.resolve(schema));
            let Some(target) = target else { continue };
            self.add(&at, "", "request object", target);
            for (name, field) in target.fields("properties").filter(|_| media.contains("form")) {
                let field = document.resolve(field).unwrap_or(field);
                self.add(format!("{at}, field `{name}`"), name, "form field", field);
            }
        }
        self.add(at, "", "request", body);
    }

    /// The bodies of a request or a reply, each with its schema.
    fn contents(&mut self, at: &str, kind: &'static str, node: &'a Value) {
        for (_, content) in node.fields("content") {
            if let Some(schema) = content.get("schema") {
                self.add(at, "", "content", content);
                self.schema(at.to_owned(), "", kind, schema);
            }
        }
    }

    /// A schema and those inside it.
    fn schema(&mut self, at: String, name: &'a str, kind: &'static str, schema: &'a Value) {
        let is_envelope = kind == "component" && self.envelopes.contains(name);
        for (property, inner) in schema.fields("properties") {
            let is_found = is_envelope && ["status", "message", "data", "pagination"].contains(&property);
            let kind = if is_found { "envelope property" } else { "property" };
            let at = format!("{at}, property `{property}`");
            self.schema(at, property, kind, inner);
        }
        let items = schema.get("items").map(|inner| ("items", "item", inner));
        let values = schema.get("additionalProperties").filter(|node| node.is_object());
        let values = values.map(|inner| ("values", "map value", inner));
        let members = ["allOf", "oneOf", "anyOf"].into_iter();
        let members = members.flat_map(|key| schema.list(key).map(move |inner| (key, "member", inner)));
        for (step, kind, inner) in items.into_iter().chain(values).chain(members) {
            self.schema(format!("{at}, {step}"), name, kind, inner);
        }
        self.add(at, name, kind, schema);
    }
}
