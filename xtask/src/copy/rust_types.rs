//! The Rust type of a field: its open enum, or one chosen by its `x-unit`, `x-id`, `x-sensitive` or `format`.

use crate::spec::{Document, Node, Position, holders, schemas};
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

pub(super) fn inject(document: &Document, root: &mut Value) {
    if let Some(paths) = root.get_mut("paths") {
        holders(paths, &mut inherit_extensions);
    }
    schemas(root, &mut |schema, position| {
        let named = schema.word("$ref").rsplit('/').next().unwrap_or_default();
        let is_enum = document.schema(named).is_some_and(|schema| schema.has("enum"));
        let own = if is_enum {
            Some(named)
        } else {
            rust_type(schema, position)
        };
        if let Some(own) = own {
            let path = format!("cryptopocket_types::{own}");
            let injected = json!({"crate": "cryptopocket-types", "version": "*", "path": path});
            let description = schema.remove("description");
            *schema = Map::from_iter(description.map(|text| ("description".to_owned(), text)));
            schema.insert("type".to_owned(), json!("string"));
            schema.insert("x-rust-type".to_owned(), injected);
        } else if schema.word("type") == "string" {
            schema.remove("format");
        }
    });
}

/// Copies extensions of a parameter to its schema, where the type is chosen.
fn inherit_extensions(holder: &mut Map<String, Value>) {
    for key in ["x-unit", "x-id", "x-sensitive"] {
        let value = holder.get(key).cloned();
        let schema = holder.get_mut("schema").and_then(Value::as_object_mut);
        if let (Some(value), Some(schema)) = (value, schema) {
            schema.entry(key).or_insert(value);
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
