//! Each rule, with the workspace's document broken in one place.

mod candidates;
mod samples;
mod schemas;

use super::{Finding, lint};
use crate::spec::{self, Document, ERROR_SCHEMAS, TAGS};
use crate::workspace;
use serde_json::{Value, json};
use std::sync::LazyLock;

const CREATE: &str = "/paths/~1createPayment/post";
const GET: &str = "/paths/~1payment~1{payment_id}/get";
const SUBSCRIBE: &str = "/paths/~1subscribeToWebhook/post";
const SCHEMAS: &str = "/components/schemas";

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| read(workspace::SPEC));
static EVENTS: LazyLock<Value> = LazyLock::new(|| read(workspace::EVENTS));

#[allow(clippy::unwrap_used, reason = "a test cannot run without the documents")]
fn read(path: &str) -> Value {
    spec::read_yaml(&workspace::root().join(path)).unwrap()
}

fn document() -> Value {
    DOCUMENT.clone()
}

fn events() -> Value {
    EVENTS.clone()
}

/// The findings after a change at a place of the document.
#[track_caller]
fn broken(place: &str, change: impl FnOnce(&mut Value)) -> Vec<Finding> {
    let mut root = document();
    change(
        root.pointer_mut(place)
            .unwrap_or_else(|| panic!("the document has no {place}")),
    );
    lint(&Document::from_value(root), Some(&events()))
}

fn set(key: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |node| node[key] = value
}

fn remove(key: &'static str) -> impl FnOnce(&mut Value) {
    move |node| drop(node.as_object_mut().unwrap().remove(key))
}

/// Asserts that the rule is reported at the place.
#[track_caller]
fn assert_named(found: &[Finding], rule: &str, at: &str) {
    let speaks = found
        .iter()
        .any(|finding| finding.rule == rule && finding.at.contains(at));
    assert!(speaks, "rule {rule} is silent about {at}; found: {found:#?}");
}

#[test]
fn document_keeps_every_rule() {
    let found = lint(&Document::from_value(document()), Some(&events()));
    assert!(found.is_empty(), "{}", super::report(&found));
}

#[test]
fn finding_names_place_rule_and_cure() {
    let found = broken(CREATE, set("operationId", json!("createPayment")));
    let text = super::report(&found);
    assert!(
        text.contains("createPayment: `operationId` is \"createPayment\" [operation-id]"),
        "{text}"
    );
    assert!(text.contains("cure: write a snake_case `operationId`"), "{text}");
}

#[test]
fn only_openapi_3_0_is_accepted() {
    assert_named(
        &broken("", set("openapi", json!("3.1.0"))),
        "openapi-3.0",
        "document",
    );
}

#[test]
fn key_dropped_by_the_reader_is_reported() {
    let reference = json!({ "$ref": "#/components/schemas/PaymentStatus", "description": "lost" });
    let found = broken("/components/schemas/Payment/properties", set("status", reference));
    assert_named(
        &found,
        "known-keys",
        "/components/schemas/Payment/properties/status/description",
    );
    assert_named(
        &broken(CREATE, set("sumary", json!("?"))),
        "known-keys",
        "/post/sumary",
    );
}

#[test]
fn unreadable_document_is_reported() {
    assert_named(
        &broken(CREATE, set("parameters", json!(7))),
        "readable",
        "document",
    );
}

#[test]
fn dangling_reference_is_reported() {
    let found = broken(SCHEMAS, remove("CreatedPayment"));
    assert_named(&found, "reference", "/components/schemas/CreatePaymentReply");
}

#[test]
fn every_schema_is_used() {
    let orphan =
        json!({ "type": "object", "description": "Nobody's.", "x-evidence": "assumed", "properties": {} });
    assert_named(&broken(SCHEMAS, set("Orphan", orphan)), "reachable", "Orphan");
}

#[test]
fn schemas_named_by_the_provider_stay() {
    assert_named(
        &broken(SCHEMAS, remove("FindUserSuccess")),
        "provider-names",
        "FindUserSuccess",
    );
}

#[test]
fn operation_ids_are_snake_case_and_unique() {
    assert_named(
        &broken(CREATE, remove("operationId")),
        "operation-id",
        "post /createPayment",
    );
    assert_named(
        &broken(CREATE, set("operationId", json!("get_payment"))),
        "operation-id",
        "get_payment",
    );
}

#[test]
fn operation_has_one_known_tag() {
    assert_named(
        &broken(CREATE, set("tags", json!(["onramp", "users"]))),
        "one-tag",
        "create_payment",
    );
    assert_named(
        &broken(CREATE, set("tags", json!(["payments"]))),
        "one-tag",
        "create_payment",
    );
    assert_named(&broken(CREATE, remove("tags")), "one-tag", "create_payment");
}

#[test]
fn everything_is_described() {
    for key in ["summary", "description", "x-source"] {
        assert_named(&broken(CREATE, remove(key)), "documented", "create_payment");
    }
    assert_named(
        &broken(&format!("{GET}/parameters/0"), remove("description")),
        "documented",
        "payment_id",
    );
    let wallet = "/components/schemas/CreatePaymentRequest/properties/wallet";
    assert_named(&broken(wallet, remove("description")), "documented", "wallet");
}

