//! Rules on guesses.

use super::{SCHEMAS, assert_named, broken, remove, set};
use serde_json::json;

const PRICE: &str = "/paths/~1tokenPrice/get";
const PAGE: &str = "/paths/~1payments/get/parameters/0";
const PER_PAGE: &str = "/paths/~1payments/get/parameters/1";

#[test]
fn guessed_path_needs_candidates() {
    assert_named(
        &broken(PRICE, remove("x-candidates")),
        "candidates",
        "get_token_price",
    );
    assert_named(
        &broken(PRICE, set("x-candidates", json!("/price"))),
        "candidates",
        "get_token_price",
    );
}

#[test]
fn guessed_name_needs_candidates_or_a_reason() {
    let price = format!("{SCHEMAS}/TokenPrice/properties/price");
    assert_named(
        &broken(&price, remove("x-candidates")),
        "candidates",
        "property `price`",
    );
    assert_named(
        &broken(PER_PAGE, remove("x-candidates")),
        "candidates",
        "parameter `per_page`",
    );
    // Beside candidates a reason is none.
    assert_named(
        &broken(&price, set("x-no-candidates", json!("why"))),
        "candidates",
        "property `price`",
    );
    let email = format!("{SCHEMAS}/CreateCustomerDelegatedKycRequest/properties/email");
    assert_named(
        &broken(&email, set("x-no-candidates", json!(""))),
        "candidates",
        "property `email`",
    );
    // An envelope is found by its form.
    let data = format!("{SCHEMAS}/GetTokenPriceReply/properties/data");
    assert_eq!(broken(&data, set("description", json!("The price."))), []);
}

#[test]
fn observed_forms_are_kinds_and_units_differ() {
    let price = format!("{SCHEMAS}/TokenPrice/properties/price");
    assert_eq!(broken(&price, set("x-wire-form", json!(["decimal-text"]))), []);
    for form in [json!("text"), json!([]), json!([7]), json!(["a b"])] {
        assert_named(
            &broken(&price, set("x-wire-form", form)),
            "wire-form",
            "property `price`",
        );
    }
    assert_eq!(broken(&price, set("x-wire-unit", json!("cent"))), []);
    for unit in ["currency-unit", "euro"] {
        assert_named(
            &broken(&price, set("x-wire-unit", json!(unit))),
            "wire-unit",
            "property `price`",
        );
    }
}

#[test]
fn candidate_path_is_new_and_has_the_same_parameters() {
    for list in [
        json!(["price"]),
        json!(["/price/{symbol}"]),
        json!(["/payments"]),
        json!(["/price", "/price"]),
        json!(["/transactions"]),
    ] {
        let found = broken(PRICE, set("x-candidates", list.clone()));
        assert!(found.iter().any(|finding| finding.rule == "candidates"), "{list}");
    }
}

#[test]
fn candidate_name_is_no_sibling() {
    for list in [
        json!(["page"]),
        json!(["a.b"]),
        json!(["x y"]),
        json!(["size", "size"]),
        json!([7]),
    ] {
        let found = broken(PER_PAGE, set("x-candidates", list));
        assert_named(&found, "candidates", "parameter `per_page`");
    }
    let holder = format!("{SCHEMAS}/Payment/properties/holder");
    assert_eq!(broken(&holder, set("x-candidates", json!(["payer.name"]))), []);
    assert_named(
        &broken(&holder, set("x-candidates", json!(["status"]))),
        "candidates",
        "property `holder`",
    );
}

#[test]
fn wire_name_is_unique_among_siblings() {
    let holder = format!("{SCHEMAS}/Payment/properties/holder");
    assert_eq!(broken(&holder, set("x-wire-name", json!("payer"))), []);
    for name in [json!("status"), json!(""), json!(7)] {
        assert_named(
            &broken(&holder, set("x-wire-name", name)),
            "wire-name",
            "property `holder`",
        );
    }
}

#[test]
fn first_page_is_zero_or_one() {
    assert_named(
        &broken(PAGE, set("x-first-page", json!(2))),
        "first-page",
        "list_payments",
    );
    assert_named(
        &broken(PER_PAGE, set("x-first-page", json!(0))),
        "first-page",
        "list_payments",
    );
}
