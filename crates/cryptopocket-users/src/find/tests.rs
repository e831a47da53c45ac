use cryptopocket_core::testing::Answer;

use super::*;
use crate::tests::{block_on, scripted};

#[test]
fn each_key_sends_its_own_parameter() {
    for (by, expected) in [
        (
            FindBy::Email("ada+1@example.com".into()),
            "email=ada%2B1%40example.com",
        ),
        (FindBy::ExternalId("crm-7".into()), "external_id=crm-7"),
        (UserId::from(100_067).into(), "user_id=100067"),
    ] {
        let (users, transport) = scripted(
            "find_customer",
            &[Answer::json(r#"{"data":{"id":100067},"status":"ok"}"#)],
        );
        assert!(block_on(users.find_customer(by)).unwrap().is_some());
        assert_eq!(transport.query("find_customer"), expected);
    }
}

#[test]
fn missing_customer_is_none() {
    for answer in [
        Answer::error_code("user_not_found"),
        Answer::reply(404, r#"{"status":"error","error":"user_not_found"}"#),
        Answer::json(r#"{"status":"success","data":{}}"#),
        Answer::json(r#"{"status":"ok","data":null}"#),
        Answer::json(r#"{"status":"ok","data":[]}"#),
    ] {
        let (users, _) = scripted("find_customer", &[answer]);
        assert_eq!(block_on(users.find_customer(UserId::from(1))).unwrap(), None);
    }
}

#[test]
fn answers_from_elsewhere_are_errors_not_none() {
    for answer in [
        Answer::reply(404, "<html>Not found</html>"),
        Answer::reply(404, r#"{"message":"The route could not be found."}"#),
        Answer::reply(500, "{}"),
        Answer::reply(503, "[]"),
        Answer::json("null"),
        Answer::json(r#"{"status":"ok","customer":{"id":7}}"#),
        Answer::json(r#"{"status":"ok","data":{},"customer":{"id":7}}"#),
        Answer::json(r#"{"status":"","data":null}"#),
        Answer::error_code("authorization_incorrect"),
    ] {
        let (users, transport) = scripted("find_customer", &[]);
        transport.always("find_customer", answer.clone());
        let found = block_on(users.find_customer(UserId::from(1)));
        assert!(found.is_err(), "{found:?}");
    }
}

#[test]
fn customer_of_another_integration_is_error() {
    let (users, _) = scripted("find_customer", &[Answer::error_code("user_not_in_integration")]);
    let error = block_on(users.find_customer(UserId::from(1))).unwrap_err();
    assert!(error.has_code("user_not_in_integration"));
}

#[test]
fn unknown_status_and_fields_are_kept() {
    let reply = r#"{"status":"ok","data":{"id":"7","kyc_status":"on_hold","risk":0.10000000000000000001}}"#;
    let (users, _) = scripted("find_customer", &[Answer::json(reply)]);
    let found = block_on(users.find_customer(UserId::from(7))).unwrap().unwrap();
    assert_eq!(found.kyc_status.value().unwrap().as_str(), "on_hold");
    assert_eq!(found.extra.get("risk").unwrap().get(), "0.10000000000000000001");
}

#[test]
fn wrong_email_is_refused_before_sending() {
    let (users, transport) = scripted("find_customer", &[]);
    assert!(
        block_on(users.find_customer(FindBy::Email("ada".into())))
            .unwrap_err()
            .is_validation()
    );
    assert_eq!(transport.calls("find_customer"), 0);
}

#[test]
fn reply_about_another_customer_is_refused() {
    let found = r#"{"status":"ok","data":{"id":"7","email":"Ada@Example.com","external_id":"crm-7"}}"#;
    for (by, is_found) in [
        (FindBy::UserId(UserId::from(7)), true),
        (FindBy::UserId(UserId::from(8)), false),
        (FindBy::Email("ada@example.com".into()), true),
        (FindBy::Email("eve@example.com".into()), false),
        (FindBy::ExternalId("crm-7".into()), true),
        (FindBy::ExternalId("crm-8".into()), false),
    ] {
        let (users, _) = scripted("find_customer", &[Answer::json(found)]);
        let outcome = block_on(users.find_customer(by.clone()));
        assert_eq!(outcome.is_ok(), is_found, "{by:?} {outcome:?}");
        if let Err(error) = outcome {
            assert_eq!(
                error.to_string(),
                "find_customer: the reply is about another customer than the one asked for"
            );
        }
    }
}
