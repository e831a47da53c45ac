//! JSON Schemas of the wire types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::wire::{BaseUnits, Cents, CoinUnits, CurrencyUnits, DecimalString, PathText, QueryAmount};
use crate::{
    Chain, Concept, Currency, Date, Decimal, ExternalId, Extra, Iban, OfframpId, PaymentId, Personal,
    RawJson, Secret, Symbol, Timestamp, TransactionId, TxId, UserId,
};

macro_rules! schemas {
    ($($name:ident, $text:literal, $schema:tt;)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!($schema);
                schema.insert("description".to_owned(), $text.into());
                schema
            }
        }
    )+};
}

schemas! {
    Decimal, "Exact decimal number.", {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"};
    CurrencyUnits, "Currency units: 240 is 240.00 EUR.", {"type": "number"};
    Cents, "Hundredths of a currency unit: 15050 is 150.50 EUR.", {"type": "integer"};
    DecimalString, "Currency units as text.", {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"};
    BaseUnits, "Smallest units of a coin, as digits.", {"type": "string", "pattern": "^[0-9]+$"};
    CoinUnits, "Coin units: 148.32 is 148.32 USDC.", {"type": "number"};
    QueryAmount, "Amount as a query parameter.", {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"};
    PathText, "Personal text in a path.", {"type": "string", "minLength": 1};
    PaymentId, "On-ramp payment.", {"type": "string"};
    UserId, "Customer; a number in requests, a string in replies.", {"type": ["integer", "string"]};
    OfframpId, "Off-ramp transaction.", {"type": "string"};
    TransactionId, "Bank transaction.", {"type": "string"};
    ExternalId, "The integrator's own id.", {"type": "string"};
    Concept, "Reference to write on a bank transfer.", {"type": ["integer", "string"]};
    TxId, "Transaction on a blockchain.", {"type": "string"};
    Symbol, "Symbol of a coin.", {"type": "string"};
    Chain, "Name of a blockchain.", {"type": "string"};
    Currency, "ISO 4217 code.", {"type": "string", "pattern": "^[A-Z]{3}$"};
    Iban, "International bank account number, without spaces.", {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$"};
    Personal, "Personal data.", {"type": "string"};
    Secret, "Secret.", {"type": "string", "format": "password"};
    Timestamp, "Moment in time.", {"type": "string", "format": "date-time"};
    Date, "Calendar date.", {"type": "string", "format": "date"};
    RawJson, "Any JSON value.", {};
    Extra, "Fields this version does not know.", {"type": "object", "additionalProperties": true};
}

/// A text with known values that admits others.
pub(crate) fn open_enum(description: &str, known: &[&str]) -> Schema {
    json_schema!({
        "description": description,
        "anyOf": [{"type": "string", "enum": known}, {"type": "string"}],
    })
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;
    use serde_json::{Value, json};

    use super::*;
    use crate::{Money, PaymentStatus};

    #[derive(serde::Serialize, JsonSchema)]
    struct Reply {
        status: PaymentStatus,
        fiat: Money,
        user_id: Option<UserId>,
        #[serde(flatten)]
        extra: Extra,
    }

    #[test]
    fn reply_schema_names_its_parts_and_stays_open() {
        let schema = schema_for!(Reply).to_value();
        assert_eq!(schema["properties"]["fiat"], json!({"$ref": "#/$defs/Money"}));
        assert_eq!(schema["required"], json!(["status", "fiat"]));
        assert!(matches!(
            schema["additionalProperties"],
            Value::Null | Value::Bool(true)
        ));
        assert_eq!(schema["$defs"]["UserId"]["type"], json!(["integer", "string"]));
        assert_eq!(
            schema["$defs"]["Money"]["properties"]["amount"],
            json!({"$ref": "#/$defs/Decimal"})
        );
    }

    #[test]
    fn open_enum_schema_admits_other_text() {
        let schema = schema_for!(PaymentStatus).to_value();
        let known = ["started", "pending_bank", "payment_received", "coins_sent"];
        assert_eq!(
            schema["anyOf"],
            json!([{"type": "string", "enum": known}, {"type": "string"}])
        );
    }
}
