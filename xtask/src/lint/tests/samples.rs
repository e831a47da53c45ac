//! Rules on samples and events.

use super::{CREATE, assert_named, broken, document, events, set};
use crate::lint::lint;
use crate::spec::Document;
use serde_json::{Value, json};

#[test]
fn every_body_has_a_sample_of_success() {
    let media = format!("{CREATE}/requestBody/content/application~1json");
    let none = |node: &mut Value| {
        node.as_object_mut().unwrap().retain(|key, _| key == "schema");
    };
    assert_named(&broken(&media, none), "samples", "create_payment, request");
    let reply = format!("{CREATE}/responses/200/content/application~1json");
    let refusal = json!({ "refused": { "value": { "status": "error", "error": "user_banned" } } });
    assert_named(
        &broken(&reply, set("examples", refusal)),
        "samples",
        "create_payment, reply 200",
    );
}

#[test]
fn samples_fit_their_schemas() {
    let media = format!("{CREATE}/requestBody/content/application~1json");
    let sample = |change: fn(&mut Value)| {
        move |node: &mut Value| {
            let mut sample = node["examples"].as_object().unwrap().values().next().unwrap()["value"].clone();
            change(&mut sample);
            node["examples"] = json!({ "changed": { "value": sample } });
        }
    };
    let rule = "valid-samples";
    assert_named(
        &broken(&media, sample(|s| s["wallet"] = json!(7))),
        rule,
        "create_payment, request",
    );
    assert_named(
        &broken(&media, sample(|s| s["walet"] = json!("0x"))),
        rule,
        "create_payment, request",
    );
    assert_named(
        &broken(&media, sample(|s| s["payment_type"] = json!("cheque"))),
        rule,
        "create_payment, request",
    );
    assert_named(
        &broken(&media, sample(|s| s["user_id"] = Value::Null)),
        rule,
        "create_payment, request",
    );
    let without = sample(|s| drop(s.as_object_mut().unwrap().remove("user_id")));
    assert_named(&broken(&media, without), rule, "create_payment, request");
}

#[test]
fn samples_are_checked_for_formats_and_bounds() {
    let place = "/components/schemas/Payment";
    let found = broken(place, |node| {
        let property = |schema: Value| {
            let mut schema = schema;
            schema["description"] = json!("?");
            schema["x-evidence"] = json!("assumed");
            schema
        };
        node["properties"]["a"] =
            property(json!({ "type": "string", "format": "date", "example": "31-12-2026" }));
        node["properties"]["b"] =
            property(json!({ "type": "string", "maxLength": 2, "x-sensitive": "none", "example": "abc" }));
        node["properties"]["c"] =
            property(json!({ "type": "string", "pattern": "^x", "x-sensitive": "none", "example": "y" }));
        node["properties"]["d"] = property(json!({ "type": "integer", "minimum": 3, "example": 2 }));
        node["properties"]["e"] = property(
            json!({ "type": "array", "items": { "type": "integer" }, "minItems": 1, "example": [] }),
        );
        node["properties"]["f"] = property(
            json!({ "type": "string", "format": "colour", "x-sensitive": "none", "example": "red" }),
        );
    });
    for name in ["a", "b", "c", "d", "e", "f"] {
        assert_named(&found, "valid-samples", &format!("property `{name}`"));
    }
}

#[test]
fn events_agree_with_the_document() {
    let broken = |change: fn(&mut Value)| {
        let mut events = events();
        change(&mut events);
        lint(&Document::from_value(document()), Some(&events))
    };
    let renamed = broken(|e| e["events"][0]["type"] = json!("PAYIN"));
    assert_named(&renamed, "event-types", "events");
    let twice = broken(|e| e["events"][1]["type"] = json!("PAY_IN"));
    assert_named(&twice, "event-types", "event PAY_IN");
    assert_named(
        &broken(|e| e["events"][0]["object"] = json!("Payments")),
        "event-object",
        "event PAY_IN",
    );
    assert_named(
        &broken(|e| e["events"][0]["source"] = json!("")),
        "event-fields",
        "event PAY_IN",
    );
    let sample = broken(|e| e["events"][0]["examples"][0]["body"]["data"]["fiat_amount"] = json!("150.50"));
    assert_named(&sample, "event-samples", "event PAY_IN, sample");
    let state = broken(|e| e["events"][0]["examples"][0]["body"]["data"]["status"] = json!("started"));
    assert_named(&state, "event-samples", "event PAY_IN, sample");
    assert_named(
        &broken(|e| e["events"][0]["examples"][0]["envelope"] = json!("x")),
        "event-samples",
        "event PAY_IN",
    );
}
