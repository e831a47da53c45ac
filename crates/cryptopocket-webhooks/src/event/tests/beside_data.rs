//! Bodies with fields of the object outside of `data`.

use cryptopocket_types::{Field, OfframpStatus, PaymentStatus};
use proptest::prelude::*;

use super::parse;
use crate::{Deduplicator, Sighting};

#[test]
fn different_payments_are_never_duplicates() {
    for body in [
        r#"{"type":"COINS_SENT","payment_id":"ID","data":{"status":"coins_sent"}}"#,
        r#"{"type":"PAY_IN","id":"ID","status":"payment_received","data":{}}"#,
        r#"{"type":"PAY_IN","id":"ID","data":{"id":null,"status":"payment_received"}}"#,
        r#"{"type":"PAY_IN","payment_id":"ID","data":{"id":"","status":"payment_received"}}"#,
        r#"{"type":"PAY_IN","data":{"payment":{"id":"ID"}}}"#,
        r#"{"type":"PAY_IN","payment":{"id":"ID"},"data":{}}"#,
        r#"{"type":"PAY_IN","payment":{"id":"ID"},"data":{"id":{}}}"#,
        r#"{"type":"PAY_IN","id":"integration-1","reference":"ID","data":{}}"#,
        r#"{"event":"CRYPTO_RECEIVED","rampoff_id":"ID","data":{"amount":"1"}}"#,
        r#"{"event":"CRYPTO_RECEIVED","rampoff_id":"ID","data":{"payment_id":"p0","amount":"1"}}"#,
        r#"{"event":"CRYPTO_RECEIVED","rampoff_id":"ID","payment_id":"p0","data":{"amount":"1"}}"#,
        r#"{"type":"SOMETHING_NEW","reference":"ID","data":{"status":"x"}}"#,
        r#"{"type":"SOMETHING_NEW","payment_id":"ID","data":{"status":"x"}}"#,
        r#"{"reference":"ID","data":{}}"#,
    ] {
        let mut seen = Deduplicator::new(8);
        let [first, second] = ["p1", "p2"].map(|id| parse(&body.replace("ID", id)));
        assert_eq!(seen.observe(&first), Sighting::New);
        assert_ne!(seen.observe(&second), Sighting::Duplicate, "{body}");
        assert_eq!(seen.observe(&first), Sighting::Duplicate, "{body}");
    }
}

