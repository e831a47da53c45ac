//! Events in other forms than expected.

use cryptopocket_types::{Field, PaymentStatus};

use super::parse;

const OBJECT: &str =
    r#"{"id":"p1","status":"payment_received","fiat_amount":15050,"fiat_symbol":"EUR","holder":"Ana \"é\""}"#;

#[test]
fn object_is_found_in_list_and_in_text() {
    let plain = parse(&format!(r#"{{"type":"PAY_IN","data":{OBJECT}}}"#));
    let text = serde_json::to_string(OBJECT).unwrap();
    for (data, found) in [(format!("[{OBJECT}]"), "list"), (text, "text")] {
        let event = parse(&format!(r#"{{"type":"PAY_IN","data":{data}}}"#));
        assert_eq!(event.payload(), plain.payload(), "{data}");
        assert_eq!(
            (event.key(), event.fingerprint()),
            (plain.key(), plain.fingerprint())
        );
        let shown: Vec<_> = event.surprises().iter().map(ToString::to_string).collect();
        assert_eq!(shown, [format!("data: expected an object, found {found}")]);
    }
    assert!(plain.surprises().is_empty());
}

#[test]
fn several_objects_and_torn_text_stay_plain_fields() {
    let twice = serde_json::to_string(r#"{"id":"p1","id":"p2"}"#).unwrap();
    for data in [
        r#"[{"id":"p1"},{"id":"p2"}]"#,
        &twice,
        r#""{""#,
        r#""[1]""#,
        "7",
        "true",
    ] {
        let event = parse(&format!(r#"{{"type":"PAY_IN","data":{data}}}"#));
        let payment = event.payment().unwrap();
        assert_eq!(payment.id, None, "{data}");
        assert_eq!(payment.extra.get("data").unwrap().get(), data);
        assert_eq!(event.surprises()[0].path, "data");
    }
}

#[test]
fn empty_list_is_an_empty_object() {
    let event = parse(r#"{"type":"PAY_IN","id":"p1","status":"payment_received","data":[]}"#);
    assert_eq!(event.key().as_str(), "PAY_IN|id:p1");
    assert_eq!(event.payment().unwrap().status, PaymentStatus::PaymentReceived);
    assert!(event.payment().unwrap().extra.is_empty());
}

#[test]
fn unreadable_is_told_from_absent() {
    let event = parse(
        r#"{"type":"PAY_IN","holder":[],"data":{"id":"p1","status":{},"external_id":"","user_id":null,
            "fiat_amount":"1.234,50","fiat_symbol":"EUR","coin_amount":null,"coin_symbol":"USDC",
            "created_at":"2026-06-20 10:15:30"}}"#,
    );
    let payment = event.payment().unwrap();
    assert!(payment.status.is_unreadable() && payment.fiat.is_unreadable());
    assert!(payment.external_id.is_unreadable() && payment.created_at.is_unreadable());
    assert!(payment.user_id.is_absent() && payment.coin.is_absent() && payment.txid.is_absent());
    assert_eq!(payment.fiat.to_string(), "unreadable");
    assert_eq!(payment.extra.get("fiat_amount").unwrap().get(), "\"1.234,50\"");
    assert_eq!(payment.extra.get("coin_symbol").unwrap().get(), "\"USDC\"");
    let paths: Vec<_> = event
        .surprises()
        .iter()
        .map(|found| found.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "data.external_id",
            "data.status",
            "data.fiat_amount",
            "data.created_at"
        ]
    );
    assert_eq!(
        event.state(),
        Some(PaymentStatus::PaymentReceived.into()),
        "by its kind"
    );
}

#[test]
fn amount_without_currency_is_unreadable() {
    let event = parse(r#"{"type":"PAY_IN","id":"p1","fiat_amount":15050,"coin_amount":1,"coin_symbol":7}"#);
    let payment = event.payment().unwrap();
    assert!(payment.fiat.is_unreadable());
    assert_eq!(payment.extra.get("fiat_amount").unwrap().get(), "15050");
    assert_eq!(payment.coin.to_string(), "1 7");
    let event =
        parse(r#"{"type":"CRYPTO_RECEIVED","id":"o1","amount":"20","decimals":4000000000,"crypto":"DAI"}"#);
    assert!(event.offramp().unwrap().coin.is_unreadable());
    assert_eq!(event.offramp().unwrap().extra.len(), 3);
}

#[test]
fn another_name_serves_when_the_first_is_unreadable() {
    let event = parse(r#"{"type":"PAY_IN","data":{"id":[],"payment_id":"p1"}}"#);
    assert_eq!(event.payment().unwrap().id, Field::Value("p1".into()));
    assert_eq!(event.surprises()[0].path, "data.id");
}

#[test]
fn surprise_beside_data_has_no_data_in_its_path() {
    let event = parse(r#"{"type":"PAY_IN","fiat_amount":"1,5","data":{"id":"p1","fiat_amount":null}}"#);
    assert!(event.payment().unwrap().fiat.is_unreadable());
    assert_eq!(event.surprises()[0].path, "fiat_amount");
}
