use cryptopocket_core::testing::Answer;
use cryptopocket_core::{Effect, Sent};
use cryptopocket_types::ErrorCode;

use super::*;
use crate::tests::{block_on, scripted};

const OPERATION: &str = "reconcile_payment";

fn reconcile(banking: &Banking) -> Result<Reconciled> {
    block_on(banking.reconcile(NewReconciliation::new("p-1", "t-1")))
}

#[test]
fn pair_names_account_and_debug_hides_it() {
    let mut credit = Transaction::new(
        "t-1",
        "150.50 EUR".parse().unwrap(),
        "2026-06-26".parse().unwrap(),
    );
    credit.iban = Field::Value("ES79 2100 0813 6101 2345 6789".into());
    let pair = NewReconciliation::of("p-1", &credit);
    assert_eq!(pair.iban.as_ref(), credit.iban.value());
    assert!(!format!("{pair:?}").contains("ES79"));
}

#[test]
fn ids_are_sent_as_text() {
    let reply =
        r#"{"status":"ok","data":{"payment_id":"p-1","transaction_id":7,"status":"held","note":1.0}}"#;
    let (banking, transport) = scripted(OPERATION, &[Answer::json(reply), Answer::json(reply)]);
    let reconciled = block_on(banking.reconcile(NewReconciliation::new("p-1", "7"))).unwrap();
    assert_eq!(reconciled.transaction_id.as_str(), "7");
    assert_eq!(reconciled.status.value().unwrap().as_str(), "held");
    assert_eq!(reconciled.extra.get("note").unwrap().get(), "1.0");
    assert_eq!(
        transport.body(OPERATION),
        r#"{"payment_id":"p-1","transaction_id":"7"}"#
    );

    block_on(banking.reconcile(NewReconciliation::new("p-1", "7").iban("ES79 2100"))).unwrap();
    let expected = r#"{"iban":"ES792100","payment_id":"p-1","transaction_id":"7"}"#;
    assert_eq!(transport.body(OPERATION), expected);
}

#[test]
fn missing_ids_come_from_request() {
    let (banking, _) = scripted(OPERATION, &[Answer::json(r#"{"status":"ok","data":{}}"#)]);
    let reconciled = reconcile(&banking).unwrap();
    assert_eq!(
        (reconciled.payment_id.as_str(), reconciled.transaction_id.as_str()),
        ("p-1", "t-1")
    );
    assert_eq!(reconciled.status, None);
}

#[test]
fn refusals_have_their_code_and_no_effect() {
    for code in [
        ErrorCode::PaymentNotFound,
        ErrorCode::TransactionNotFound,
        ErrorCode::AlreadyReconciled,
        ErrorCode::AmountMismatch,
        ErrorCode::PaymentNotPending,
        "account_frozen".into(),
    ] {
        let (banking, _) = scripted(OPERATION, &[Answer::error_code(code.as_str())]);
        let error = reconcile(&banking).unwrap_err();
        assert_eq!(error.code(), Some(&code));
        let is_known = code.as_str() != "account_frozen";
        assert!(!is_known || error.effect() != Effect::Unknown);
    }
}

#[test]
fn reconcile_is_resent_only_after_certain_failure() {
    let done = || Answer::json(r#"{"status":"ok","data":{}}"#);
    for harmless in [Answer::refused_connection(), Answer::refused_token()] {
        let (banking, transport) = scripted(OPERATION, &[harmless, done()]);
        assert!(reconcile(&banking).is_ok());
        assert_eq!(transport.calls(OPERATION), 2);
    }
    for doubtful in [
        Answer::lost(),
        Answer::timeout_after_sending(),
        Answer::reply(500, ""),
    ] {
        let (banking, transport) = scripted(OPERATION, &[doubtful, done()]);
        let error = reconcile(&banking).unwrap_err();
        assert!(
            error.effect() == Effect::Unknown && error.sent() != Sent::No,
            "{error:?}"
        );
        assert_eq!(transport.calls(OPERATION), 1);
    }
}

#[test]
fn empty_id_is_refused_before_sending() {
    let (banking, transport) = scripted(OPERATION, &[]);
    assert!(
        block_on(banking.reconcile(NewReconciliation::new("", "t-1")))
            .unwrap_err()
            .is_validation()
    );
    assert!(
        block_on(banking.reconcile(NewReconciliation::new("p-1", "")))
            .unwrap_err()
            .is_validation()
    );
    assert_eq!(transport.calls(OPERATION), 0);
}

#[test]
fn another_pair_leaves_outcome_unknown() {
    for (payment, transaction) in [("p-2", "t-1"), ("p-1", "t-2")] {
        let reply = format!(
            r#"{{"status":"ok","data":{{"payment_id":"{payment}","transaction_id":"{transaction}","status":"payment_received"}}}}"#
        );
        let (banking, transport) = scripted(OPERATION, &[Answer::json(reply)]);
        let error = reconcile(&banking).unwrap_err();
        assert!(error.effect() == Effect::Unknown, "{error:?}");
        assert!(
            error.advice().text().contains("Do not reconcile again"),
            "{}",
            error.advice()
        );
        assert_eq!(transport.calls(OPERATION), 1);
    }
}
