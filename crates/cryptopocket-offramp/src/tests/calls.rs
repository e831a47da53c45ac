use cryptopocket_core::testing::{Answer, ScriptedSession};
use cryptopocket_core::{Effect, ErrorKind, Sent};
use cryptopocket_types::{CoinAmount, Currency, OfframpStatus, RawJson};
use serde_json::json;

use super::{Calls as _, IBAN, ID, iban, reply, transaction, usdc};
use crate::{NewOfframp, OfframpFilter, QuoteRequest};

const CREATED: &str = r#"{"status":"ok","data":{"rampoff":"payment created","wallet":
    "0xde709f2102306220921060314715629080e2fb77","id":4711,"memo":1.10}}"#;

#[tokio::test]
async fn quote_sends_coin_units_and_reads_exact_money() {
    let full = r#"{"status":"ok","data":{"fiat_amount":"4800.24","fiat_symbol":"EUR","amount":20.5,"symbol":"USDC",
        "blockchain":"polygon","fee":"0.18","rate_id":9}}"#;
    let bare = r#"{"status":"ok","data":{"fiat_amount":"4800.24"}}"#;
    let test = ScriptedSession::new().next("get_offramp_quote", &[full, bare]);
    let quote = test
        .offramp()
        .quote(QuoteRequest::new(usdc("20.5")))
        .await
        .unwrap();
    let query = &test.provider.queries("get_offramp_quote")[0];
    for pair in ["amount=20.5", "symbol=USDC", "blockchain=polygon"] {
        assert!(query.split('&').any(|found| found == pair), "{pair} in {query}");
    }
    assert_eq!(quote.receive.money(), Some("4800.24 EUR".parse().unwrap()));
    assert_eq!(
        quote.fee.into_value().and_then(crate::FiatAmount::money),
        Some("0.18 EUR".parse().unwrap())
    );
    assert_eq!(quote.sell, usdc("20.5"));
    assert_eq!(quote.taken_at.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(quote.extra.get("rate_id").map(RawJson::get), Some("9"));

    let bare = test
        .offramp()
        .quote(QuoteRequest::new(usdc("20.5")))
        .await
        .unwrap();
    assert!(bare.receive.currency.is_absent() && bare.fee.is_absent());
    assert_eq!(bare.sell, usdc("20.5"));
}

