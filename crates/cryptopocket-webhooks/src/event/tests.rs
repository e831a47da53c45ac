use cryptopocket_types::{OfframpStatus, PaymentStatus};
use proptest::prelude::*;

use super::*;
use crate::key::EventIdentity;

fn parse(body: &str) -> Event {
    let event = Event::parse(body.as_bytes()).unwrap();
    // What is read without the other fields is the same for each body of these tests.
    let identity = EventIdentity::of(&Document::read(body.as_bytes()).unwrap()).unwrap();
    assert_eq!(identity.key, event.key(), "{body}");
    assert_eq!(identity.name, event.info().map_or(event.name(), |info| info.name));
    assert_eq!(
        identity.object_id.as_deref(),
        event.object_id().as_deref(),
        "{body}"
    );
    assert_eq!(identity.fingerprint, event.fingerprint(), "{body}");
    event
}

fn refused(body: &str) -> String {
    Event::parse(body.as_bytes()).unwrap_err().to_string()
}

const PAYMENT: &str = r#"{"id":"8k2xq0w9v7b6n5m4a3s2d1f0g","external_id":"o-1","user_id":"100067","status":"coins_sent",
    "fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.320000000000000001,
    "created_at":"2026-04-08T10:00:00.250000Z","holder":null,"txid":"0xabc","channel":{"n":1.10}}"#;

const OFFRAMP: &str = r#"{"id":7,"status":"finished","blockchain":"polygon","crypto":"DAI",
    "amount":"20000000000000000000","decimals":18,"fiat_amount":"4800.24"}"#;

