use cryptopocket_core::ErrorKind;
use cryptopocket_core::testing::ScriptedSession;
use cryptopocket_types::PaymentStatus;

use super::{Calls as _, payment};
use crate::PaymentFilter;

fn page(ids: &[&str], place: &str) -> String {
    let payments: Vec<_> = ids.iter().map(|id| payment(id, "null", "started")).collect();
    format!(r#"{{"status":"ok","data":[{}]{place}}}"#, payments.join(","))
}

fn place(current: u32, last: u32) -> String {
    format!(r#","pagination":{{"current_page":{current},"per_page":2,"total":5,"last_page":{last}}}"#)
}

#[tokio::test]
async fn filter_is_sent_with_every_page() {
    let pages = [
        page(&["a", "b"], &place(1, 3)),
        page(&["c", "d"], &place(2, 3)),
        page(&["e"], &place(3, 3)),
    ];
    let test = ScriptedSession::new().next("list_payments", &pages.each_ref().map(String::as_str));
    let filter = PaymentFilter::new()
        .external_id("order 1&x=2")
        .status(PaymentStatus::from("on_hold"))
        .from("2026-06-01".parse().unwrap())
        .to("2026-06-30".parse().unwrap());
    let all = test
        .onramp()
        .list_payments(filter)
        .per_page(2)
        .collect_all(usize::MAX)
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|payment| payment.id.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c", "d", "e"]
    );
    assert_eq!(all[0].fiat.to_string(), "150.50 EUR");
    for (number, query) in (1..).zip(test.provider.queries("list_payments")) {
        let page = format!("page={number}");
        let pairs: Vec<_> = query.split('&').collect();
        for pair in [
            &page,
            "per_page=2",
            "external_id=order+1%26x%3D2",
            "status=on_hold",
            "from=2026-06-01",
            "to=2026-06-30",
        ] {
            assert!(pairs.contains(&pair), "{pair} in {query}");
        }
    }
}

#[tokio::test]
async fn list_resumes_and_stops_at_limit() {
    let pages = [page(&["c", "d"], &place(2, 3)), page(&["e"], &place(3, 3))];
    let test = ScriptedSession::new().next("list_payments", &pages.each_ref().map(String::as_str));
    let onramp = test.onramp();
    let two = onramp
        .list_payments(PaymentFilter::new())
        .from_page(2)
        .take(2)
        .await
        .unwrap();
    assert_eq!(two.len(), 2);
    assert_eq!(test.provider.queries("list_payments"), ["page=2"]);
}

#[tokio::test]
async fn ignored_page_number_ends_list() {
    let same = page(&["a", "b"], "");
    let test = ScriptedSession::new().next("list_payments", &[&same, &same, &same]);
    let all = test
        .onramp()
        .list_payments(PaymentFilter::new())
        .collect_all(usize::MAX)
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn days_in_wrong_order_are_refused() {
    let test = ScriptedSession::new();
    let filter = PaymentFilter::new()
        .from("2026-06-30".parse().unwrap())
        .to("2026-06-01".parse().unwrap());
    let error = test
        .onramp()
        .list_payments(filter)
        .collect_all(1)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::InvalidInput, "from lies after to")
    );
    assert_eq!(test.provider.calls("list_payments"), 0);
}
