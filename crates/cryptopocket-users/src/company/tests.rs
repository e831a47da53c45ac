use cryptopocket_core::testing::Answer;
use cryptopocket_types::UserId;

use super::*;
use crate::tests::{block_on, scripted};

const OPERATION: &str = "create_company_customer";

fn engines() -> NewCompany {
    NewCompany::new("Analytical Engines S.L.", "kyb@engines.example.com")
}

#[test]
fn reply_is_complete_and_debug_hides_secrets() {
    let reply = r#"{"status":"ok","data":{"id":7,"uuid":"u-7","kyb_link":"https://k.example.com/CANARY","password":"CANARY123456"}}"#;
    let (users, transport) = scripted(OPERATION, &[Answer::json(reply)]);
    let created = block_on(users.create_company(engines())).unwrap();
    assert_eq!(created.id, UserId::from(7));
    assert_eq!(created.uuid.as_deref(), Some("u-7"));
    assert_eq!(created.password.value().unwrap().expose(), "CANARY123456");
    assert!(!format!("{created:?}").contains("CANARY"));
    assert_eq!(
        transport.body(OPERATION),
        r#"{"company_name":"Analytical Engines S.L.","email":"kyb@engines.example.com"}"#
    );
}

#[test]
fn debug_of_a_new_company_hides_its_name() {
    let printed = format!("{:?}", engines());
    assert!(printed.starts_with("NewCompany"), "{printed}");
    assert!(!printed.contains("ngines"), "{printed}");
}

#[test]
fn documented_limits_are_checked_before_sending() {
    let (users, transport) = scripted(OPERATION, &[]);
    for company in [
        NewCompany::new("", "kyb@engines.example.com"),
        NewCompany::new("x".repeat(256), "kyb@engines.example.com"),
        NewCompany::new("Engines", format!("{}@example.com", "x".repeat(243))),
        NewCompany::new("Engines", "engines"),
    ] {
        assert!(
            block_on(users.create_company(company))
                .unwrap_err()
                .is_validation()
        );
    }
    assert_eq!(transport.calls(OPERATION), 0);
}

#[test]
fn refusals_with_status_200_keep_their_code() {
    for code in ["user_already_exists", "email_not_allowed", "unexpected_error"] {
        let (users, _) = scripted(OPERATION, &[Answer::error_code(code)]);
        let error = block_on(users.create_company(engines())).unwrap_err();
        assert!(error.has_code(code) && error.status() == Some(200), "{error:?}");
    }
}

#[test]
fn refused_fields_are_named() {
    let reply =
        r#"{"message":"The given data was invalid.","errors":{"email":["taken"],"vat":["new rule"]}}"#;
    let (users, _) = scripted(OPERATION, &[Answer::reply(422, reply)]);
    let error = block_on(users.create_company(engines())).unwrap_err();
    let fields: Vec<_> = error
        .field_errors()
        .iter()
        .map(cryptopocket_core::FieldError::field)
        .collect();
    assert_eq!(fields, ["email", "vat"]);
}
