use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedSession};
use cryptopocket_core::{Effect, ErrorKind, HeaderMap, Runtime as _, WireResponse};

use super::{Calls as _, WALLET, customer, payment, usdc};
use crate::{NewPayment, PaymentFilter, Recovery};

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

async fn recover(test: &ScriptedSession) -> Recovery {
    test.onramp().recover_payment(&"order-1".into()).await.unwrap()
}

#[tokio::test]
async fn working_filter_needs_one_call() {
    let test = ScriptedSession::new().next(
        "list_payments",
        &[&list(&[("a", r#""order-1""#)], &place(1, 1, 1))],
    );
    assert_eq!(ids(recover(&test).await), ["a"]);
    assert_eq!(test.provider.calls("list_payments"), 1);
    let query = &test.provider.queries("list_payments")[0];
    assert!(
        query.contains("external_id=order-1") && query.contains("per_page=100"),
        "{query}"
    );
}

#[tokio::test]
async fn ignored_filter_is_applied_here() {
    let pages = [
        list(&[("a", r#""order-10""#), ("b", "null")], &place(1, 2, 4)),
        list(&[("c", r#""order-1""#), ("d", r#""ORDER-1""#)], &place(2, 2, 4)),
    ];
    let test = ScriptedSession::new().next("list_payments", &pages.each_ref().map(String::as_str));
    assert_eq!(ids(recover(&test).await), ["c"]);
    assert_eq!(test.provider.calls("list_payments"), 2);
}

#[tokio::test]
async fn empty_filtered_list_leads_to_whole_list() {
    let test = ScriptedSession::new().next(
        "list_payments",
        // Nothing is announced of the filtered list, so page 0 is asked for too.
        &[NONE, NONE, &list(&[("a", r#""order-1""#)], &place(1, 1, 1))],
    );
    assert_eq!(ids(recover(&test).await), ["a"]);
    assert!(!test.provider.queries("list_payments")[2].contains("external_id"));

    let whole = list(&[("a", "null")], &place(1, 1, 1));
    let test = ScriptedSession::new().next("list_payments", &[NONE, NONE, &whole]);
    assert_eq!(recover(&test).await, Recovery::None);
}

#[tokio::test]
async fn duplicates_are_counted_once() {
    let pages = [
        list(&[("a", r#""order-1""#), ("b", r#""order-1""#)], &place(1, 2, 3)),
        list(&[("b", r#""order-1""#), ("c", "null")], &place(2, 2, 3)),
    ];
    let test = ScriptedSession::new().next("list_payments", &pages.each_ref().map(String::as_str));
    assert_eq!(ids(recover(&test).await), ["a", "b"]);

    let pages = [
        list(&[("a", "null"), ("b", "7")], &place(1, 2, 3)),
        list(&[("b", "7")], &place(2, 2, 3)),
    ];
    let test = ScriptedSession::new().next("list_payments", &pages.each_ref().map(String::as_str));
    let found = test.onramp().recover_payment(&"7".into()).await.unwrap();
    assert!(matches!(found, Recovery::One(_)), "{found:?}");
}

#[tokio::test]
async fn list_that_ends_early_proves_nothing() {
    let first = list(&[("a", "null"), ("b", "null")], &place(1, 5, 9));
    let then_empty = list(&[], &place(2, 5, 9));
    let (outcome, calls) = search(&[&first, &then_empty, &first, &then_empty], None).await;
    assert!(outcome.unwrap_err().contains("another number of payments"));
    assert_eq!(calls, 4);

    let (outcome, _) = search(&[], Some(&first)).await;
    outcome.expect_err("the second page never came");
}

#[tokio::test]
async fn reference_in_another_spelling_proves_no_absence() {
    for (asked, named) in [
        ("order-1", r#""ORDER-1""#),
        ("order-1", r#"" order-1""#),
        ("0012", "12"),
        ("12.0", "12"),
    ] {
        let whole = list(&[("a", named)], &place(1, 1, 1));
        let test = ScriptedSession::new().next("list_payments", &[NONE, NONE, &whole]);
        let error = test.onramp().recover_payment(&asked.into()).await.unwrap_err();
        assert!(error.to_string().contains("another spelling"), "{asked} {error}");
    }
    for (asked, named) in [("order-1", r#""order-10""#), ("0012", "120"), ("order-1", "1")] {
        let whole = list(&[("a", named)], &place(1, 1, 1));
        let test = ScriptedSession::new().next("list_payments", &[NONE, NONE, &whole]);
        let found = test.onramp().recover_payment(&asked.into()).await.unwrap();
        assert_eq!(found, Recovery::None, "{asked}");
    }
}

#[tokio::test]
async fn found_payment_survives_a_broken_list() {
    let first = list(&[("a", "null"), ("b", r#""order-1""#)], &place(1, 5, 9));
    let (outcome, calls) = search(&[], Some(&first)).await;
    assert_eq!(ids(outcome.unwrap()), ["b"]);
    assert_eq!(calls, 2);
}

/// The outcome of a search for `order-1` in these pages, and the number of requests.
async fn search(pages: &[&str], always: Option<&str>) -> (Result<Recovery, String>, usize) {
    let test = ScriptedSession::new().next("list_payments", pages);
    if let Some(page) = always {
        test.provider.always("list_payments", Answer::json(page));
    }
    let outcome = test.onramp().recover_payment(&"order-1".into()).await;
    let outcome = outcome.map_err(|error| {
        assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
        assert!(
            error.advice().to_string().contains("proves nothing")
                && error.advice().to_string().contains("before you create it again")
        );
        error.to_string()
    });
    (outcome, test.provider.calls("list_payments"))
}

#[tokio::test]
async fn list_without_proven_end_proves_nothing() {
    let full: Vec<_> = (0..100).map(|n| (n.to_string(), "null")).collect();
    let full: Vec<_> = full.iter().map(|(id, own)| (id.as_str(), *own)).collect();
    // The same hundred payments whatever page is asked for.
    let (outcome, calls) = search(&[], Some(&list(&full, ""))).await;
    assert!(outcome.unwrap_err().contains("the same page again"));
    assert_eq!(calls, 4);

    let numbered = r#","pagination":{"current_page":1,"per_page":100}"#;
    for pagination in [numbered, &place(1, 9, 900)] {
        let (outcome, _) = search(&[], Some(&list(&full, pagination))).await;
        outcome.unwrap_err();
    }
    let (outcome, _) = search(&[], Some(&list(&[("a", "null")], &place(1, 1, 2)))).await;
    assert!(outcome.unwrap_err().contains("another number of payments"));
    let (outcome, _) = search(&[], Some(&list(&[], &place(1, 1, 2)))).await;
    assert!(outcome.unwrap_err().contains("another number of payments"));
}

#[tokio::test]
async fn announced_end_and_empty_page_prove_absence() {
    let (outcome, _) = search(&[], Some(&list(&[("a", "null")], &place(1, 1, 1)))).await;
    assert_eq!(outcome, Ok(Recovery::None));
    let page = list(&[("a", "null")], "");
    // Without any announcement, page 0 is asked for as well: here it is page 1 again.
    let (outcome, calls) = search(&[&page, NONE, &page, &page, NONE, &page], None).await;
    assert_eq!((outcome, calls), (Ok(Recovery::None), 6));
    let (outcome, _) = search(&[], Some(NONE)).await;
    assert_eq!(outcome, Ok(Recovery::None));
}

#[tokio::test]
async fn wrong_filtered_list_leads_to_whole_list() {
    let like_it = list(&[("a", r#""order-10""#)], &place(1, 1, 1));
    let whole = list(&[("a", r#""order-10""#), ("b", r#""order-1""#)], &place(1, 1, 2));
    let test = ScriptedSession::new().next("list_payments", &[&like_it, &whole]);
    assert_eq!(ids(recover(&test).await), ["b"]);
    assert!(!test.provider.queries("list_payments")[1].contains("external_id"));
}

#[tokio::test]
async fn external_id_with_spaces_is_refused_everywhere() {
    let test = ScriptedSession::new();
    let onramp = test.onramp();
    for error in [
        onramp.recover_payment(&"order-1 ".into()).await.unwrap_err(),
        onramp
            .list_payments(PaymentFilter::new().external_id("order-1 "))
            .collect_all(1)
            .await
            .unwrap_err(),
        onramp
            .create_payment(
                NewPayment::card(customer(), "240 EUR".parse().unwrap(), usdc(), WALLET)
                    .external_id("order-1 "),
            )
            .await
            .unwrap_err(),
    ] {
        assert!(error.is_validation(), "{error}");
    }
    assert_eq!(test.provider.calls("authenticate"), 0);
}

#[tokio::test]
async fn failed_search_is_an_error() {
    let test = ScriptedSession::new();
    test.provider
        .always("list_payments", Answer::error_code("moon_phase_wrong"));
    assert!(
        test.onramp()
            .recover_payment(&"order-1".into())
            .await
            .unwrap_err()
            .has_code("moon_phase_wrong")
    );
    assert!(
        test.onramp()
            .recover_payment(&"".into())
            .await
            .unwrap_err()
            .is_validation()
    );
}

#[tokio::test]
async fn lost_payment_is_recovered_from_its_error() {
    let test = ScriptedSession::new().next(
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

async fn lost(test: &ScriptedSession) -> cryptopocket_core::Error {
    test.provider
        .next("create_payment", Answer::timeout_after_sending());
    let new = NewPayment::card(customer(), "240 EUR".parse().unwrap(), usdc(), WALLET).external_id("order-1");
    test.onramp().create_payment(new).await.unwrap_err()
}

/// An empty list whose end is announced.
fn nothing() -> String {
    list(&[], &place(1, 1, 0))
}

#[tokio::test]
async fn absence_is_claimed_only_after_grace_period() {
    let test = ScriptedSession::new().always("list_payments", &nothing());
    let error = lost(&test).await;
    let began = test.runtime.monotonic();
    assert_eq!(test.onramp().recover_from(&error).await.unwrap(), Recovery::None);
    assert_eq!(test.runtime.monotonic(), began + Duration::from_secs(120));

    // The period counts from the lost answer, so that another lookup waits no longer.
    let calls = test.provider.calls("list_payments");
    assert_eq!(test.onramp().recover_from(&error).await.unwrap(), Recovery::None);
    assert_eq!(test.runtime.monotonic(), began + Duration::from_secs(120));
    assert_eq!(test.provider.calls("list_payments") - calls, 2);
}

#[tokio::test]
async fn grace_period_is_a_setting() {
    let mut test = ScriptedSession::new().always("list_payments", &nothing());
    for (timeout, set, expected) in [(1, None, 60), (40, None, 160), (40, Some(7), 7), (40, Some(0), 0)] {
        let session = test.session.with_timeout(Duration::from_secs(timeout));
        test.session = match set {
            Some(grace) => session.with_grace_period(Duration::from_secs(grace)),
            None => session,
        };
        let error = lost(&test).await;
        let began = test.runtime.monotonic();
        assert_eq!(test.onramp().recover_from(&error).await.unwrap(), Recovery::None);
        assert_eq!(test.runtime.monotonic(), began + Duration::from_secs(expected));
    }
}

#[tokio::test]
async fn payment_that_appears_late_is_found() {
    let late = list(&[("a", r#""order-1""#)], &place(1, 1, 1));
    let nothing = nothing();
    let test = ScriptedSession::new()
        .next("list_payments", &[&nothing])
        .then(
            "list_payments",
            [
                Answer::reply(503, ""),
                Answer::reply(503, ""),
                Answer::reply(503, ""),
            ],
        )
        .next("list_payments", &[&nothing, &late]);
    let error = lost(&test).await;
    assert_eq!(ids(test.onramp().recover_from(&error).await.unwrap()), ["a"]);
    assert!(test.runtime.monotonic() < Duration::from_secs(60));
    assert_eq!(test.provider.calls("list_payments"), 6);
}

#[tokio::test]
async fn reported_creation_is_never_taken_back_by_a_list() {
    let test = ScriptedSession::new()
        .next(
            "create_payment",
            &[r#"{"status":"success","data":{"payment_id":{}}}"#],
        )
        .always("list_payments", &nothing());
    let new = NewPayment::card(customer(), "240 EUR".parse().unwrap(), usdc(), WALLET).external_id("order-1");
    let error = test.onramp().create_payment(new).await.unwrap_err();
    assert_eq!(error.effect(), Effect::Done);
    let unfound = test.onramp().recover_from(&error).await.unwrap_err();
    assert!(
        unfound.to_string().contains("reported that it was created"),
        "{unfound}"
    );
    assert!(unfound.advice().text().starts_with("Do not create it again"));
}

#[tokio::test]
async fn pages_that_count_from_zero_prove_nothing() {
    let zero = |found: &str| {
        let page = list(&[("a", found)], "");
        Answer::with(move |request| {
            let body = if request.url.contains("page=0") {
                page.clone()
            } else {
                NONE.to_owned()
            };
            Ok(WireResponse {
                status: 200,
                headers: HeaderMap::new(),
                body: body.into(),
            })
        })
    };
    let test = ScriptedSession::new();
    test.provider.always("list_payments", zero(r#""order-1""#));
    assert_eq!(ids(recover(&test).await), ["a"]);

    let test = ScriptedSession::new();
    test.provider.always("list_payments", zero("null"));
    let error = test
        .onramp()
        .recover_payment(&"order-1".into())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("proves nothing"), "{error}");
}

#[tokio::test]
async fn unreadable_payment_may_be_the_one_looked_for() {
    let odd_reference = list(&[("a", r#"{"ref":"order-1"}"#)], &place(1, 1, 1));
    let odd_row = list(&[("", "null")], &place(1, 1, 1));
    for odd in [odd_reference, odd_row] {
        let test = ScriptedSession::new().next("list_payments", &[NONE, NONE, &odd]);
        let error = test
            .onramp()
            .recover_payment(&"order-1".into())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }
}

#[tokio::test]
async fn unreadable_row_does_not_hide_the_payment() {
    let page = list(&[("", "null"), ("a", r#""order-1""#)], &place(1, 1, 2));
    let test = ScriptedSession::new().next("list_payments", &[&page]);
    assert_eq!(ids(recover(&test).await), ["a"]);
}
