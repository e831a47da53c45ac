//! What a change of the document is called, and whether it breaks.

use super::{Change, compare, markdown};
use crate::spec::Document;
use crate::workspace;
use serde_json::{Value, json};

fn changes(place: &str, change: impl FnOnce(&mut Value)) -> Vec<Change> {
    let old = Document::read(&workspace::root().join(workspace::SPEC)).unwrap();
    let mut root = old.root().clone();
    change(root.pointer_mut(place).unwrap());
    compare::documents(&old, &Document::from_value(root))
}

fn lines(found: &[Change]) -> Vec<String> {
    found
        .iter()
        .map(|c| format!("{} {} {}", c.under, if c.breaking { "!" } else { "-" }, c.text))
        .collect()
}

#[test]
fn equal_documents_report_no_change() {
    assert_eq!(
        markdown("HEAD", &changes("", |_| {})),
        "## Changes of the API since `HEAD`\n\nNone.\n"
    );
}

#[test]
fn renamed_enum_value_is_removed_and_added() {
    let found = changes("/components/schemas/OfframpStatus/enum", |values| {
        values[2] = json!("done");
    });
    assert_eq!(
        lines(&found),
        [
            "Enum `OfframpStatus` ! value `finished` removed (used by `get_offramp`, `list_offramps`)",
            "Enum `OfframpStatus` - value `done` added (used by `get_offramp`, `list_offramps`)",
        ]
    );
    assert_eq!(
        markdown("v1", &found),
        "## Changes of the API since `v1`\n\n2 changes, **1 breaking**.\n\n### Enum `OfframpStatus`\n\n\
         - **breaking**: value `finished` removed (used by `get_offramp`, `list_offramps`)\n\
         - not breaking: value `done` added (used by `get_offramp`, `list_offramps`)\n"
    );
}

#[test]
fn changed_refusal_codes_are_reported() {
    let found = changes("/paths/~1register~1company/post/x-refusals", |codes| {
        *codes = json!(["authorization_incorrect", "email_not_allowed", "db_insert_failed"]);
    });
    assert_eq!(
        lines(&found),
        [
            "`create_company_customer` - the call: refusals authorization_incorrect, user_already_exists, \
             email_not_allowed → authorization_incorrect, email_not_allowed, db_insert_failed",
        ]
    );
}

#[test]
fn only_breaking_changes_fail_the_task() {
    let properties = "/components/schemas/CreatedPayment/properties";
    let removed = changes(properties, |p| drop(p.as_object_mut().unwrap().remove("bic")));
    let refusal = super::refuse_breaking("v1", &removed).unwrap_err();
    assert!(
        refusal.starts_with("diff: 1 of the changes since v1 break callers."),
        "{refusal}"
    );
    let field =
        json!({ "type": "string", "description": "New.", "x-evidence": "assumed", "x-sensitive": "none" });
    let added = changes(properties, |p| p["colour"] = field);
    assert!(!added.is_empty());
    assert_eq!(super::refuse_breaking("v1", &added), Ok(()));
    assert_eq!(super::refuse_breaking("v1", &[]), Ok(()));
}

#[test]
fn only_removed_reply_fields_break() {
    let properties = "/components/schemas/CreatedPayment/properties";
    let field =
        json!({ "type": "string", "description": "New.", "x-evidence": "assumed", "x-sensitive": "none" });
    let added = changes(properties, |p| p["colour"] = field);
    assert_eq!(
        lines(&added),
        ["`create_payment` - reply field `data.colour` added, optional"]
    );
    let removed = changes(properties, |p| drop(p.as_object_mut().unwrap().remove("bic")));
    assert_eq!(
        lines(&removed),
        ["`create_payment` ! reply field `data.bic` removed"]
    );
}

#[test]
fn new_required_request_field_breaks() {
    let request = "/components/schemas/CreatePaymentRequest";
    let field =
        json!({ "type": "string", "description": "New.", "x-evidence": "assumed", "x-sensitive": "none" });
    let found = changes(request, |schema| {
        schema["properties"]["colour"] = field;
        schema["required"].as_array_mut().unwrap().push(json!("colour"));
    });
    assert_eq!(
        lines(&found),
        ["`create_payment` ! request field `colour` added, required"]
    );
}

#[test]
fn changed_unit_breaks_and_grade_does_not() {
    let amount = "/components/schemas/Payment/properties/fiat_amount";
    let found = lines(&changes(amount, |field| field["x-unit"] = json!("currency-unit")));
    assert!(
        found.contains(
            &"`get_payment` ! reply field `data.fiat_amount`: unit cent → currency-unit".to_owned()
        )
    );
    assert!(found.contains(
        &"`list_payments` ! reply field `data[].fiat_amount`: unit cent → currency-unit".to_owned()
    ));
    let found = lines(&changes(amount, |field| field["x-evidence"] = json!("guide")));
    assert!(
        found
            .contains(&"`get_payment` - reply field `data.fiat_amount`: grade documented → guide".to_owned())
    );
}

#[test]
fn changed_idempotency_path_and_parameter_break() {
    let create = "/paths/~1createPayment/post";
    let found = changes(create, |node| node["x-idempotency"] = json!("keyed"));
    assert_eq!(
        lines(&found),
        ["`create_payment` ! the call: idempotency unsafe → keyed"]
    );
    let moved = changes("/paths", |paths| {
        let item = paths.as_object_mut().unwrap().remove("/createPayment").unwrap();
        paths["/payments"]["post"] = item["post"].clone();
    });
    assert_eq!(
        lines(&moved),
        ["`create_payment` ! the call: call POST /createPayment → POST /payments"]
    );
    let optional = changes("/paths/~1payments/get/parameters/0", |parameter| {
        parameter["required"] = json!(true);
    });
    assert_eq!(
        lines(&optional),
        ["`list_payments` ! parameter `page`: presence optional → required"]
    );
}

#[test]
fn added_and_removed_operations_are_reported() {
    let removed = changes("/paths", |paths| {
        drop(paths.as_object_mut().unwrap().remove("/createPayment"));
    });
    assert!(lines(&removed).contains(&"`create_payment` ! operation removed".to_owned()));
    let renamed = changes("/paths/~1createPayment/post", |node| {
        node["operationId"] = json!("pay");
    });
    assert!(lines(&renamed).contains(&"`pay` - operation added: `POST /createPayment`".to_owned()));
}

#[test]
fn removed_event_spelling_breaks() {
    let old = json!({ "events": [{ "kind": "Done", "type": "B", "aliases": [{ "type": "A" }] }] });
    let new =
        json!({ "events": [{ "kind": "Done", "type": "B", "aliases": [] }, { "kind": "New", "type": "C" }] });
    assert_eq!(
        lines(&compare::events(&old, &new)),
        [
            "Events ! `Done`: spelling `A` removed",
            "Events - event `New` added (`C`)"
        ]
    );
}
