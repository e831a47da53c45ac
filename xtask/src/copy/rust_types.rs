//! The Rust type of a field, chosen by its `x-unit`, `x-id`, `x-sensitive` or `format`.

use crate::spec::{Document, Node, Position, fields_mut, schemas};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The type for a schema, as a path in `cryptopocket_types`; `None` leaves it to the generator.
pub(crate) fn rust_type(schema: &Map<String, Value>, position: Position) -> Option<&'static str> {
    let in_body = position == Position::Body;
    Some(
        match (
            schema.word("x-unit"),
            schema.word("x-id"),
            schema.word("x-sensitive"),
            schema.word("format"),
        ) {
            ("currency-unit" | "cent" | "decimal-string" | "base-unit" | "coin-unit", ..) if !in_body => {
                "wire::QueryAmount"
            }
            ("currency-unit", ..) => "wire::CurrencyUnits",
            ("cent", ..) => "wire::Cents",
            ("decimal-string", ..) => "wire::DecimalString",
            ("base-unit", ..) => "wire::BaseUnits",
            ("coin-unit", ..) => "wire::CoinUnits",
            (_, "payment", ..) => "id::PaymentId",
            (_, "user", ..) => "id::UserId",
            (_, "offramp", ..) => "id::OfframpId",
            (_, "transaction", ..) => "id::TransactionId",
            (_, "external", ..) => "id::ExternalId",
            (_, "concept", ..) => "id::Concept",
            (_, "txid", ..) => "id::TxId",
            (_, "currency", ..) => "Currency",
            // The generator writes a path with `Display`, which the guarded types do not show.
            (_, _, "secret" | "personal", _) if position == Position::Path => "wire::PathText",
            (_, _, "secret", _) => "Secret",
            (_, _, "personal", _) => "Personal",
            (_, _, _, "date-time") => "time::Timestamp",
            (_, _, _, "date") => "time::Date",
            _ => return None,
        },
    )
}

pub(super) fn inject(_: &Document, root: &mut Value) {
    inherit_parameter_extensions(root);
    schemas(root, &mut |schema, position| {
        if let Some(path) = rust_type(schema, position) {
            let description = schema.remove("description");
            *schema = Map::from_iter(description.map(|text| ("description".to_owned(), text)));
            schema.insert("type".to_owned(), json!("string"));
            let path = format!("cryptopocket_types::{path}");
            let injected = json!({"crate": "cryptopocket-types", "version": "*", "path": path});
            schema.insert("x-rust-type".to_owned(), injected);
        } else if schema.word("type") == "string" {
            schema.remove("format");
        }
    });
}

/// Copies extensions of a parameter to its schema, where the type is chosen.
fn inherit_parameter_extensions(root: &mut Value) {
    let nodes = fields_mut(root, "paths").filter_map(|(_, item)| item.as_object_mut());
    for node in nodes.flat_map(Map::values_mut) {
        let list = if node.is_array() {
            Some(node)
        } else {
            node.get_mut("parameters")
        };
        for parameter in list.and_then(Value::as_array_mut).into_iter().flatten() {
            for key in ["x-unit", "x-id", "x-sensitive"] {
                let value = parameter.get(key).cloned();
                let schema = parameter.get_mut("schema").and_then(Value::as_object_mut);
                if let (Some(value), Some(schema)) = (value, schema) {
                    schema.entry(key).or_insert(value);
                }
            }
        }
    }
}

/// The Rust types that a slice names.
pub(crate) fn injected(slice: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    schemas(&mut slice.clone(), &mut |schema, _| {
        if let Some(injected) = schema.get("x-rust-type") {
            found.insert(injected.word("path").to_owned());
        }
    });
    found
}
