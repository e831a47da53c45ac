//! Which Rust type carries a field: decided by its `x-unit`, `x-id`, `x-sensitive` or `format`.

use super::walk;
use crate::spec::Document;
use serde_json::{Map, Value, json};

/// Where a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// In a path.
    Path,
    /// In a query or a header.
    Query,
    /// In a JSON or form body.
    Body,
}

/// The type for a schema, as a path in `cryptopocket_types`; `None` leaves it to the generator.
pub(crate) fn rust_type(schema: &Map<String, Value>, position: Position) -> Option<&'static str> {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    if let Some(unit) = text("x-unit") {
        return Some(match (position, unit) {
            (Position::Path | Position::Query, _) => "wire::QueryAmount",
            (_, "currency-unit") => "wire::CurrencyUnits",
            (_, "cent") => "wire::Cents",
            (_, "decimal-string") => "wire::DecimalString",
            (_, "base-unit") => "wire::BaseUnits",
            (_, "coin-unit") => "wire::CoinUnits",
            _ => return None,
        });
    }
    if let Some(id) = text("x-id") {
        return Some(match id {
            "payment" => "id::PaymentId",
            "user" => "id::UserId",
            "offramp" => "id::OfframpId",
            "transaction" => "id::TransactionId",
            "external" => "id::ExternalId",
            "concept" => "id::Concept",
            "txid" => "id::TxId",
            _ => return None,
        });
    }
    match (text("x-sensitive"), text("format")) {
        // The generator writes a path with `Display`, which the guarded types do not show.
        (Some("secret" | "personal"), _) if position == Position::Path => Some("wire::PathText"),
        (Some("secret"), _) => Some("Secret"),
        (Some("personal"), _) => Some("Personal"),
        (_, Some("date-time")) => Some("time::Timestamp"),
        (_, Some("date")) => Some("time::Date"),
        _ => None,
    }
}

pub(super) fn inject(_: &Document, root: &mut Value) {
    inherit_parameter_extensions(root);
    walk::schemas(root, &mut |schema, position| {
        if let Some(path) = rust_type(schema, position) {
            let description = schema.remove("description");
            *schema = Map::new();
            schema.insert("type".to_owned(), json!("string"));
            if let Some(description) = description {
                schema.insert("description".to_owned(), description);
            }
            schema.insert(
                "x-rust-type".to_owned(),
                json!({
                    "crate": "cryptopocket-types",
                    "version": "*",
                    "path": format!("cryptopocket_types::{path}"),
                }),
            );
        } else if schema.get("type") == Some(&json!("string")) {
            schema.remove("format");
        }
    });
}

/// An extension may stand on the parameter or on its schema; the schema is where the type is chosen.
fn inherit_parameter_extensions(root: &mut Value) {
    let items = root
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut);
    for node in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let list = if node.is_array() {
            Some(node)
        } else {
            node.get_mut("parameters")
        };
        for parameter in list.and_then(Value::as_array_mut).into_iter().flatten() {
            for key in ["x-unit", "x-id", "x-sensitive"] {
                let Some(value) = parameter.get(key).cloned() else {
                    continue;
                };
                if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
                    schema.entry(key).or_insert(value);
                }
            }
        }
    }
}

/// The Rust types that a slice asks for.
pub(crate) fn injected(node: &Value) -> std::collections::BTreeSet<String> {
    let mut found = std::collections::BTreeSet::new();
    match node {
        Value::Object(map) => {
            if let Some(path) = map
                .get("x-rust-type")
                .and_then(|t| t.get("path"))
                .and_then(Value::as_str)
            {
                found.insert(path.to_owned());
            }
            map.values().for_each(|child| found.extend(injected(child)));
        }
        Value::Array(list) => list.iter().for_each(|child| found.extend(injected(child))),
        _ => {}
    }
    found
}
