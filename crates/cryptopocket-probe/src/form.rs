//! Forms of values: what the specification expects, and what the SDK reads all the same.

use cryptopocket_core::shape::Kind;
use cryptopocket_types::reading::{FromJson, Surprises};
use cryptopocket_types::wire::{BaseUnits, Cents, CoinUnits, CurrencyUnits, DecimalString};
use cryptopocket_types::{Date, Timestamp};
use serde_json::Value;

use crate::outline::Field;

/// Whether the kind is the one that the specification states.
pub(crate) fn is_expected(field: &Field, kind: Kind) -> bool {
    if field.wire_form.contains(&kind) {
        return true;
    }
    match field.form.as_str() {
        "boolean" => kind == Kind::Boolean,
        "integer" => kind == Kind::Integer,
        "number" => matches!(kind, Kind::Integer | Kind::Decimal),
        "number-text" => matches!(kind, Kind::IntegerText | Kind::DecimalText),
        "time" => kind == Kind::TimeText,
        "date" => kind == Kind::DateText,
        "id" => kind == Kind::Integer || kind.is_text() && kind != Kind::EmptyText,
        "string" => kind.is_text() && !(field.key && kind == Kind::EmptyText),
        "list" => kind.is_list(),
        "object" => kind.is_object(),
        _ => true,
    }
}

/// Whether the SDK reads the value, by the readers that its replies are made of.
pub(crate) fn is_readable(field: &Field, value: &Value) -> bool {
    let json = value.to_string();
    match (field.form.as_str(), field.unit.as_str()) {
        (_, "cent") => reads::<Cents>(&json),
        (_, "base-unit") => reads::<BaseUnits>(&json),
        (_, "decimal-string") => reads::<DecimalString>(&json),
        (_, "coin-unit") => reads::<CoinUnits>(&json),
        (_, "currency-unit") => reads::<CurrencyUnits>(&json),
        ("boolean", _) => reads::<bool>(&json),
        ("integer", _) => reads::<i64>(&json),
        ("time", _) => reads::<Timestamp>(&json),
        ("date", _) => reads::<Date>(&json),
        ("string" | "id", _) if field.words.is_empty() => reads::<String>(&json),
        ("string", _) => value.is_string(),
        ("list", _) => value.is_array(),
        ("object", _) => value.is_object(),
        _ => true,
    }
}

fn reads<T: FromJson>(json: &str) -> bool {
    T::from_json(json, &mut Surprises::new()).is_ok()
}

/// The form that the specification states, for people.
pub(crate) fn expected(field: &Field) -> &str {
    match field.form.as_str() {
        "number-text" => "a number as text",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "time" => "a time in RFC 3339",
        "date" => "a date",
        "id" => "a whole number or text",
        "string" => "text",
        "object" => "an object",
        "list" => "a list",
        other => other,
    }
}
