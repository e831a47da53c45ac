use std::time::Duration;

use cryptopocket_core::testing::ScriptedSession;
use cryptopocket_core::{Effect, ErrorKind, Sent};
use cryptopocket_types::{Currency, PaymentStatus, PaymentType, Personal, RawJson};

use super::{Calls as _, ID, payment_reply, usdc};
use crate::QuoteRequest;

#[tokio::test]
async fn payment_is_read_in_cents_and_coin_units() {
    let reply = r#"{"status":"ok","data":{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","external_id":"order-1","user_id":"100067",
        "status":"coins_sent","fiat_amount":15050,"fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,
        "created_at":"2026-06-20T10:15:30.123456Z","holder":"Lucía Ejemplo","txid":"0x8f2d"}}"#;
    let test = ScriptedSession::new().next("get_payment", &[reply]);
    let payment = test.onramp().payment(&ID.into()).await.unwrap();
    assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    assert_eq!(payment.coin.to_string(), "148.32 USDC");
    assert_eq!(payment.coin.value().unwrap().chain(), None);
    assert_eq!(payment.user_id.to_string(), "100067");
    assert_eq!(payment.external_id.value().map(AsRef::as_ref), Some("order-1"));
    assert_eq!(payment.created_at.to_string(), "2026-06-20T10:15:30.123456Z");
    assert_eq!(
        payment.holder.value().map(Personal::reveal),
        Some("Lucía Ejemplo")
    );
    assert_eq!(payment.txid.value().map(AsRef::as_ref), Some("0x8f2d"));
    assert!(payment.is_final());
    assert!(!format!("{payment:?}").contains("Lucía"));
}

#[tokio::test]
async fn numbers_and_strings_are_interchangeable() {
    let reply = r#"{"status":"ok","data":{"id":123,"external_id":77,"user_id":100067,"status":"started",
        "fiat_amount":"15050","fiat_symbol":"eur","coin_symbol":"USDC","coin_amount":"148.32",
        "created_at":"2026-06-20T10:15:30Z"}}"#;
    let test = ScriptedSession::new().next("get_payment", &[reply]);
    let payment = test.onramp().payment(&"123".into()).await.unwrap();
    assert_eq!(
        (payment.id.as_str(), payment.user_id.to_string().as_str()),
        ("123", "100067")
    );
    assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    assert_eq!(payment.coin.to_string(), "148.32 USDC");
    assert!(payment.holder.is_absent() && payment.txid.is_absent());
}

#[tokio::test]
async fn unknown_status_and_fields_are_kept() {
    let reply =
        payment_reply("on_hold").replace(r#""holder":null"#, r#""holder":null,"refund":{"amount":1.10}"#);
    let test = ScriptedSession::new().next("get_payment", &[&reply]);
    let payment = test.onramp().payment(&ID.into()).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::from("on_hold"));
    assert!(!payment.is_final());
    assert_eq!(
        payment.extra.get("refund").map(RawJson::get),
        Some(r#"{"amount":1.10}"#)
    );
}

#[tokio::test]
async fn unusable_path_id_is_not_sent() {
    let test = ScriptedSession::new();
    for id in ["", "..", "a/b", "a?b", "a#b", "a\nb", "%2e%2e"] {
        let error = test.onramp().payment(&id.into()).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::InvalidInput, Sent::No),
            "{id:?}"
        );
        assert!(error.to_string().starts_with("payment_id is refused"), "{error}");
    }
    assert_eq!(test.provider.calls("get_payment"), 0);
}