#[test]
fn payment_has_fiat_in_cents_and_coins_in_coin_units() {
    let event = parse(&format!(
        r#"{{"type":"COINS_SENT","data":{PAYMENT},"sent_at":"now"}}"#
    ));
    let payment = event.payment().unwrap();
    assert_eq!(event.kind(), EventKind::CoinsSent);
    assert_eq!(payment.id.value().unwrap().as_str(), "8k2xq0w9v7b6n5m4a3s2d1f0g");
    assert_eq!(payment.user_id, Some(100_067.into()));
    assert_eq!(payment.status, Some(PaymentStatus::CoinsSent));
    assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    assert_eq!(
        payment.coin.value().unwrap().to_string(),
        "148.320000000000000001 USDC"
    );
    assert_eq!(payment.created_at.to_string(), "2026-04-08T10:00:00.250000Z");
    assert_eq!(payment.holder, None);
    assert_eq!(payment.txid, Some("0xabc".into()));
    assert_eq!(payment.extra.len(), 1);
    assert_eq!(payment.extra.get("channel").unwrap().get(), r#"{"n":1.10}"#);
    assert_eq!(event.envelope().get("sent_at").unwrap().get(), "\"now\"");
}

#[test]
fn offramp_has_coins_in_base_units_and_fiat_as_string() {
    let event = parse(&format!(r#"{{"event":"CRYPTO_RECEIVED","data":{OFFRAMP}}}"#));
    let offramp = event.offramp().unwrap();
    assert_eq!(offramp.id, Some(7.into()));
    assert_eq!(offramp.status, Some(OfframpStatus::Finished));
    assert_eq!(offramp.coin.value().unwrap().to_string(), "20 DAI");
    assert_eq!(offramp.coin.value().unwrap().chain().unwrap(), &"polygon");
    assert_eq!(offramp.fiat_amount.to_string(), "4800.24");
    assert_eq!(offramp.fiat(), None);
    assert!(offramp.extra.is_empty());
}

#[test]
fn nested_and_flat_bodies_are_equal() {
    let nested = parse(&format!(r#"{{"type":"COINS_SENT","data":{PAYMENT}}}"#));
    let flat = parse(&PAYMENT.replacen('{', r#"{"event":"COINS_SENT","#, 1));
    assert_eq!(nested.payload(), flat.payload());
    assert_eq!(nested.key(), flat.key());
    assert_eq!(nested.fingerprint(), flat.fingerprint());
    assert!(flat.envelope().is_empty());
}

#[test]
fn data_of_another_type_is_a_plain_field() {
    let event = parse(r#"{"type":"PAY_IN","data":"ok","id":"p1"}"#);
    let payment = event.payment().unwrap();
    assert_eq!(payment.id, Some("p1".into()));
    assert_eq!(payment.extra.get("data").unwrap().get(), "\"ok\"");
}

#[test]
fn both_spellings_of_offramp_end_are_one_event() {
    let [old, new] = ["RAMPOFF_FINISHED", "TRANSFER_RAMPOFF_FINISHED"]
        .map(|name| parse(&format!(r#"{{"type":"{name}","data":{OFFRAMP}}}"#)));
    assert_eq!(
        (old.kind(), new.kind()),
        (EventKind::OfframpFinished, EventKind::OfframpFinished)
    );
    assert_eq!(
        (old.name(), new.name()),
        ("RAMPOFF_FINISHED", "TRANSFER_RAMPOFF_FINISHED")
    );
    assert_eq!(old.key(), new.key());
    assert_eq!(old.fingerprint(), new.fingerprint());
}

#[test]
fn unknown_event_keeps_name_and_fields() {
    let event = parse(&format!(r#"{{"type":"PAYMENT_FROZEN","data":{PAYMENT}}}"#));
    assert_eq!(event.kind(), EventKind::Unknown);
    assert_eq!(event.name(), "PAYMENT_FROZEN");
    assert_eq!(event.info(), None);
    let Payload::Other(fields) = event.payload() else {
        panic!("an unknown event has no typed payload")
    };
    assert_eq!(fields.get("coin_amount").unwrap().get(), "148.320000000000000001");
    assert_eq!(event.object_id().unwrap(), "8k2xq0w9v7b6n5m4a3s2d1f0g");
    assert_eq!(event.status().unwrap(), "coins_sent");
    assert_eq!(event.state(), None);
}

#[test]
fn unknown_status_keeps_its_text() {
    let event = parse(r#"{"type":"PAY_IN","data":{"id":"p1","status":"refunded"}}"#);
    assert_eq!(event.status().unwrap(), "refunded");
    assert!(!event.is_stale_after(PaymentStatus::CoinsSent));
}

#[test]
fn body_without_event_name_is_unknown() {
    for body in [
        r#"{"data":{"id":"p1"}}"#,
        r#"{"type":null,"id":"p1"}"#,
        r#"{"event":{"id":"p1"},"id":"p1"}"#,
    ] {
        let event = parse(body);
        assert_eq!((event.kind(), event.name()), (EventKind::Unknown, ""));
        assert_eq!(event.object_id().unwrap(), "p1");
    }
}

#[test]
fn known_name_wins_and_two_known_names_are_refused() {
    let event = parse(r#"{"type":"transfer","event":"PAY_IN","id":"p1"}"#);
    assert_eq!(event.name(), "PAY_IN");
    assert_eq!(
        event.payment().unwrap().extra.get("type").unwrap().get(),
        "\"transfer\""
    );
    assert_eq!(parse(r#"{"type":"A","event":"B"}"#).name(), "A");
    assert_eq!(
        parse(r#"{"event":"RAMPOFF_FINISHED","type":"TRANSFER_RAMPOFF_FINISHED"}"#).kind(),
        EventKind::OfframpFinished
    );
    assert!(refused(r#"{"type":"PAY_IN","event":"COINS_SENT"}"#).contains("two different events"));
}

#[test]
fn body_that_is_not_an_object_is_refused() {
    for body in ["[]", "\"PAY_IN\"", "null", "true"] {
        assert!(refused(body).contains("not a JSON object"));
    }
}

#[test]
fn amount_of_doubtful_unit_stays_in_extra() {
    for amount in ["150.50", "150.00", "\"150.50\"", "1.5e4", "\"\"", "[]", "true"] {
        let event = parse(&format!(
            r#"{{"type":"PAY_IN","data":{{"fiat_amount":{amount},"fiat_symbol":"EUR"}}}}"#
        ));
        let payment = event.payment().unwrap();
        assert!(payment.fiat.is_unreadable(), "{amount}");
        assert_eq!(payment.extra.get("fiat_amount").unwrap().get(), amount);
        assert_eq!(payment.extra.get("fiat_symbol").unwrap().get(), "\"EUR\"");
    }
    for units in ["\"20.0\"", "20.0", "\"2e19\"", "\"-1\""] {
        let event = parse(&format!(
            r#"{{"type":"CRYPTO_RECEIVED","amount":{units},"decimals":18,"crypto":"DAI"}}"#
        ));
        let offramp = event.offramp().unwrap();
        assert!(offramp.coin.is_unreadable(), "{units}");
        assert_eq!(offramp.extra.get("amount").unwrap().get(), units);
        assert_eq!(offramp.extra.get("crypto").unwrap().get(), "\"DAI\"");
    }
}

#[test]
fn amounts_are_read_from_number_or_string() {
    let event = parse(
        r#"{"type":"PAY_IN","fiat_amount":"15050","fiat_symbol":"EUR","coin_amount":"148.32","coin_symbol":"USDC"}"#,
    );
    assert_eq!(event.payment().unwrap().fiat.to_string(), "150.50 EUR");
    assert_eq!(
        event.payment().unwrap().coin.value().unwrap().to_string(),
        "148.32 USDC"
    );
    let event = parse(
        r#"{"type":"CRYPTO_RECEIVED","amount":20,"decimals":"0","symbol":"DAI","fiat_amount":4800.24,"fiat_symbol":"EUR"}"#,
    );
    assert_eq!(
        event.offramp().unwrap().coin.value().unwrap().to_string(),
        "20 DAI"
    );
    assert_eq!(
        event.offramp().unwrap().fiat().unwrap().to_string(),
        "4800.24 EUR"
    );
}

#[test]
fn states_only_move_forward() {
    let event =
        |name: &str, status: &str| parse(&format!(r#"{{"type":"{name}","data":{{"id":"x"{status}}}}}"#));
    let early = event("PAY_IN", "");
    let late = event("COINS_SENT", r#","status":"coins_sent""#);
    assert!(early.is_stale_after(late.state().unwrap()));
    assert!(!late.is_stale_after(early.state().unwrap()));
    assert!(!late.is_stale_after(late.state().unwrap()));
    let received = event("CRYPTO_RECEIVED", "");
    assert!(received.is_stale_after(OfframpStatus::Finished));
    assert!(!received.is_stale_after(PaymentStatus::CoinsSent));
    assert!(!event("RAMPOFF_FINISHED", "").is_stale_after(OfframpStatus::CryptoReceived));
}

#[test]
fn key_is_kind_and_object_and_nothing_else() {
    let key = |body: &str| parse(body).key();
    let first =
        key(r#"{"type":"PAY_IN","data":{"id":"a","status":"s","coin_amount":1.5,"coin_symbol":"USDC"}}"#);
    for same in [
        r#"{"type":"PAY_IN","x":1,"data":{"coin_amount":1.50,"coin_symbol":"USDC","status":"s","id":"a","txid":"t"}}"#,
        r#"{"type":"PAY_IN","data":{"id":"a","status":"t","coin_amount":1.5,"coin_symbol":"USDC"}}"#,
        r#"{"type":"PAY_IN","data":{"id":"a","status":"s","coin_amount":1.6,"coin_symbol":"DAI"}}"#,
    ] {
        assert_eq!(first, key(same), "{same}");
    }
    for other in [
        r#"{"type":"COINS_SENT","data":{"id":"a","status":"s","coin_amount":1.5,"coin_symbol":"USDC"}}"#,
        r#"{"type":"PAY_IN","data":{"id":"b","status":"s","coin_amount":1.5,"coin_symbol":"USDC"}}"#,
    ] {
        assert_ne!(first, key(other), "{other}");
    }
}

#[test]
fn parts_of_a_key_cannot_run_into_each_other() {
    let a = parse(r#"{"type":"X","id":"a|b"}"#).key();
    let b = parse(r#"{"type":"X|id:a","id":"b"}"#).key();
    assert_ne!(a, b);
    assert_eq!(a.as_str(), "X|id:a%7Cb");
    assert_eq!(
        parse("{\"type\":\"X\\n%\",\"id\":1}").key().as_str(),
        "X%0A%25|id:1"
    );
}

#[test]
fn without_id_the_key_covers_the_body() {
    let [a, b, again] =
        ["1", "2", "1"].map(|n| parse(&format!(r#"{{"type":"PAY_IN","data":{{"n":{n}}}}}"#)).key());
    assert_ne!(a, b);
    assert_eq!(a, again);
    assert!(a.as_str().starts_with("PAY_IN|body:"));
}

#[test]
fn fingerprint_ignores_layout_but_not_content() {
    let print = |body: &str| parse(body).fingerprint();
    let first = print(r#"{"type":"PAY_IN","data":{"a":[1, 2],"b":"x y","id":1},"sent":1}"#);
    assert_eq!(
        first,
        print("{\"sent\":2,\n \"data\": {\"b\":\"x y\", \"id\":1, \"a\":[1,2]},\"type\":\"PAY_IN\"}")
    );
    assert_ne!(
        first,
        print(r#"{"type":"PAY_IN","data":{"a":[1,2],"b":"xy","id":1}}"#)
    );
    assert_ne!(first, print(r#"{"type":"PAY_IN","data":{"a":[1,2],"id":1}}"#));
}

mod beside_data;
mod odd_forms;

#[test]
fn debug_shows_field_names_without_personal_values() {
    let event =
        parse(r#"{"type":"PAY_IN","data":{"id":"p1","holder":"Ana Gil","iban":"ES91"},"note":"Ana"}"#);
    let shown = format!("{event:?}");
    assert!(
        shown.contains("p1") && shown.contains("iban") && shown.contains("note"),
        "{shown}"
    );
    assert!(!shown.contains("Ana") && !shown.contains("ES91"), "{shown}");
}

#[test]
fn debug_of_a_key_hides_what_may_be_personal() {
    for (body, shown) in [
        (r#"{"type":"PAY_IN","id":"p1"}"#, "EventKey(PAY_IN|id:p1)"),
        (
            r#"{"type":"Ana Gil","id":"ana@example.com"}"#,
            "EventKey([unknown]|id:[hidden])",
        ),
        (
            r#"{"type":"CRYPTO_RECEIVED","id":"ES91 2100 0418 4502 0005 1332"}"#,
            "EventKey(CRYPTO_RECEIVED|id:[hidden])",
        ),
    ] {
        assert_eq!(format!("{:?}", parse(body).key()), shown);
    }
}

proptest! {
    #[test]
    fn every_field_is_read_or_kept(members in proptest::collection::btree_map(
        prop_oneof![
            proptest::sample::select(vec!["id", "status", "fiat_amount", "fiat_symbol", "coin_amount", "coin_symbol", "holder",
                "created_at", "user_id", "amount", "decimals", "crypto"]).prop_map(str::to_owned),
            "[a-z]{1,3}",
        ],
        prop_oneof![Just("1"), Just("\"EUR\""), Just("\"x\""), Just("[]"), Just("1.5"), Just("{}"), Just("false")],
        0..12,
    ), name in proptest::sample::select(vec!["PAY_IN", "CRYPTO_RECEIVED", "NEW"])) {
        let fields: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let event = parse(&format!(r#"{{"type":"{name}","data":{{{}}}}}"#, fields.join(",")));
        let (extra, taken) = match event.payload() {
            Payload::Payment(p) => (&p.extra, [p.id.is_value(), p.user_id.is_value(), p.status.is_value(), p.holder.is_value(), p.created_at.is_value()]
                .into_iter().filter(|taken| *taken).count() + 2 * usize::from(p.fiat.is_value()) + 2 * usize::from(p.coin.is_value())),
            Payload::Offramp(o) => (&o.extra, [o.id.is_value(), o.user_id.is_value(), o.status.is_value(), o.fiat_amount.is_value(), o.fiat_symbol.is_value()]
                .into_iter().filter(|taken| *taken).count() + 3 * usize::from(o.coin.is_value())),
            Payload::Other(extra) => (extra, 0),
        };
        prop_assert_eq!(extra.len() + taken, members.len());
        for (name, value) in extra.iter() {
            prop_assert_eq!(members.get(name).copied(), Some(value.get()));
        }
    }
}