#[tokio::test]
async fn unreadable_currency_keeps_its_text() {
    let odd = r#"{"status":"ok","data":{"fiat_amount":"4800.24","fiat_symbol":"€"}}"#;
    let test = ScriptedSession::new().next("get_offramp_quote", &[odd]);
    let quote = test.offramp().quote(QuoteRequest::new(usdc("1"))).await.unwrap();
    assert_eq!(quote.receive.currency.value(), None);
    assert_eq!(quote.receive.in_currency(Currency::EUR), None);
    assert_eq!(quote.extra.get("fiat_symbol").map(RawJson::get), Some(r#""€""#));
}

#[tokio::test]
async fn creation_returns_deposit_address() {
    let test = ScriptedSession::new().next("create_offramp", &[CREATED, CREATED]);
    let new = NewOfframp::to_iban(100_067.into(), usdc("20"), iban());
    let created = test.offramp().create_offramp(new).await.unwrap();
    assert_eq!(created.id.as_str(), "4711", "the id may be a number");
    assert_eq!(
        created.wallet.as_deref(),
        Some("0xde709f2102306220921060314715629080e2fb77")
    );
    assert_eq!(created.send, usdc("20"));
    assert_eq!(created.message.as_deref(), Some("payment created"));
    assert_eq!(created.extra.get("memo").map(RawJson::get), Some("1.10"));

    let latam = NewOfframp::latam(100_067.into(), usdc("20"), "Banco de Prueba");
    let created = test.offramp().create_offramp(latam).await.unwrap();
    let unnamed = CoinAmount::new(20.into(), "USDC", None);
    assert_eq!(created.send, unnamed, "a chain that was not sent is not shown");
    let bodies: Vec<serde_json::Value> = test
        .provider
        .requests("create_offramp")
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    assert_eq!(
        bodies,
        [
            json!({"user_id": 100_067, "amount": 20, "symbol": "USDC", "blockchain": "polygon", "iban": IBAN}),
            json!({"user_id": 100_067, "amount": 20, "symbol": "USDC", "bank_name": "Banco de Prueba"}),
        ]
    );
}

#[tokio::test]
async fn lost_answer_is_never_resent_and_names_list() {
    for lost in [
        Answer::lost(),
        Answer::timeout_after_sending(),
        Answer::broken_body(),
        Answer::reply(500, "oops"),
    ] {
        let test = ScriptedSession::new();
        test.provider.always("create_offramp", lost);
        let error = test
            .offramp()
            .create_offramp(NewOfframp::to_iban(1.into(), usdc("20"), iban()))
            .await
            .unwrap_err();
        assert!(error.effect() == Effect::Unknown, "{error}");
        assert!(
            error.advice().to_string().contains("OffRamp::list_offramps"),
            "{}",
            error.advice()
        );
        assert!(
            error.advice().to_string().contains("proven end"),
            "{}",
            error.advice()
        );
        assert_eq!(test.provider.calls("create_offramp"), 1);
    }
    let test = ScriptedSession::new();
    test.provider
        .next("create_offramp", Answer::error_code("moon_phase_wrong"));
    let error = test
        .offramp()
        .create_offramp(NewOfframp::to_iban(1.into(), usdc("20"), iban()))
        .await
        .unwrap_err();
    assert!(error.has_code("moon_phase_wrong") && error.effect() == Effect::Unknown);
}

#[tokio::test]
async fn success_without_an_id_is_done() {
    let test = ScriptedSession::new().next("create_offramp", &[r#"{"status":"ok","data":{"memo":1}}"#]);
    let error = test
        .offramp()
        .create_offramp(NewOfframp::to_iban(1.into(), usdc("20"), iban()))
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::Done);
    assert_eq!(error.advice().id(), "done_unread");
}

#[tokio::test]
async fn base_units_become_coin_units() {
    let test = ScriptedSession::new().next("get_offramp", &[&reply("finished")]);
    let found = test.offramp().offramp(&ID.into()).await.unwrap();
    assert_eq!(test.provider.queries("get_offramp"), [format!("id={ID}")]);
    assert_eq!(
        found.coin,
        CoinAmount::new(20.into(), "USDT", Some("polygon".into()))
    );
    assert_eq!(found.fiat.to_string(), "4800.24");
    assert_eq!(found.fiat.value().unwrap().currency, None);
    assert!(found.is_final());
}

#[tokio::test]
async fn unknown_status_and_fields_are_kept() {
    let with_more = reply("on_hold").replace(r#""decimals""#, r#""fiat_symbol":"EUR","fee":1.10,"decimals""#);
    let test = ScriptedSession::new().next("get_offramp", &[&with_more]);
    let found = test.offramp().offramp(&ID.into()).await.unwrap();
    assert_eq!(found.status, OfframpStatus::from("on_hold"));
    assert!(!found.is_final());
    assert_eq!(found.extra.get("fee").map(RawJson::get), Some("1.10"));
    assert_eq!(found.fiat.value().unwrap().currency, Some(Currency::EUR));
    assert_eq!(found.extra.get("fiat_symbol").map(RawJson::get), Some(r#""EUR""#));
}

#[tokio::test]
async fn unreadable_currency_of_an_offramp_is_not_unnamed() {
    let odd = reply("finished").replace(r#""decimals""#, r#""fiat_symbol":"US$","decimals""#);
    let test = ScriptedSession::new().next("get_offramp", &[&odd]);
    let fiat = test.offramp().offramp(&ID.into()).await.unwrap().fiat;
    assert_eq!(
        fiat.value().and_then(|fiat| fiat.in_currency(Currency::EUR)),
        None
    );
}

#[tokio::test]
async fn impossible_decimals_cost_only_the_coins() {
    for decimals in ["-1", "500", r#""six""#, "null", "{}"] {
        let odd = reply("finished").replace("18", decimals);
        let test = ScriptedSession::new().next("get_offramp", &[&odd]);
        let found = test.offramp().offramp(&ID.into()).await.unwrap();
        assert!(found.is_final() && found.coin.is_unreadable(), "{decimals}");
        assert_eq!(
            found.extra.get("amount").map(RawJson::get),
            Some(r#""20000000000000000000""#)
        );
    }
}

#[tokio::test]
async fn unreadable_wallet_does_not_hide_the_offramp() {
    for wallet in [r#""""#, "[]", r#"{"address":"0xde"}"#] {
        let odd = format!(r#"{{"status":"ok","data":{{"id":"off-1","wallet":{wallet}}}}}"#);
        let test = ScriptedSession::new().next("create_offramp", &[&odd]);
        let new = NewOfframp::to_iban(100_067.into(), usdc("20"), iban());
        let created = test.offramp().create_offramp(new).await.unwrap();
        assert!(created.id == "off-1" && created.wallet.is_unreadable());
        assert_eq!(created.extra.get("wallet").map(RawJson::get), Some(wallet));
    }
}

#[tokio::test]
async fn bad_input_is_refused_before_sending() {
    let test = ScriptedSession::new();
    let nowhere = CoinAmount::new(20.into(), "USDC", None);
    let offramp = test.offramp();
    for error in [
        offramp
            .quote(QuoteRequest::new(nowhere.clone()))
            .await
            .unwrap_err(),
        offramp.quote(QuoteRequest::new(usdc("0"))).await.unwrap_err(),
        offramp
            .create_offramp(NewOfframp::to_iban(1.into(), nowhere, iban()))
            .await
            .unwrap_err(),
        offramp.offramp(&"".into()).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.sent()), (ErrorKind::InvalidInput, Sent::No));
    }
    assert_eq!(test.provider.calls("authenticate"), 0);
}

#[tokio::test]
async fn list_is_read_page_by_page() {
    let page = |id: &str, current: u32| {
        let place = format!(r#"{{"current_page":{current},"per_page":1,"total":2,"last_page":2}}"#);
        format!(
            r#"{{"status":"ok","data":[{}],"pagination":{place}}}"#,
            transaction(id, "started")
        )
    };
    let (first, second) = (page("1", 1), page(r#""b""#, 2));
    let test = ScriptedSession::new().next("list_offramps", &[&first, &second]);
    let all = test
        .offramp()
        .list_offramps(OfframpFilter::new())
        .per_page(1)
        .collect_all(usize::MAX)
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(),
        ["1", "b"]
    );
    assert_eq!(
        test.provider.queries("list_offramps"),
        ["page=1&per_page=1", "page=2&per_page=1"]
    );
}

#[tokio::test]
async fn list_tells_whether_its_end_is_proven() {
    let without_place = format!(r#"{{"status":"ok","data":[{}]}}"#, transaction("1", "started"));
    let empty = r#"{"status":"ok","data":[]}"#;
    for (next, is_proven) in [(empty, true), (without_place.as_str(), false)] {
        // The third is page 0, which is page 1 again.
        let test = ScriptedSession::new().next("list_offramps", &[&without_place, next, &without_place]);
        let mut all = test.offramp().list_offramps(OfframpFilter::new()).items();
        while let Some(found) = all.next().await {
            assert_eq!(found.unwrap().id.as_str(), "1");
        }
        assert_eq!(
            all.ended().map(cryptopocket_core::PagesEnd::is_proven),
            Some(is_proven)
        );
    }
}

#[tokio::test]
async fn reply_about_another_offramp_is_refused() {
    let test = ScriptedSession::new().always("get_offramp", &reply("finished"));
    let other = "off0000000000000000000000".into();
    let error = test.offramp().offramp(&other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    assert_eq!(error.advice().id(), "another_object");
    let wait = test
        .offramp()
        .wait_offramp(&other)
        .max_wait(std::time::Duration::from_secs(600));
    assert_eq!(
        wait.await.unwrap_err().to_string(),
        "get_offramp: the reply is about another off-ramp than the one asked for"
    );
}
