//! Values that are stored as JSON and read back.

use cryptopocket_core::testing::ScriptedSession;
use cryptopocket_types::PaymentType;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::time::Duration;

use super::{Calls as _, ID, WALLET, block_on, customer, payment_reply, usdc};
use crate::{
    CreatedPayment, NewGuidedPayment, NewPayment, Payment, PaymentFilter, Quote, QuoteRequest, Recovery,
    Slippage,
};

/// The JSON of `value`, which must read back as the same value.
fn stored<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn read_payment(cents: &str, coins: &str, extra: &str) -> Payment {
    let reply = payment_reply("on_hold")
        .replace("15050", cents)
        .replace("148.32", coins)
        .replace(
            r#""holder":null"#,
            &format!(r#""holder":"Ana Gil","new":{extra}"#),
        );
    let test = ScriptedSession::new().next("get_payment", &[&reply]);
    block_on(test.onramp().payment(&ID.into())).unwrap()
}

fn create(reply: &str) -> CreatedPayment {
    let test = ScriptedSession::new().next("create_payment", &[reply]);
    let new = NewPayment::transfer(customer(), "240 EUR".parse().unwrap(), usdc(), WALLET);
    block_on(test.onramp().create_payment(new.external_id("order-1"))).unwrap()
}

fn quote(reply: &str) -> Quote {
    let test = ScriptedSession::new().next("get_onramp_quote", &[reply]);
    let request = QuoteRequest::on_default_chain("240 EUR".parse().unwrap(), "USDC", PaymentType::Psd2);
    block_on(test.onramp().quote(request)).unwrap()
}

#[test]
fn payment_is_stored_in_the_json_of_the_command_line() {
    let payment = read_payment("15050", "148.32", "0.10000000000000000001");
    let text = concat!(
        r#"{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":null,"user_id":"100067","status":"on_hold","#,
        r#""fiat":{"amount":"150.50","currency":"EUR"},"coin":{"amount":"148.32","symbol":"USDC"},"#,
        r#""created_at":"2026-06-20T10:15:30.123456Z","holder":"Ana Gil","txid":null,"#,
        r#""extra":{"new":0.10000000000000000001}}"#
    );
    assert_eq!(stored(&payment), text);
    for recovery in [
        Recovery::None,
        Recovery::One(payment.clone()),
        Recovery::Many(vec![payment; 2]),
    ] {
        stored(&recovery);
    }
}

#[test]
fn created_payment_is_stored_with_its_next_step() {
    let transfer = create(
        r#"{"status":"ok","data":{"payment_id":"p1","iban":"ES79","bic":"CAIX","concept":48213907,
            "destination_name":"Ejemplo SL","fee":1.10}}"#,
    );
    let text = concat!(
        r#"{"payment_id":"p1","external_id":"order-1","next":{"kind":"bank_transfer","iban":"ES79","bic":"CAIX","#,
        r#""concept":"48213907","beneficiary":"Ejemplo SL"},"extra":{"fee":1.10}}"#
    );
    assert_eq!(stored(&transfer), text);
    let page = create(r#"{"status":"ok","data":{"payment_id":"p1","url_payment":"https://p.example/1"}}"#);
    assert!(stored(&page).contains(r#""next":{"kind":"redirect","url":"https://p.example/1"}"#));
    let unknown = create(r#"{"status":"ok","data":{"payment_id":"p1","iban":"ES79"}}"#);
    assert!(stored(&unknown).contains(r#""next":{"kind":"unknown"}"#));
}

#[test]
fn quote_is_stored_with_its_request() {
    let full = quote(
        r#"{"status":"ok","data":{"tokens":257.29,"price":0.9213,"fee":2.95,"chain":"polygon","rate_id":9}}"#,
    );
    stored(&full);
    stored(&full.request);
    stored(&full.guard(Duration::from_millis(1500), Slippage::basis_points(50)));
    stored(&quote(r#"{"status":"ok","data":{"tokens":257.29}}"#));
    assert_eq!(
        serde_json::from_str::<Slippage>("20000").unwrap(),
        Slippage::percent(100)
    );
}

#[test]
fn payment_method_is_stored() {
    let reply = r#"{"status":"ok","data":[{"payment_type":"moon_dust","logo":"m.svg"},
        {"payment_type":"card","fiat_symbol":"EUR","min_amount":30,"max_amount":5000.50}]}"#;
    let test = ScriptedSession::new().next("list_payment_methods", &[reply]);
    for method in block_on(test.onramp().list_payment_methods(None)).unwrap() {
        stored(&method);
    }
}

#[test]
fn requests_and_filters_are_stored() {
    let euros = || "240.00 EUR".parse().unwrap();
    let payment = NewPayment::card(customer(), euros(), usdc(), WALLET)
        .external_id("order-1")
        .callback_url("https://shop.example.com/back");
    let text = stored(&payment);
    assert!(
        text.contains(WALLET) && text.contains("shop.example.com"),
        "storing writes secrets"
    );
    assert!(!format!("{payment:?}").contains(WALLET), "Debug does not");
    stored(&NewGuidedPayment::new(customer(), euros(), usdc()).payment_type(PaymentType::Psd2));
    stored(
        &PaymentFilter::new()
            .external_id("order-1")
            .from("2026-06-01".parse().unwrap()),
    );
    assert_eq!(
        serde_json::from_str::<PaymentFilter>("{}").unwrap(),
        PaymentFilter::new()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_payment_reads_back_the_same(
        cents in 0_u64.., coins in "[0-9]{1,20}(\\.[0-9]{1,18})?", extra in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?",
    ) {
        let coins = coins.parse::<cryptopocket_types::Decimal>().unwrap().to_string();
        let payment = read_payment(&cents.to_string(), &coins, &extra);
        let text = stored(&payment);
        let kept = format!(r#""new":{extra}}}"#);
        prop_assert!(text.contains(&kept), "{}", text);
    }
}
