//! The Rust type of a field: its open enum, or one chosen by its `x-unit`, `x-id`, `x-sensitive` or `format`.

use crate::spec::{Document, Node, Position, holders, schemas};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The types by key and word of a schema, as paths in `cryptopocket_types`. The first row that fits counts.
const TYPES: [(&str, &str, &str); 17] = [
    ("x-unit", "currency-unit", "wire::CurrencyUnits"),
    ("x-unit", "cent", "wire::Cents"),
    ("x-unit", "decimal-string", "wire::DecimalString"),
    ("x-unit", "base-unit", "wire::BaseUnits"),
    ("x-unit", "coin-unit", "wire::CoinUnits"),
    ("x-id", "payment", "id::PaymentId"),
    ("x-id", "user", "id::UserId"),
    ("x-id", "offramp", "id::OfframpId"),
    ("x-id", "transaction", "id::TransactionId"),
    ("x-id", "external", "id::ExternalId"),
    ("x-id", "concept", "id::Concept"),
    ("x-id", "txid", "id::TxId"),
    ("x-id", "currency", "Currency"),
    ("x-sensitive", "secret", "Secret"),
    ("x-sensitive", "personal", "Personal"),
    ("format", "date-time", "time::Timestamp"),
    ("format", "date", "time::Date"),
];

/// The type for a schema; `None` leaves it to the generator.
fn rust_type(schema: &Map<String, Value>, position: Position) -> Option<&'static str> {
    let mut types = TYPES.into_iter();
    let (key, _, own) = types.find(|(key, word, _)| schema.word(key) == *word)?;
    Some(match (key, position) {
        ("x-unit", Position::Path | Position::Query) => "wire::QueryAmount",
        // A path is written with `Display`, which the guarded types do not show.
        ("x-sensitive", Position::Path) => "wire::PathText",
        _ => own,
    })
}

pub(super) fn inject(document: &Document, root: &mut Value) {
    if let Some(paths) = root.get_mut("paths") {
        // A parameter's own extensions choose the type of its schema.
        holders(paths, &mut |holder| {
            for key in ["x-unit", "x-id", "x-sensitive"] {
                let value = holder.get(key).cloned();
                let schema = holder.get_mut("schema").and_then(Value::as_object_mut);
                if let (Some(value), Some(schema)) = (value, schema) {
                    schema.entry(key).or_insert(value);
                }
            }
        });
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
