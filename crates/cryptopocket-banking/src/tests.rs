//! Tests: values that are stored as JSON and read back; and what the tests of the modules share.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fmt::Debug;
use std::sync::Arc;

pub(crate) use cryptopocket_core::testing::block_on;
use cryptopocket_core::testing::{Answer, ScriptedSession, ScriptedTransport};
use cryptopocket_types::Money;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{
    Banking, ExpectedTransfer, Mismatch, NewReconciliation, Transaction, TransactionFilter, match_transfer,
};

/// `Banking` over a transport that returns these answers to `operation`, in order.
pub(crate) fn scripted(operation: &str, answers: &[Answer]) -> (Banking, Arc<ScriptedTransport>) {
    let test = ScriptedSession::new().then(operation, answers.iter().cloned());
    (Banking::new(test.session), test.provider)
}

/// The JSON of `value`, which must read back as the same value.
fn stored<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn reply(data: &str) -> Answer {
    Answer::json(format!(
        r#"{{"status":"ok","data":{data},"pagination":{{"current_page":1,"last_page":1}}}}"#
    ))
}

fn read_transaction(amount: &str, concept: &str, extra: &str) -> Transaction {
    let concept = serde_json::to_string(concept).unwrap();
    let data = format!(
        r#"[{{"id":7,"amount":"{amount}","currency":"EUR","booking_date":"2026-06-26","concept":{concept},"new":{extra}}}]"#
    );
    let (banking, _) = scripted("list_bank_transactions", &[reply(&data)]);
    block_on(
        banking
            .list_transactions("ES79", TransactionFilter::new())
            .take(1),
    )
    .unwrap()
    .remove(0)
}

#[test]
fn bank_accounts_are_stored() {
    let data = r#"[{"iban":"ES79","currency":"EUR","balance":"90071992547409931.07","status":"frozen","limit":1e2},
        {"iban":"ES80","balance":"7.50"}]"#;
    let (banking, _) = scripted("list_bank_accounts", &[reply(data)]);
    let accounts = block_on(banking.list_accounts()).unwrap().into_items();
    let text = concat!(
        r#"{"iban":"ES79","bic":null,"holder_name":null,"alias":null,"currency":"EUR","#,
        r#""balance":{"amount":"90071992547409931.07","currency":"EUR"},"status":"frozen","extra":{"limit":1e2}}"#
    );
    assert_eq!(stored(&accounts[0]), text);
    stored(&accounts[1]);
}

#[test]
fn reconciled_payment_is_stored() {
    let data = r#"{"payment_id":"p-1","transaction_id":7,"status":"held","note":1.0}"#;
    let (banking, _) = scripted("reconcile_payment", &[reply(data)]);
    let pair = NewReconciliation::new("p-1", "7").iban("ES79");
    stored(&pair);
    stored(&block_on(banking.reconcile(pair)).unwrap());
}

#[test]
fn filters_and_match_results_are_stored() {
    stored(&TransactionFilter::new().from("2026-06-01".parse().unwrap()));
    assert_eq!(
        serde_json::from_str::<TransactionFilter>("{}").unwrap(),
        TransactionFilter::new()
    );
    let expected = ExpectedTransfer::new(483_920_u64, "150.50 EUR".parse().unwrap());
    assert_eq!(
        stored(&expected),
        r#"{"concept":"483920","amount":{"amount":"150.50","currency":"EUR"}}"#
    );
    let one = "1.00 EUR".parse::<Money>().unwrap();
    for mismatch in [
        Mismatch::NotACredit,
        Mismatch::ShortBy(one),
        Mismatch::AlreadyReconciled {
            payment_id: Some("p-1".into()),
        },
    ] {
        stored(&mismatch);
    }
    let short = read_transaction("149.50", "483920", "1");
    let result = serde_json::to_string(&match_transfer(&expected, [&short])).unwrap();
    assert!(
        result.contains(r#""reasons":[{"short_by":{"amount":"1.00","currency":"EUR"}}]"#),
        "{result}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_transaction_reads_back_the_same(
        amount in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,10})?",
        concept in "\\PC{0,20}",
        extra in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?",
    ) {
        let text = stored(&read_transaction(&amount, &concept, &extra));
        let kept = format!(r#""extra":{{"new":{extra}}}}}"#);
        prop_assert!(text.ends_with(&kept), "{}", text);
    }
}