#[tokio::test]
async fn unreadable_currency_costs_only_the_money() {
    let reply = payment_reply("coins_sent").replace(r#""EUR""#, r#""€""#);
    let test = ScriptedSession::new().next("get_payment", &[&reply]);
    let payment = test.onramp().payment(&ID.into()).await.unwrap();
    assert!(payment.is_final() && payment.fiat.is_unreadable());
    assert_eq!(payment.extra.get("fiat_symbol").map(RawJson::get), Some(r#""€""#));
    assert_eq!(payment.extra.get("fiat_amount").map(RawJson::get), Some("15050"));
    let surprises: Vec<_> = payment
        .extra
        .surprises()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(surprises, ["fiat_symbol: expected a currency code, found text"]);
}

#[tokio::test]
async fn quote_converts_spelling_of_methods() {
    for (method, spelt) in [
        ("card", "card"),
        ("psd2", "PSD2"),
        ("transfer", "TRANSFER"),
        ("KHIPU", "KHIPU"),
        ("moon_dust", "moon_dust"),
    ] {
        let reply = format!(r#"{{"status":"ok","data":{{"tokens":107.2072,"payment_type":"{spelt}"}}}}"#);
        let test = ScriptedSession::new().next("get_onramp_quote", &[&reply]);
        let asked = QuoteRequest::new("100 EUR".parse().unwrap(), usdc(), PaymentType::from(method));
        let quote = test.onramp().quote(asked).await.unwrap();
        let query = &test.provider.queries("get_onramp_quote")[0];
        for pair in [
            "amount=100",
            "symbol=USDC",
            "chain=polygon",
            &format!("payment_type={spelt}"),
        ] {
            assert!(query.split('&').any(|found| found == pair), "{pair} in {query}");
        }
        assert_eq!(quote.payment_type, PaymentType::from(method));
    }
}

#[tokio::test]
async fn missing_quote_fields_come_from_request() {
    let full = r#"{"status":"ok","data":{"tokens":107.2072,"price":0.9213,"fee":1.23,"amount":100,"symbol":"USDC",
        "chain":"polygon","payment_type":"card","rate_id":9}}"#;
    let test = ScriptedSession::new().next(
        "get_onramp_quote",
        &[full, r#"{"status":"ok","data":{"tokens":107.2072}}"#],
    );
    let ask = || QuoteRequest::on_default_chain("100 EUR".parse().unwrap(), "USDC", PaymentType::Card);
    let quote = test.onramp().quote(ask()).await.unwrap();
    assert_eq!(quote.tokens, usdc().amount("107.2072".parse().unwrap()));
    assert_eq!(
        (quote.price.to_string(), quote.fee.to_string()),
        ("0.9213 EUR".to_owned(), "1.23 EUR".to_owned())
    );
    assert_eq!(quote.extra.get("rate_id").map(RawJson::get), Some("9"));
    assert_eq!(quote.taken_at.to_string(), "2026-01-01T00:00:00Z");

    let bare = test.onramp().quote(ask()).await.unwrap();
    assert_eq!(bare.tokens.to_string(), "107.2072 USDC");
    assert!(bare.price.is_absent() && bare.fee.is_absent());
    assert_eq!(bare.spend.to_string(), "100.00 EUR");
    assert!(!test.provider.queries("get_onramp_quote")[1].contains("chain"));
}

#[tokio::test]
async fn quote_in_another_currency_is_refused() {
    let test = ScriptedSession::new();
    for (amount, rule) in [
        (
            "100 USD",
            "amount must be in euros, since the provider quotes in nothing else",
        ),
        ("0 EUR", "amount must be above zero"),
        ("1.005 EUR", "amount has more decimals than its currency"),
    ] {
        let asked = QuoteRequest::new(amount.parse().unwrap(), usdc(), PaymentType::Card);
        assert_eq!(test.onramp().quote(asked).await.unwrap_err().to_string(), rule);
    }
    assert_eq!(test.provider.calls("get_onramp_quote"), 0);
}

#[tokio::test]
async fn methods_have_limits() {
    let reply = r#"{"status":"ok","data":[
        {"payment_type":"card","name":"Card","fiat_symbol":"EUR","min_amount":30,"max_amount":5000.50},
        {"payment_type":"KHIPU","name":"Khipu","fiat_symbol":"CLP","country":"CL","min_amount":30000},
        {"payment_type":"moon_dust","logo":"m.svg"},
        {"payment_type":"card","fiat_symbol":"€","min_amount":30}]}"#;
    let test = ScriptedSession::new().next("list_payment_methods", &[reply, reply]);
    let methods = test
        .onramp()
        .list_payment_methods(None)
        .await
        .unwrap()
        .into_items();
    assert_eq!(test.provider.queries("list_payment_methods")[0], "");
    assert_eq!(methods[0].max.to_string(), "5000.50 EUR");
    assert_eq!(methods[1].payment_type.as_str(), "KHIPU");
    assert_eq!(
        (methods[1].min.to_string().as_str(), methods[1].country.as_deref()),
        ("30000 CLP", Some("CL"))
    );
    assert_eq!(methods[2].payment_type.as_str(), "moon_dust");
    assert!(methods[2].currency.is_absent());
    assert_eq!(methods[2].extra.get("logo").map(RawJson::get), Some(r#""m.svg""#));
    assert!(methods[3].min.is_unreadable());
    assert_eq!(methods[3].extra.get("min_amount").map(RawJson::get), Some("30"));

    let chilean = test.onramp().list_payment_methods(Currency::CLP).await.unwrap();
    assert_eq!(
        test.provider.queries("list_payment_methods")[1],
        "fiat_symbol=CLP"
    );
    let chilean = chilean.into_items();
    assert_eq!(chilean[2].currency, Some(Currency::CLP));
    assert!(
        chilean[3].currency.is_unreadable(),
        "not replaced by what was asked for"
    );
}

#[tokio::test]
async fn reply_about_another_payment_is_refused() {
    let other = payment_reply("coins_sent").replace(ID, "pay0A0a0A0a0A0a0A0a0A0a0A");
    let test = ScriptedSession::new().always("get_payment", &other);
    let error = test.onramp().payment(&ID.into()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::UnexpectedReply, Effect::NotDone)
    );
    assert_eq!(error.advice().id(), "another_object");
    assert!(!format!("{error} {error:?}").contains("pay0A0a"), "{error:?}");

    let wait = test
        .onramp()
        .wait_payment(&ID.into())
        .max_wait(Duration::from_secs(600));
    let error = wait.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "get_payment: the reply is about another payment than the one asked for"
    );
}
