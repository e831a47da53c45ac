use cryptopocket_core::testing::Answer;
use cryptopocket_core::{Effect, Sent};
use cryptopocket_types::UserId;

use super::*;
use crate::tests::{block_on, scripted};

const REPLY: &str =
    r#"{"status":"ok","data":{"id":100067,"kyc_form_url":"https://kyc.example.com/f/CANARY","tier":"gold"}}"#;

#[test]
fn unset_fields_are_not_sent() {
    let (users, transport) = scripted("create_customer", &[Answer::json(REPLY)]);
    let created = block_on(users.create_customer(NewCustomer::new("Ada", "ada@example.com"))).unwrap();
    assert_eq!(
        transport.body("create_customer"),
        r#"{"email":"ada@example.com","name":"Ada"}"#
    );
    assert_eq!(created.id, UserId::from(100_067));
    assert_eq!(created.extra.get("tier").unwrap().get(), r#""gold""#);
    assert!(!format!("{created:?}").contains("CANARY"));
}

#[test]
fn every_field_is_sent_under_its_name() {
    let (users, transport) = scripted("create_customer", &[Answer::json(REPLY)]);
    let ada = NewCustomer::new("Ada", "ada@example.com")
        .last_name("Lovelace")
        .phone("+34600000000")
        .country("ES")
        .identification("PASSPORT".into(), "X1")
        .user_type(UserType::Individual)
        .callback_url("https://shop.example.com/kyc");
    block_on(users.create_customer(ada)).unwrap();
    let expected = concat!(
        r#"{"callback_url":"https://shop.example.com/kyc","country":"ES","email":"ada@example.com","#,
        r#""identification_number":"X1","identification_type":"PASSPORT","last_name":"Lovelace","#,
        r#""name":"Ada","phone":"+34600000000","user_type":"individual"}"#
    );
    assert_eq!(transport.body("create_customer"), expected);
}

#[test]
fn bad_input_is_refused_before_sending() {
    let ada = || NewCustomer::new("Ada", "ada@example.com");
    for (customer, field) in [
        (NewCustomer::new(" ", "ada@example.com"), "name"),
        (NewCustomer::new("Ada", "ada.example.com"), "email"),
        (ada().country("Spain"), "country"),
        (
            ada().country("MX").identification("CIF".into(), "B1"),
            "identification_type",
        ),
        (
            ada().identification("PASSPORT".into(), " "),
            "identification_number",
        ),
        (ada().callback_url("/kyc"), "callback_url"),
    ] {
        let (users, transport) = scripted("create_customer", &[]);
        let error = block_on(users.create_customer(customer)).unwrap_err();
        assert!(error.is_validation() && error.sent() == Sent::No, "{error:?}");
        assert!(
            error.to_string().starts_with(field) && !error.advice().is_empty(),
            "{error}"
        );
        assert_eq!(transport.calls("create_customer"), 0);
    }
}

#[test]
fn lost_answer_is_never_resent() {
    let (users, transport) = scripted("create_customer", &[Answer::lost(), Answer::json(REPLY)]);
    let error = block_on(users.create_customer(NewCustomer::new("Ada", "ada@example.com"))).unwrap_err();
    assert!(error.effect() == Effect::Unknown);
    assert_eq!(transport.calls("create_customer"), 1);
}

#[test]
fn unknown_code_keeps_its_text() {
    let (users, _) = scripted("create_customer", &[Answer::error_code("country_paused")]);
    let error = block_on(users.create_customer(NewCustomer::new("Ada", "ada@example.com"))).unwrap_err();
    assert!(error.is_refused() && error.has_code("country_paused"));
}
