//! An operation as a flat list of fields, each with the facts that are compared.

use crate::generate::values;
use crate::spec::{Document, Envelope, Node, Operation, reference_name};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The direction of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Parameter,
    Request,
    Reply,
}

/// The facts of one field by their name.
pub(super) type Facts = BTreeMap<&'static str, String>;

/// An operation, flattened.
pub(super) struct Flat {
    /// Facts of the call itself.
    pub(super) call: Facts,
    pub(super) fields: BTreeMap<(Way, String), Facts>,
    /// Values of each enum that the operation mentions.
    pub(super) enums: BTreeMap<String, BTreeSet<String>>,
}

/// Flattens one operation.
pub(super) fn operation(document: &Document, operation: &Operation<'_>) -> Flat {
    let mut walk = Walk {
        document,
        flat: Flat {
            call: call(operation),
            fields: BTreeMap::new(),
            enums: BTreeMap::new(),
        },
        open: Vec::new(),
    };
    for parameter in operation.parameters() {
        let name = parameter.word("name");
        if let Some(schema) = parameter.get("schema") {
            walk.field(Way::Parameter, name, schema, Some(parameter.flag("required")));
        }
        let facts = walk
            .flat
            .fields
            .entry((Way::Parameter, name.to_owned()))
            .or_default();
        facts.insert("place", text(parameter, "in"));
        facts.insert("description", text(parameter, "description"));
        facts.insert("grade", text(parameter, "x-evidence"));
    }
    if let Some((_, schema)) = operation.request() {
        walk.object(Way::Request, "", schema);
    }
    if let Some(schema) = operation.success() {
        walk.object(Way::Reply, "", schema);
    }
    walk.flat
}

fn call(operation: &Operation<'_>) -> Facts {
    let statuses: Vec<&str> = operation
        .node
        .fields("responses")
        .map(|(status, _)| status)
        .collect();
    let answer = match operation.envelope() {
        Envelope::Data | Envelope::List => "`data`",
        Envelope::Whole => "the whole reply",
    };
    let media = operation.request().map_or("", |(media, _)| media);
    let (summary, description) = (operation.text("summary"), operation.text("description"));
    Facts::from([
        (
            "call",
            format!("{} {}", operation.method.to_uppercase(), operation.path),
        ),
        ("tag", operation.tag().to_owned()),
        ("media type", media.to_owned()),
        ("answer", answer.to_owned()),
        ("token", operation.authenticated().to_string()),
        ("idempotency", operation.text("x-idempotency").to_owned()),
        ("statuses", statuses.join(", ")),
        ("refusals", operation.refusals().join(", ")),
        ("grade", operation.text("x-evidence").to_owned()),
        ("source", operation.text("x-source").to_owned()),
        ("description", format!("{summary}\n{description}")),
    ])
}

struct Walk<'a> {
    document: &'a Document,
    flat: Flat,
    /// Schemas on the way down, to end a recursion.
    open: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    /// The fields of an object, and of the objects below it.
    fn object(&mut self, way: Way, at: &str, node: &'a Value) {
        let name = reference_name(node);
        if name.is_some_and(|name| self.open.contains(&name)) {
            return;
        }
        self.open.extend(name);
        let schema = self.document.target(node);
        for (property, node) in schema.fields("properties") {
            let required = schema.words("required").any(|name| name == property);
            let dot = if at.is_empty() { "" } else { "." };
            self.field(way, &format!("{at}{dot}{property}"), node, Some(required));
        }
        if name.is_some() {
            self.open.pop();
        }
    }

    fn field(&mut self, way: Way, at: &str, node: &'a Value, required: Option<bool>) {
        let schema = self.document.target(node);
        let mut facts = Facts::new();
        if let Some(required) = required {
            let required = required && !node.flag("nullable") && !schema.flag("nullable");
            let presence = if required { "required" } else { "optional" };
            facts.insert("presence", presence.to_owned());
        }
        if let Some(name) = reference_name(node).filter(|_| schema.has("enum")) {
            facts.insert("type", format!("enum `{name}`"));
            let values = values(schema).map(str::to_owned).collect();
            self.flat.enums.insert(name.to_owned(), values);
        } else {
            facts.insert("type", kind(schema));
        }
        facts.insert("unit", text(schema, "x-unit"));
        facts.insert("kind of id", text(schema, "x-id"));
        facts.insert("sensitivity", text(schema, "x-sensitive"));
        facts.insert("checks", checks(schema));
        facts.insert("grade", text(node, "x-evidence"));
        facts.insert("description", text(node, "description"));
        self.flat.fields.insert((way, at.to_owned()), facts);
        match schema.get("items") {
            Some(items) if self.document.target(items).has("properties") => {
                self.object(way, &format!("{at}[]"), items);
            }
            Some(items) => self.field(way, &format!("{at}[]"), items, None),
            None => self.object(way, at, node),
        }
    }
}

fn text(node: &Value, key: &str) -> String {
    node.word(key).trim().to_owned()
}

fn kind(schema: &Value) -> String {
    let kinds: Vec<&str> = schema.list("oneOf").map(|member| member.word("type")).collect();
    match schema.word("format") {
        _ if !kinds.is_empty() => kinds.join(" or "),
        "" => schema.word("type").to_owned(),
        format => format!("{} ({format})", schema.word("type")),
    }
}

fn checks(schema: &Value) -> String {
    let keys = [
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
    ];
    let found = keys
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), schema.get(key)?.clone())));
    let found: Map<String, Value> = found.collect();
    if found.is_empty() {
        String::new()
    } else {
        Value::Object(found).to_string()
    }
}