#[test]
fn idempotency_is_known_and_get_is_safe() {
    assert_named(
        &broken(CREATE, remove("x-idempotency")),
        "idempotency",
        "create_payment",
    );
    assert_named(
        &broken(GET, set("x-idempotency", json!("unsafe"))),
        "idempotency",
        "get_payment",
    );
}

#[test]
fn body_has_one_supported_media_type() {
    let content = format!("{CREATE}/requestBody/content");
    let second = json!({ "schema": { "$ref": "#/components/schemas/CreatePaymentRequest" } });
    let form = "application/x-www-form-urlencoded";
    assert_named(
        &broken(&content, set(form, second.clone())),
        "one-media-type",
        "create_payment",
    );
    let multipart = |node: &mut Value| *node = json!({ "multipart/form-data": second });
    assert_named(&broken(&content, multipart), "one-media-type", "create_payment");
}

#[test]
fn body_is_required_and_named() {
    let body = format!("{CREATE}/requestBody");
    assert_named(
        &broken(&body, remove("required")),
        "required-body",
        "create_payment",
    );
    let inline = json!({ "type": "object", "properties": {} });
    let media = format!("{body}/content/application~1json");
    assert_named(
        &broken(&media, set("schema", inline)),
        "named-request",
        "create_payment",
    );
}

#[test]
fn form_fields_are_scalars() {
    let schema = document()
        .pointer(&format!(
            "{SUBSCRIBE}/requestBody/content/application~1x-www-form-urlencoded/schema/$ref"
        ))
        .and_then(Value::as_str)
        .unwrap()
        .trim_start_matches('#')
        .to_owned();
    let list = json!({ "type": "array", "items": { "type": "integer" }, "description": "?", "x-evidence": "assumed" });
    assert_named(
        &broken(&format!("{schema}/properties"), set("types", list)),
        "form-scalars",
        "subscribe_webhook",
    );
}

#[test]
fn rules_name_the_tags_and_errors_of_the_generator() {
    let rules = include_str!("rules.yaml");
    assert!(rules.contains(&format!("[{}]", TAGS.join(", "))));
    assert_eq!(
        rules.matches(&format!("({})", ERROR_SCHEMAS.join("|"))).count(),
        2
    );
}

#[test]
fn success_is_200_and_refusals_use_error_schemas() {
    let replies = format!("{CREATE}/responses");
    assert_named(
        &broken(&replies, set("201", json!({ "description": "?" }))),
        "one-success",
        "create_payment",
    );
    for (place, missing) in [
        ("", "200"),
        ("/200", "content"),
        ("/200/content", "application/json"),
        ("/200/content/application~1json", "schema"),
    ] {
        let found = broken(&format!("{replies}{place}"), remove(missing));
        assert_named(&found, "one-success", "create_payment");
    }
    assert_named(
        &broken(&replies, set("default", json!({ "description": "?" }))),
        "one-success",
        "create_payment",
    );
    assert_named(
        &broken(&replies, set("409", json!({ "description": "?" }))),
        "error-schema",
        "create_payment",
    );
}

#[test]
fn reply_is_one_success_or_one_error() {
    let schema = format!("{CREATE}/responses/200/content/application~1json/schema");
    let rule = "success-and-error";
    let second = |node: &mut Value| {
        node["oneOf"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "$ref": "#/components/schemas/Quote" }));
    };
    assert_named(&broken(&schema, second), rule, "create_payment");
    let no_error = |node: &mut Value| node["oneOf"].as_array_mut().unwrap().truncate(1);
    assert_named(&broken(&schema, no_error), rule, "create_payment");
    let inline = |node: &mut Value| node["oneOf"][0] = json!({ "type": "object" });
    assert_named(&broken(&schema, inline), rule, "create_payment");
}

#[test]
fn parameter_is_a_scalar_in_path_or_query() {
    let parameter = format!("{GET}/parameters/0");
    assert_named(
        &broken(&parameter, set("in", json!("cookie"))),
        "parameter-place",
        "payment_id",
    );
    assert_named(
        &broken(&parameter, set("style", json!("label"))),
        "plain-parameter",
        "payment_id",
    );
    let list = json!({ "type": "array", "items": { "type": "integer" } });
    assert_named(
        &broken(&parameter, set("schema", list)),
        "scalar-parameter",
        "payment_id",
    );
    let moment = json!({ "type": "string", "format": "date-time" });
    assert_named(
        &broken(&parameter, set("schema", moment)),
        "time-in-path",
        "payment_id",
    );
}

#[test]
fn path_declares_each_parameter() {
    assert_named(&broken(GET, remove("parameters")), "path-template", "get_payment");
    assert_named(
        &broken(&format!("{GET}/parameters/0"), set("name", json!("id"))),
        "path-template",
        "get_payment",
    );
    let mixed = |paths: &mut Value| {
        let item = paths
            .as_object_mut()
            .unwrap()
            .remove("/payment/{payment_id}")
            .unwrap();
        paths["/payment/p{payment_id}"] = item;
    };
    assert_named(&broken("/paths", mixed), "path-template", "get_payment");
}

#[test]
fn unchecked_keyword_is_reported() {
    let payment = "/components/schemas/Payment";
    assert_named(
        &broken(payment, set("minProperties", json!(1))),
        "keywords",
        "Payment",
    );
}
