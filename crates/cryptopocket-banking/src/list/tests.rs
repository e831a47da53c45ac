use cryptopocket_core::testing::Answer;

use super::*;
use crate::tests::{block_on, scripted};

const OPERATION: &str = "list_bank_transactions";

fn page(number: u32, last: u32, ids: &[&str]) -> Answer {
    let item = |id: &&str| {
        format!(
            r#"{{"id":"{id}","amount":"-0.10","currency":"EUR","booking_date":"2026-06-26","reconciled":false}}"#
        )
    };
    let items: Vec<_> = ids.iter().map(item).collect();
    let items = items.join(",");
    Answer::json(format!(
        r#"{{"status":"ok","data":[{items}],"pagination":{{"current_page":{number},"last_page":{last}}}}}"#
    ))
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Only compiles while the setters are constant.
const fn between(from: Date, to: Date) -> TransactionFilter {
    TransactionFilter::new().from(from).to(to)
}

#[test]
fn filter_is_sent_with_every_page() {
    let (banking, transport) = scripted(OPERATION, &[page(1, 2, &["a", "b"]), page(2, 2, &["c"])]);
    let june = between(day("2026-06-01"), day("2026-06-30"));
    let list = banking.list_transactions("ES79 2100 0813", june);
    let all = block_on(list.per_page(2).collect_all(10)).unwrap();
    assert_eq!(
        all.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let path = "/banking/accounts/ES7921000813/transactions?from=2026-06-01";
    let expected = [1, 2].map(|page| format!("{path}&page={page}&per_page=2&to=2026-06-30"));
    let sent = transport.urls(OPERATION);
    assert!(
        sent.iter().zip(&expected).all(|(url, end)| url.ends_with(end)),
        "{sent:?}"
    );
}

#[test]
fn list_resumes_from_page() {
    let (banking, transport) = scripted(OPERATION, &[page(3, 3, &["z"])]);
    let rest = block_on(
        banking
            .list_transactions("ES79", TransactionFilter::new())
            .from_page(3)
            .collect_all(10),
    )
    .unwrap();
    assert_eq!(rest.len(), 1);
    assert!(transport.urls(OPERATION)[0].ends_with("?page=3"));
}

#[test]
fn amounts_keep_sign_and_digits() {
    let reply = r#"{"status":"ok","data":[
        {"id":1,"amount":"-90071992547409931.07","currency":"EUR","booking_date":"2026-06-26"},
        {"id":2,"amount":0.10,"currency":"EUR","booking_date":"2026-06-26T00:00:00Z","payment_id":"p-1","new":[1]}
    ]}"#;
    let (banking, transport) = scripted(OPERATION, &[Answer::json(reply)]);
    transport.always(OPERATION, Answer::json(r#"{"status":"ok","data":[]}"#));
    let all = block_on(
        banking
            .list_transactions("ES79", TransactionFilter::new())
            .collect_all(10),
    )
    .unwrap();
    assert_eq!(all[0].amount.to_string(), "-90071992547409931.07 EUR");
    assert_eq!(all[1].amount.to_string(), "0.10 EUR");
    assert!(
        !all[0].reconciled && all[1].reconciled,
        "a payment id counts as reconciled"
    );
    assert_eq!(all[1].extra.get("new").unwrap().get(), "[1]");
}

#[test]
fn wrong_iban_is_refused_before_sending() {
    let (banking, transport) = scripted(OPERATION, &[]);
    for iban in [
        "",
        "  ",
        "..",
        "ES79/../payment",
        "ES79?x=1",
        "ES79%2F",
        &"E".repeat(35),
    ] {
        let error = block_on(
            banking
                .list_transactions(iban, TransactionFilter::new())
                .collect_all(1),
        )
        .unwrap_err();
        assert!(
            error.is_validation() && error.to_string().starts_with("iban"),
            "{error}"
        );
        assert!(iban.len() < 4 || !error.to_string().contains(iban), "{error}");
    }
    assert_eq!(transport.calls(OPERATION), 0);
}

#[test]
fn days_in_wrong_order_are_refused() {
    let (banking, transport) = scripted(OPERATION, &[]);
    let reversed = TransactionFilter::new()
        .from(day("2026-06-30"))
        .to(day("2026-06-01"));
    assert!(
        block_on(banking.list_transactions("ES79", reversed).collect_all(1))
            .unwrap_err()
            .is_validation()
    );
    assert_eq!(transport.calls(OPERATION), 0);
}

#[test]
fn transactions_of_two_accounts_are_told_apart() {
    let row = r#"{"id":1,"amount":"150.50","currency":"EUR","booking_date":"2026-06-26"}"#;
    let named = row.replace('{', r#"{"iban":"ES80","#);
    let answer = || {
        Answer::json(format!(
            r#"{{"status":"ok","data":[{row},{named}],"pagination":{{"current_page":1,"last_page":1,"total":2}}}}"#
        ))
    };
    let (banking, _) = scripted("list_bank_transactions", &[answer()]);
    let all = block_on(
        banking
            .list_transactions("ES 79", TransactionFilter::new())
            .collect_all(9),
    )
    .unwrap();
    let accounts: Vec<_> = all.iter().map(|row| row.iban.value().unwrap().reveal()).collect();
    assert_eq!(accounts, ["ES79", "ES80"]);
    assert!(!format!("{:?}", all[0].key()).contains("ES79"));
}
