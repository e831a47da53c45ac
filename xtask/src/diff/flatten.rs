//! An operation as a flat list of fields, each with the facts that are compared.

use crate::generate::values;
use crate::spec::{Document, Envelope, Field, Node, Operation, fields, reference_name};
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
    let mut flat = Flat {
        call: call(operation),
        fields: BTreeMap::new(),
        enums: BTreeMap::new(),
    };
    for parameter in operation.parameters() {
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let field = Field {
            path: parameter.word("name").to_owned(),
            owner: "",
            node: schema,
            target: document.target(schema),
            required: Some(parameter.flag("required")),
        };
        let facts = flat.add(Way::Parameter, field);
        facts.insert("place", text(parameter, "in"));
        facts.insert("description", text(parameter, "description"));
        facts.insert("grade", text(parameter, "x-evidence"));
    }
    for field in fields(document, operation.request().map(|(_, schema)| schema)) {
        flat.add(Way::Request, field);
    }
    for field in fields(document, operation.success()) {
        flat.add(Way::Reply, field);
    }
    flat
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

impl Flat {
    fn add(&mut self, way: Way, field: Field<'_>) -> &mut Facts {
        let Field { node, target, .. } = field;
        let mut facts = Facts::new();
        if let Some(required) = field.required {
            let required = required && !node.flag("nullable") && !target.flag("nullable");
            let presence = if required { "required" } else { "optional" };
            facts.insert("presence", presence.to_owned());
        }
        if let Some(name) = reference_name(node).filter(|_| target.has("enum")) {
            facts.insert("type", format!("enum `{name}`"));
            let values = values(target).map(str::to_owned).collect();
            self.enums.insert(name.to_owned(), values);
        } else {
            facts.insert("type", kind(target));
        }
        facts.insert("unit", text(target, "x-unit"));
        facts.insert("kind of id", text(target, "x-id"));
        facts.insert("sensitivity", text(target, "x-sensitive"));
        facts.insert("checks", checks(target));
        facts.insert("grade", text(node, "x-evidence"));
        facts.insert("description", text(node, "description"));
        let stored = self.fields.entry((way, field.path)).or_default();
        *stored = facts;
        stored
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