#[test]
fn fields_missing_in_data_are_read_beside_it() {
    let event = parse(
        r#"{"type":"PAY_IN","payment_id":"p1","status":"payment_received","fiat_symbol":"EUR","fiat_amount":15050,
            "created_at":"2026-04-08T10:00:00Z","data":{"coin_amount":148.32,"coin_symbol":"USDC"}}"#,
    );
    let payment = event.payment().unwrap();
    assert_eq!(payment.id, Some("p1".into()));
    assert_eq!(payment.status, Some(PaymentStatus::PaymentReceived));
    assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    assert_eq!(payment.coin.value().unwrap().to_string(), "148.32 USDC");
    assert_eq!(
        (payment.created_at, event.envelope().len()),
        (Field::Absent, 1),
        "a time beside data is that of the delivery"
    );
    assert_eq!(event.key().as_str(), "PAY_IN|id:p1");

    let event = parse(r#"{"event":"CRYPTO_RECEIVED","rampoff_id":7,"payment_id":"p1","data":{"x":1}}"#);
    assert_eq!(
        event.key().as_str(),
        "CRYPTO_RECEIVED|id:7",
        "an off-ramp has no payment's id"
    );

    let event = parse(
        r#"{"type":"PAY_IN","payment_id":"p1","coin_amount":148.32,"coin_symbol":"USDC","data":{"amount":"1"}}"#,
    );
    assert_eq!(
        event.payment().unwrap().coin.value().unwrap().to_string(),
        "148.32 USDC"
    );

    let event =
        parse(r#"{"event":"CRYPTO_RECEIVED","rampoff_id":7,"status":"crypto_received","data":{"x":1}}"#);
    let offramp = event.offramp().unwrap();
    assert_eq!(
        (offramp.id.clone(), offramp.status.clone()),
        (
            Field::Value(7.into()),
            Field::Value(OfframpStatus::CryptoReceived)
        )
    );
    assert!(event.envelope().is_empty());

    let unknown = parse(r#"{"type":"NEW","payment_id":"p1","status":"frozen","amount":3,"data":{}}"#);
    assert_eq!(unknown.key().as_str(), "NEW|id:p1");
    assert_eq!(unknown.status().unwrap(), "frozen");
}

#[test]
fn fields_in_data_win_over_fields_beside_it() {
    let event = parse(
        r#"{"type":"PAY_IN","id":"evt_1","status":"sent","data":{"payment_id":"p1","status":"started"}}"#,
    );
    let payment = event.payment().unwrap();
    assert_eq!(
        (payment.id.clone(), payment.status.clone()),
        (Field::Value("p1".into()), Field::Value(PaymentStatus::Started))
    );
    assert_eq!(event.envelope().len(), 2);
    for (body, key) in [
        (
            r#"{"type":"PAY_IN","id":"evt_1","payment_id":"p1","status":"started"}"#,
            "PAY_IN|id:p1",
        ),
        (
            r#"{"type":"PAY_IN","data":{"id":"evt_1","payment_id":"p1"}}"#,
            "PAY_IN|id:p1",
        ),
        (
            r#"{"type":"CRYPTO_RECEIVED","id":"evt_1","rampoff_id":"o1"}"#,
            "CRYPTO_RECEIVED|id:o1",
        ),
        (r#"{"type":"NEW","id":"evt_1","payment_id":"p1"}"#, "NEW|id:p1"),
    ] {
        assert_eq!(parse(body).key().as_str(), key, "{body}");
    }
    let named = parse(r#"{"type":"PAY_IN","id":"evt_1","payment_id":"p1","data":{}}"#);
    assert_eq!(named.object_id().unwrap(), "p1");
    assert_eq!(named.envelope().get("id").unwrap().get(), "\"evt_1\"");
}

#[test]
fn success_word_beside_data_is_not_the_status() {
    for word in ["ok", "success", "sucess", "error"] {
        let event = parse(&format!(
            r#"{{"type":"COINS_SENT","status":"{word}","data":{{"id":"p1"}}}}"#
        ));
        assert_eq!(event.status(), None, "{word}");
        assert_eq!(event.state(), Some(PaymentStatus::CoinsSent.into()));
        assert_eq!(event.envelope().len(), 1);
    }
}

proptest! {
    #[test]
    fn duplicates_have_equal_content(
        first in members(), second in members(), name in proptest::sample::select(vec!["PAY_IN", "CRYPTO_RECEIVED", "NEW"]),
    ) {
        let body = |(beside, data): &(Members, Members)| {
            let fields = |members: &Members| members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>();
            let data = format!(r#""data":{{{}}}"#, fields(data).join(","));
            let all = [vec![format!(r#""type":"{name}""#)], fields(beside), vec![data]].concat();
            format!("{{{}}}", all.join(","))
        };
        let [one, other] = [parse(&body(&first)), parse(&body(&second))];
        let mut seen = Deduplicator::new(8);
        let _ = seen.observe(&one);
        if seen.observe(&other) == Sighting::Duplicate {
            prop_assert_eq!(one.payload(), other.payload());
            // What stands beside an object that has its id in `data` belongs to the delivery.
            let has_id = |data: &Members| ["id", "payment_id", "rampoff_id"]
                .iter()
                .any(|name| data.get(*name).is_some_and(|value| matches!(*value, "1" | "2" | "\"ok\"")));
            let is_named = has_id(&first.1) || has_id(&second.1);
            prop_assert!(is_named || one.envelope() == other.envelope());
        }
    }
}

type Members = std::collections::BTreeMap<String, &'static str>;

fn members() -> impl Strategy<Value = (Members, Members)> {
    let name = proptest::sample::select(vec![
        "id",
        "payment_id",
        "rampoff_id",
        "status",
        "ref",
        "amount",
        "txid",
    ]);
    let value = proptest::sample::select(vec!["1", "2", "\"\"", "null", "{}", "\"ok\""]);
    let one = proptest::collection::btree_map(name.prop_map(str::to_owned), value, 0..3);
    (one.clone(), one)
}
