//! The schema of scenario files follows from the structs that read them, and from the rules of their values.

mod reading;

use schemars::Schema;
use serde_json::{Value, json};

use crate::catalogue::Outage;
use crate::catalogue::{EVENT_TYPES, PAYMENT_TYPES};
use crate::faults::{Fault, TransferFault, WebhookFault};

const AMOUNT: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// The rules of values, which the types do not have.
fn rules() -> Vec<(&'static str, Value)> {
    let parts: Vec<_> = Outage::ALL.iter().map(|one| one.name()).collect();
    let methods: Vec<_> = PAYMENT_TYPES
        .iter()
        .map(|method| json!(method))
        .chain([Value::Null])
        .collect();
    let time = json!({"format": "date-time"});
    // Text stands also for the digits of a number.
    let text = json!({"type": ["string", "number", "null"]});
    let amount = json!({"type": ["string", "number"], "pattern": AMOUNT});
    let limit = json!({"type": ["string", "number", "null"], "pattern": AMOUNT});
    vec![
        ("", json!({"title": "Scenario of the CryptoPocket emulator"})),
        (
            "/properties/speed",
            json!({"pattern": "^(instant|manual|realtime|[1-9][0-9]*x)$"}),
        ),
        ("/properties/start_at", time.clone()),
        ("/properties/token_life", json!({"minimum": 1})),
        ("/properties/barred_methods/items", json!({"enum": PAYMENT_TYPES})),
        ("/properties/outages/items", json!({"enum": parts})),
        ("/$defs/Limits/properties/min_purchase", limit.clone()),
        ("/$defs/Limits/properties/card_per_quarter", limit.clone()),
        ("/$defs/Limits/properties/reinforced_above", limit),
        ("/$defs/Customer/properties/email", json!({"format": "email"})),
        (
            "/$defs/Customer/properties/country",
            json!({"pattern": "^[A-Z]{2}$"}),
        ),
        ("/$defs/Customer/properties/external_id", text.clone()),
        (
            "/$defs/Customer/properties/enhanced",
            json!({"enum": ["asked", "done", null]}),
        ),
        (
            "/$defs/BankCredit",
            json!({"description": "Money that arrives on a bank account."}),
        ),
        ("/$defs/BankCredit/properties/amount", amount.clone()),
        ("/$defs/BankCredit/properties/concept", text.clone()),
        ("/$defs/BankCredit/properties/end_to_end_id", text.clone()),
        ("/$defs/BankCredit/properties/meant_for", text.clone()),
        ("/$defs/BankCredit/properties/booked_at", time.clone()),
        ("/$defs/Payment/properties/amount", amount.clone()),
        ("/$defs/Payment/properties/method", json!({"enum": methods})),
        (
            "/$defs/Payment/properties/id",
            json!({"pattern": "^[A-Za-z0-9]{25}$"}),
        ),
        ("/$defs/Payment/properties/external_id", text.clone()),
        (
            "/$defs/Payment/properties/concept",
            json!({"minimum": 1, "maximum": 999_999_999}),
        ),
        ("/$defs/Payment/properties/created_at", time),
        ("/$defs/Offramp/properties/amount", amount),
        (
            "/$defs/Subscription/properties/event",
            json!({"enum": EVENT_TYPES}),
        ),
        ("/$defs/Subscription/properties/url", json!({"format": "uri"})),
        ("/$defs/Fault/properties/fault", json!({"enum": Fault::names()})),
        (
            "/$defs/WebhookFault/properties/fault",
            json!({"enum": WebhookFault::names()}),
        ),
        (
            "/$defs/TransferFault/properties/fault",
            json!({"enum": TransferFault::names()}),
        ),
        ("/$defs/Fault/properties/detail", text.clone()),
        ("/$defs/WebhookFault/properties/detail", text.clone()),
        ("/$defs/TransferFault/properties/detail", text),
        ("/$defs/Fault/properties/times", json!({"minimum": 1})),
        ("/$defs/WebhookFault/properties/times", json!({"minimum": 1})),
        ("/$defs/TransferFault/properties/times", json!({"minimum": 1})),
    ]
}

fn schema() -> Schema {
    let mut schema = schemars::schema_for!(super::file::File);
    for (place, rule) in rules() {
        let target = schema
            .pointer_mut(place)
            .unwrap_or_else(|| panic!("{place} is no field"));
        let target = target.as_object_mut().unwrap();
        target.extend(rule.as_object().unwrap().clone());
    }
    schema
}

#[test]
fn shipped_schema_follows_from_the_code() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../cryptopocket-sandbox/scenario.schema.json"
    );
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    // A published crate has no workspace around it.
    let Ok(shipped) = std::fs::read_to_string(path) else {
        return;
    };
    assert!(
        shipped == text,
        "scenario.schema.json is out of date; UPDATE_SCHEMA=1 cargo test -p cryptopocket-emulator schema"
    );
}
