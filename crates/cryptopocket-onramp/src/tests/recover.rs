use cryptopocket_core::ErrorKind;
use cryptopocket_core::testing::Answer;

use super::{WALLET, customer, payment, usdc};
use crate::scripted::Scripted;
use crate::{NewPayment, Recovery};

const NONE: &str = r#"{"status":"ok","data":[]}"#;

fn list(payments: &[(&str, &str)], place: &str) -> String {
    let payments: Vec<_> = payments
        .iter()
        .map(|(id, own)| payment(id, own, "started"))
        .collect();
    format!(r#"{{"status":"ok","data":[{}]{place}}}"#, payments.join(","))
}

fn place(current: u32, last: u32, total: u32) -> String {
    format!(r#","pagination":{{"current_page":{current},"per_page":2,"total":{total},"last_page":{last}}}"#)
}

fn ids(recovery: Recovery) -> Vec<String> {
    match recovery {
        Recovery::None => Vec::new(),
        Recovery::One(payment) => vec![payment.id.to_string()],
        Recovery::Many(payments) => payments.iter().map(|payment| payment.id.to_string()).collect(),
    }
}

async fn recover(test: &Scripted) -> Recovery {
    test.onramp().recover(&"order-1".into()).await.unwrap()
}

#[tokio::test]
async fn a_filter_that_works_finds_the_payment_in_one_call() {
    let test = Scripted::new().next(
        "list_payments",
        &[&list(&[("a", r#""order-1""#)], &place(1, 1, 1))],
    );
    assert_eq!(ids(recover(&test).await), ["a"]);
    let query = &test.queries("list_payments")[0];
    assert!(
        query.contains("external_id=order-1") && query.contains("per_page=100"),
        "{query}"
    );
}

#[tokio::test]
async fn a_filter_that_is_ignored_is_made_up_for_on_every_page() {
    let pages = [
        list(&[("a", r#""order-10""#), ("b", "null")], &place(1, 2, 4)),
        list(&[("c", r#""order-1""#), ("d", r#""ORDER-1""#)], &place(2, 2, 4)),
    ];
    let test = Scripted::new().next("list_payments", &pages.each_ref().map(String::as_str));
    assert_eq!(ids(recover(&test).await), ["c"]);
    assert_eq!(test.provider.calls("list_payments"), 2);
}

#[tokio::test]
async fn a_filter_that_finds_nothing_is_checked_against_the_whole_list() {
    let test = Scripted::new().next(
        "list_payments",
        &[NONE, &list(&[("a", r#""order-1""#)], &place(1, 1, 1))],
    );
    assert_eq!(ids(recover(&test).await), ["a"]);
    assert!(!test.queries("list_payments")[1].contains("external_id"));

    let test = Scripted::new().next("list_payments", &[NONE, &list(&[("a", "null")], &place(1, 1, 1))]);
    assert_eq!(recover(&test).await, Recovery::None);
}

#[tokio::test]
async fn two_payments_with_one_reference_are_both_given_and_one_listed_twice_only_once() {
    let pages = [
        list(&[("a", r#""order-1""#), ("b", r#""order-1""#)], &place(1, 2, 3)),
        list(&[("b", r#""order-1""#), ("c", "null")], &place(2, 2, 3)),
    ];
    let test = Scripted::new().next("list_payments", &pages.each_ref().map(String::as_str));
    assert_eq!(ids(recover(&test).await), ["a", "b"]);

    let pages = [
        list(&[("a", "null"), ("b", "7")], &place(1, 2, 3)),
        list(&[("b", "7")], &place(2, 2, 3)),
    ];
    let test = Scripted::new().next("list_payments", &pages.each_ref().map(String::as_str));
    let found = test.onramp().recover(&"7".into()).await.unwrap();
    assert!(matches!(found, Recovery::One(_)), "{found:?}");
}

#[tokio::test]
async fn a_list_that_ends_early_proves_nothing() {
    let first = list(&[("a", "null"), ("b", "null")], &place(1, 5, 9));
    let then_empty = list(&[], &place(2, 5, 9));
    let test = Scripted::new().next("list_payments", &[&first, &then_empty]);
    let error = test.onramp().recover(&"order-1".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    assert!(error.to_string().contains("proves nothing"), "{error}");

    let test = Scripted::new().next("list_payments", &[&first, &first]);
    assert!(
        test.onramp().recover(&"order-1".into()).await.is_err(),
        "the second page never came"
    );
}

#[tokio::test]
async fn a_search_that_fails_is_not_an_answer() {
    let test = Scripted::new();
    test.provider
        .always("list_payments", Answer::error_code("moon_phase_wrong"));
    assert!(
        test.onramp()
            .recover(&"order-1".into())
            .await
            .unwrap_err()
            .has_code("moon_phase_wrong")
    );
    assert!(
        test.onramp()
            .recover(&"".into())
            .await
            .unwrap_err()
            .is_validation()
    );
}

#[tokio::test]
async fn a_lost_payment_is_found_by_the_reference_in_its_error_and_created_once() {
    let test = Scripted::new().next(
        "list_payments",
        &[&list(&[("a", r#""order-1""#)], &place(1, 1, 1))],
    );
    test.provider
        .next("create_payment", Answer::timeout_after_sending());
    let new = NewPayment::card(customer(), "240 EUR".parse().unwrap(), usdc(), WALLET).external_id("order-1");
    let error = test.onramp().create_payment(new).await.unwrap_err();
    assert_eq!(ids(test.onramp().recover_from(&error).await.unwrap()), ["a"]);
    assert_eq!(test.provider.calls("create_payment"), 1);
}
