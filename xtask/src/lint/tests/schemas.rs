//! Rules on schemas and their extensions.

use super::{CREATE, GET, assert_named, broken, remove, set};
use serde_json::json;

#[test]
fn property_has_a_type() {
    let wallet = "/components/schemas/CreatePaymentRequest/properties/wallet";
    assert_named(&broken(wallet, remove("type")), "typed", "wallet");
    assert_named(&broken(wallet, set("type", json!("array"))), "typed", "wallet");
}

#[test]
fn objects_have_names_and_stay_open() {
    let properties = "/components/schemas/Payment/properties";
    let inline = json!({ "type": "object", "description": "?", "x-evidence": "assumed", "properties": {} });
    assert_named(
        &broken(properties, set("payer", inline)),
        "named-objects",
        "payer",
    );
    let payment = "/components/schemas/Payment";
    assert_named(
        &broken(payment, set("additionalProperties", json!(false))),
        "open-objects",
        "Payment",
    );
    let map = json!({ "type": "integer" });
    assert_named(
        &broken(payment, set("additionalProperties", map)),
        "open-objects",
        "Payment",
    );
}

#[test]
fn property_name_extra_is_reserved() {
    let extra = json!({ "type": "integer", "description": "?", "x-evidence": "assumed" });
    assert_named(
        &broken("/components/schemas/Payment/properties", set("extra", extra)),
        "extra",
        "Payment",
    );
}

#[test]
fn required_properties_exist() {
    let payment = "/components/schemas/Payment/required";
    let more = |node: &mut serde_json::Value| node.as_array_mut().unwrap().push(json!("colour"));
    assert_named(&broken(payment, more), "required", "Payment");
}

#[test]
fn unions_are_refused() {
    let wallet = "/components/schemas/CreatePaymentRequest/properties/wallet";
    assert_named(
        &broken(wallet, set("anyOf", json!([{ "type": "string" }]))),
        "no-unions",
        "wallet",
    );
    assert_named(
        &broken(wallet, set("oneOf", json!([{ "type": "string" }]))),
        "no-unions",
        "wallet",
    );
    let status = "/components/schemas/Payment/properties/status/allOf";
    let second =
        |node: &mut serde_json::Value| node.as_array_mut().unwrap().push(json!({ "type": "object" }));
    assert_named(&broken(status, second), "no-unions", "status");
}

#[test]
fn enums_are_named_open_and_described() {
    let wallet = "/components/schemas/CreatePaymentRequest/properties/wallet";
    assert_named(
        &broken(wallet, set("enum", json!(["a"]))),
        "named-enums",
        "wallet",
    );
    let status = "/components/schemas/PaymentStatus";
    assert_named(&broken(status, remove("x-open")), "open-enums", "PaymentStatus");
    assert_named(
        &broken(status, set("type", json!("integer"))),
        "named-enums",
        "PaymentStatus",
    );
    assert_named(
        &broken(status, remove("x-enum-descriptions")),
        "enum-values",
        "PaymentStatus",
    );
    let add = |value: &'static str| {
        move |node: &mut serde_json::Value| node["enum"].as_array_mut().unwrap().push(json!(value))
    };
    assert_named(&broken(status, add("refunded")), "enum-values", "PaymentStatus");
    assert_named(&broken(status, add("COINS_SENT")), "enum-values", "PaymentStatus");
    assert_named(&broken(status, add("3ds")), "enum-values", "PaymentStatus");
}

#[test]
fn everything_has_a_grade() {
    assert_named(
        &broken(CREATE, remove("x-evidence")),
        "evidence",
        "create_payment",
    );
    assert_named(
        &broken(CREATE, set("x-evidence", json!("sure"))),
        "evidence",
        "create_payment",
    );
    assert_named(
        &broken(&format!("{GET}/parameters/0"), remove("x-evidence")),
        "evidence",
        "payment_id",
    );
    assert_named(
        &broken("/components/schemas/Payment", remove("x-evidence")),
        "evidence",
        "Payment",
    );
    let holder = "/components/schemas/Payment/properties/holder";
    assert_named(&broken(holder, remove("x-evidence")), "evidence", "holder");
    let graded = "/components/schemas/PaymentStatus/x-enum-evidence";
    assert_named(
        &broken(graded, set("started", json!("sure"))),
        "evidence",
        "started",
    );
}

#[test]
fn unknown_extension_is_reported() {
    let wallet = "/components/schemas/CreatePaymentRequest/properties/wallet";
    assert_named(
        &broken(wallet, set("x-sensitiv", json!("none"))),
        "known-extensions",
        "wallet",
    );
    assert_named(
        &broken(CREATE, set("x-colour", json!("red"))),
        "known-extensions",
        "create_payment",
    );
}

#[test]
fn amount_has_a_unit_of_its_type() {
    let amount = "/components/schemas/Payment/properties/fiat_amount";
    assert_named(&broken(amount, remove("x-unit")), "unit", "fiat_amount");
    assert_named(
        &broken(amount, set("x-unit", json!("pence"))),
        "unit",
        "fiat_amount",
    );
    assert_named(
        &broken(amount, set("x-unit", json!("decimal-string"))),
        "unit",
        "fiat_amount",
    );
    let rate = json!({ "type": "number", "description": "?", "x-evidence": "assumed" });
    assert_named(
        &broken("/components/schemas/Quote/properties", set("rate", rate)),
        "unit",
        "rate",
    );
}

#[test]
fn id_has_a_known_kind() {
    let id = "/components/schemas/Payment/properties/id";
    assert_named(&broken(id, set("x-id", json!("invoice"))), "id", "Payment");
    assert_named(&broken(id, set("type", json!("boolean"))), "id", "Payment");
}

#[test]
fn text_has_a_sensitivity() {
    let wallet = "/components/schemas/CreatePaymentRequest/properties/wallet";
    assert_named(&broken(wallet, remove("x-sensitive")), "sensitivity", "wallet");
    assert_named(
        &broken(wallet, set("x-sensitive", json!("very"))),
        "sensitivity",
        "wallet",
    );
}
