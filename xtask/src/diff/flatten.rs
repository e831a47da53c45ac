//! An operation as a flat list of fields, each with its facts: what two revisions can be compared by.

use crate::generate::values;
use crate::spec::{Document, Envelope, Operation, reference_name};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Which way a field travels.
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
    let mut flat = Flat {
        call: call(operation),
        fields: BTreeMap::new(),
        enums: BTreeMap::new(),
    };
    let mut walk = Walk {
        document,
        flat: &mut flat,
        open: Vec::new(),
    };
    for parameter in operation.parameters() {
        let name = super::word(parameter, "name").to_owned();
        let required = parameter.get("required") == Some(&Value::Bool(true));
        if let Some(schema) = parameter.get("schema") {
            walk.field(Way::Parameter, &name, schema, Some(required));
        }
        let facts = walk.flat.fields.entry((Way::Parameter, name)).or_default();
        facts.insert("place", super::word(parameter, "in").to_owned());
        facts.insert("description", super::word(parameter, "description").to_owned());
        facts.insert("grade", super::word(parameter, "x-evidence").to_owned());
    }
    if let Some((_, schema)) = operation.request() {
        walk.object(Way::Request, "", schema);
    }
    if let Some(schema) = operation.success() {
        walk.object(Way::Reply, "", schema);
    }
    flat
}

fn call(operation: &Operation<'_>) -> Facts {
    let replies = operation.node.get("responses").and_then(Value::as_object);
    let statuses: Vec<&str> = replies
        .into_iter()
        .flatten()
        .map(|(status, _)| status.as_str())
        .collect();
    Facts::from([
        (
            "call",
            format!("{} {}", operation.method.to_uppercase(), operation.path),
        ),
        ("tag", operation.tag().to_owned()),
        (
            "media type",
            operation
                .request()
                .map(|(media, _)| media.to_owned())
                .unwrap_or_default(),
        ),
        (
            "answer",
            if operation.envelope() == Envelope::Data {
                "`data`"
            } else {
                "the whole reply"
            }
            .to_owned(),
        ),
        ("token", operation.authenticated().to_string()),
        ("idempotency", operation.text("x-idempotency").to_owned()),
        ("refusals", statuses.join(", ")),
        ("grade", operation.text("x-evidence").to_owned()),
        ("source", operation.text("x-source").to_owned()),
        (
            "description",
            format!("{}\n{}", operation.text("summary"), operation.text("description")),
        ),
    ])
}

struct Walk<'a> {
    document: &'a Document,
    flat: &'a mut Flat,
    /// Schemas on the way down, to end a recursion.
    open: Vec<String>,
}

impl Walk<'_> {
    /// The fields of an object, and of the objects below it.
    fn object(&mut self, way: Way, at: &str, node: &Value) {
        let name = reference_name(node).map(str::to_owned);
        if let Some(name) = &name {
            if self.open.contains(name) {
                return;
            }
            self.open.push(name.clone());
        }
        let schema = target(self.document, node);
        let required: BTreeSet<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (property, node) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let at = if at.is_empty() {
                property.clone()
            } else {
                format!("{at}.{property}")
            };
            self.field(way, &at, node, Some(required.contains(property.as_str())));
        }
        if name.is_some() {
            self.open.pop();
        }
    }

    fn field(&mut self, way: Way, at: &str, node: &Value, required: Option<bool>) {
        let schema = target(self.document, node);
        let mut facts = Facts::new();
        if let Some(required) = required {
            let nullable = [node, schema]
                .iter()
                .any(|n| n.get("nullable") == Some(&Value::Bool(true)));
            facts.insert(
                "presence",
                if required && !nullable {
                    "required"
                } else {
                    "optional"
                }
                .to_owned(),
            );
        }
        if let Some(name) = reference_name(node)
            && schema.get("enum").is_some()
        {
            facts.insert("type", format!("enum `{name}`"));
            self.flat
                .enums
                .insert(name.to_owned(), values(schema).map(str::to_owned).collect());
        } else {
            facts.insert("type", kind(schema));
        }
        for (fact, key) in [
            ("unit", "x-unit"),
            ("kind of id", "x-id"),
            ("sensitivity", "x-sensitive"),
        ] {
            facts.insert(fact, super::word(schema, key).to_owned());
        }
        facts.insert("checks", checks(schema));
        facts.insert("grade", super::word(node, "x-evidence").to_owned());
        facts.insert("description", super::word(node, "description").to_owned());
        self.flat.fields.insert((way, at.to_owned()), facts);
        if let Some(items) = schema.get("items") {
            if target(self.document, items).get("properties").is_some() {
                self.object(way, &format!("{at}[]"), items);
            } else {
                self.field(way, &format!("{at}[]"), items, None);
            }
        } else {
            self.object(way, at, node);
        }
    }
}

/// The schema behind a reference, also one in a single `allOf`.
fn target<'a>(document: &'a Document, node: &'a Value) -> &'a Value {
    reference_name(node)
        .and_then(|name| document.schema(name))
        .unwrap_or(node)
}

fn kind(schema: &Value) -> String {
    let one_of = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let kinds: Vec<&str> = one_of.map(|member| super::word(member, "type")).collect();
    if !kinds.is_empty() {
        return kinds.join(" or ");
    }
    match super::word(schema, "format") {
        "" => super::word(schema, "type").to_owned(),
        format => format!("{} ({format})", super::word(schema, "type")),
    }
}

fn checks(schema: &Value) -> String {
    const KEYS: [&str; 7] = [
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
    ];
    let found: Map<String, Value> = KEYS
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), schema.get(key)?.clone())))
        .collect();
    if found.is_empty() {
        String::new()
    } else {
        Value::Object(found).to_string()
    }
}
