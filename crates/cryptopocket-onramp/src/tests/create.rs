use cryptopocket_core::testing::{Answer, ScriptedSession};
use cryptopocket_core::{Effect, ErrorKind, Sent};
use cryptopocket_types::{Asset, ErrorCode, PaymentType, Personal, RawJson, Secret};
use serde_json::json;

use super::{Calls as _, ID, WALLET, customer, usdc};
use crate::{NewGuidedPayment, NewPayment, NextStep, QuoteRequest, UnsettledPayment};

const TRANSFER: &str = r#"{"status":"sucess","message":"payment_created","data":{"payment_id":
    "pay7Q2mX9tB4vLk8ZrN3cWd1s","iban":"ES7921000813610123456789","bic":"CAIXESBBXXX","concept":48213907,
    "destination_name":"Ejemplo Pagos SL"}}"#;
const CARD: &str = r#"{"status":"success","message":"payment_created","data":{"url_payment":
    "https://anything.at.all/8sl2","payment_id":"pay4H8nC2wY6jTf5QdV1xRk9m"}}"#;
const GUIDED: &str = r#"{"status":"success","message":"guided_payment_created","data":{"payment_id":
    "pay4H8nC2wY6jTf5QdV1xRk9m","gateway_url":"https://gateway.example.net/p/92kd","external_id":"order-1"}}"#;

fn by(method: &str) -> NewPayment {
    NewPayment::new(
        customer(),
        "240.00 EUR".parse().unwrap(),
        usdc(),
        WALLET,
        PaymentType::from(method),
    )
}

#[tokio::test]
async fn amount_is_sent_in_currency_units() {
    let test = ScriptedSession::new().next("create_payment", &[TRANSFER]);
    let new = NewPayment::transfer(customer(), "240 EUR".parse().unwrap(), usdc(), WALLET)
        .external_id("order-1")
        .callback_url("https://shop.example.com/back?t=1");
    test.onramp().create_payment(new).await.unwrap();
    assert_eq!(
        test.bodies("create_payment"),
        [json!({
            "user_id": 100_067, "external_id": "order-1", "fiat_symbol": "EUR", "fiat_amount": 240,
            "coin_symbol": "USDC", "coin_chain": "polygon", "wallet": WALLET, "payment_type": "transfer",
            "callback_url": "https://shop.example.com/back?t=1",
        })]
    );
}

#[tokio::test]
async fn methods_keep_their_spelling() {
    for method in ["card", "psd2", "transfer", "paypal", "KHIPU", "moon_dust"] {
        let test = ScriptedSession::new().next("create_payment", &[CARD]);
        let created = test.onramp().create_payment(by(method)).await.unwrap();
        assert_eq!(test.bodies("create_payment")[0]["payment_type"], method);
        assert_eq!(
            created.next.redirect_url().map(Secret::expose),
            Some("https://anything.at.all/8sl2")
        );
    }
}

#[tokio::test]
async fn latam_method_is_sent_without_chain() {
    let test = ScriptedSession::new().next("create_payment", &[CARD, CARD]);
    let clp = "95000 CLP".parse().unwrap();
    let new = NewPayment::latam(customer(), clp, "USDC", WALLET, PaymentType::from("KHIPU"));
    test.onramp().create_payment(new.clone()).await.unwrap();
    test.onramp().create_payment(new.chain("polygon")).await.unwrap();
    let bodies = test.bodies("create_payment");
    assert_eq!(bodies[0].get("coin_chain"), None);
    assert_eq!(bodies[0]["fiat_amount"], 95_000);
    assert_eq!(bodies[1]["coin_chain"], "polygon");
}

#[tokio::test]
async fn transfer_returns_account_and_concept() {
    let test = ScriptedSession::new().next("create_payment", &[TRANSFER]);
    let created = test
        .onramp()
        .create_payment(by("transfer").external_id("order-1"))
        .await
        .unwrap();
    let transfer = created.next.bank_transfer().expect("an account");
    assert_eq!(transfer.concept.as_str(), "48213907");
    assert_eq!(transfer.iban.reveal(), "ES7921000813610123456789");
    assert_eq!(transfer.bic.as_deref(), Some("CAIXESBBXXX"));
    assert_eq!(
        transfer.beneficiary.value().map(Personal::reveal),
        Some("Ejemplo Pagos SL")
    );
    assert_eq!(created.external_id.as_ref().map(AsRef::as_ref), Some("order-1"));
    let shown = format!("{created:?}");
    for hidden in ["ES79", "Ejemplo"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[tokio::test]
async fn next_step_follows_reply() {
    let reply = |fields: &str| format!(r#"{{"status":"ok","data":{{"payment_id":"{ID}"{fields}}}}}"#);
    let both = reply(r#","iban":"ES79","concept":"007","url_payment":"https://p.example/1","note":1.10"#);
    let account_only = reply(r#","iban":"ES79","bic":"B","destination_name":"N""#);
    let page_for_transfer = reply(r#","url_payment":"https://p.example/1""#);
    let bare = reply("");
    let test = ScriptedSession::new().next(
        "create_payment",
        &[&both, &both, &account_only, &page_for_transfer, &bare],
    );
    let onramp = test.onramp();

    let transfer = onramp.create_payment(by("transfer")).await.unwrap();
    assert_eq!(
        transfer.next.bank_transfer().map(|next| next.concept.as_str()),
        Some("007")
    );
    assert_eq!(
        transfer.extra.get("url_payment").map(RawJson::get),
        Some(r#""https://p.example/1""#)
    );
    assert_eq!(transfer.extra.get("note").map(RawJson::get), Some("1.10"));

    let page = onramp.create_payment(by("card")).await.unwrap();
    assert!(page.next.redirect_url().is_some());
    assert_eq!(page.extra.get("concept").map(RawJson::get), Some(r#""007""#));

    let account = onramp.create_payment(by("transfer")).await.unwrap();
    assert_eq!(
        account.next,
        NextStep::Unknown,
        "an account without a concept cannot be paid into"
    );
    let names: Vec<_> = account.extra.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["bic", "destination_name", "iban"]);

    assert!(
        onramp
            .create_payment(by("transfer"))
            .await
            .unwrap()
            .next
            .redirect_url()
            .is_some()
    );
    assert_eq!(
        onramp.create_payment(by("card")).await.unwrap().next,
        NextStep::Unknown
    );
}

#[tokio::test]
async fn bad_input_is_refused_before_sending() {
    let test = ScriptedSession::new();
    let amount = |text: &str| NewPayment::card(customer(), text.parse().unwrap(), usdc(), WALLET);
    let eur = || "240 EUR".parse().unwrap();
    for (new, rule) in [
        (amount("0 EUR"), "fiat_amount must be above zero"),
        (
            amount("10.001 EUR"),
            "fiat_amount has more decimals than its currency",
        ),
        (
            NewPayment::card(customer(), eur(), usdc(), "0xabc "),
            "wallet holds white space",
        ),
        (
            NewPayment::card(customer(), eur(), usdc(), WALLET.replace('9', "8")).chain("bitcoin"),
            "wallet begins with 0x, as no address of this chain does",
        ),
        (
            NewPayment::card("".into(), eur(), usdc(), WALLET),
            "user_id is empty",
        ),
        (by("card").external_id(""), "external_id is empty"),
        (
            by("card").callback_url("shop"),
            "callback_url is not a web address",
        ),
        (by(""), "payment_type is empty"),
    ] {
        let error = test.onramp().create_payment(new).await.unwrap_err();
        assert_eq!(error.to_string(), rule);
        assert_eq!((error.kind(), error.sent()), (ErrorKind::InvalidInput, Sent::No));
    }
    assert_eq!(
        test.provider.calls("create_payment") + test.provider.calls("authenticate"),
        0
    );
}

#[tokio::test]
async fn guided_payments_are_in_euros_only() {
    let test = ScriptedSession::new().next("create_guided_payment", &[GUIDED]);
    let dollars = NewGuidedPayment::new(customer(), "240 USD".parse().unwrap(), usdc());
    let error = test.onramp().create_guided_payment(dollars).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "fiat_amount must be in euros, the only currency of guided payments"
    );
    assert!(error.advice().to_string().contains("EUR"));
    assert_eq!(test.provider.calls("create_guided_payment"), 0);

    let euros = NewGuidedPayment::new(customer(), "99.95 EUR".parse().unwrap(), usdc())
        .payment_type(PaymentType::Psd2)
        .external_id("order-1");
    let created = test.onramp().create_guided_payment(euros).await.unwrap();
    assert_eq!(
        test.bodies("create_guided_payment"),
        [json!({
            "user_id": 100_067, "coin_symbol": "USDC", "coin_chain": "polygon", "fiat_amount": 99.95,
            "fiat_symbol": "EUR", "payment_type": "psd2", "external_id": "order-1",
        })]
    );
    assert_eq!(
        created.next.redirect_url().map(Secret::expose),
        Some("https://gateway.example.net/p/92kd")
    );
    assert!(!format!("{created:?}").contains("92kd"));
}

#[tokio::test]
async fn codes_keep_the_providers_spelling() {
    let test = ScriptedSession::new();
    test.provider
        .next("create_payment", Answer::error_code("limit_exceded"));
    test.provider
        .next("create_payment", Answer::error_code("moon_phase_wrong"));
    let known = test.onramp().create_payment(by("card")).await.unwrap_err();
    assert_eq!(known.code(), Some(&ErrorCode::LimitExceded));
    let unknown = test.onramp().create_payment(by("card")).await.unwrap_err();
    assert!(
        unknown.has_code("moon_phase_wrong") && unknown.is_refused() && unknown.effect() == Effect::Unknown
    );
    assert!(
        UnsettledPayment::of(&known).is_none(),
        "a refused payment is settled"
    );
    assert!(
        UnsettledPayment::of(&unknown).is_some(),
        "a new code proves nothing"
    );
}

#[tokio::test]
async fn refusals_bring_kyc_page_and_minimum() {
    let kyc = r#"{"status":"error","error":"require_kyc","data":{"kyc_form_url":"https://kyc.example.net/form/3kq9"}}"#;
    let minimum = r#"{"status":"error","error":"min_purchase","message":"The minimum purchase is 30 EUR"}"#;
    let test = ScriptedSession::new().next("create_payment", &[kyc, minimum]);
    let error = test.onramp().create_payment(by("card")).await.unwrap_err();
    assert_eq!(
        error.verification_url().map(Secret::expose),
        Some("https://kyc.example.net/form/3kq9")
    );
    let error = test.onramp().create_payment(by("card")).await.unwrap_err();
    assert_eq!(error.provider_message(), Some("The minimum purchase is 30 EUR"));
}

#[tokio::test]
async fn lost_answer_is_never_resent_and_names_reference() {
    for lost in [
        Answer::lost(),
        Answer::timeout_after_sending(),
        Answer::broken_body(),
        Answer::reply(500, "oops"),
    ] {
        let test = ScriptedSession::new();
        test.provider.always("create_payment", lost.clone());
        test.provider.always("create_guided_payment", lost);
        let euros = "240 EUR".parse().unwrap();
        let guided = NewGuidedPayment::new(customer(), euros, usdc()).external_id("order-1");
        for error in [
            test.onramp()
                .create_payment(by("card").external_id("order-1"))
                .await
                .unwrap_err(),
            test.onramp().create_guided_payment(guided).await.unwrap_err(),
        ] {
            assert!(error.effect() == Effect::Unknown, "{error}");
            assert!(
                error.advice().to_string().contains("recover_from"),
                "{}",
                error.advice()
            );
            let unsettled = UnsettledPayment::of(&error).expect("what to look for");
            assert_eq!(unsettled.external_id().map(AsRef::as_ref), Some("order-1"));
            assert!(!format!("{error} {error:?} {error:#}").contains("order-1"));
        }
        assert_eq!(test.provider.calls("create_payment"), 1);
        assert_eq!(test.provider.calls("create_guided_payment"), 1);
    }
}

#[tokio::test]
async fn success_without_an_id_is_done() {
    let test = ScriptedSession::new().next("create_payment", &[r#"{"status":"ok","data":{"iban":"ES79"}}"#]);
    let error = test
        .onramp()
        .create_payment(by("transfer").external_id("order-1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    assert!(error.effect() == Effect::Done && UnsettledPayment::of(&error).is_some());
    assert_eq!(error.advice().id(), "done_unread");
}

#[tokio::test]
async fn lost_answer_without_reference_names_list() {
    let test = ScriptedSession::new();
    test.provider.next("create_payment", Answer::lost());
    let error = test.onramp().create_payment(by("card")).await.unwrap_err();
    assert!(
        error.advice().to_string().contains("no external_id"),
        "{}",
        error.advice()
    );
    let refused = test.onramp().recover_from(&error).await.unwrap_err();
    assert_eq!(refused.to_string(), "error carries no external_id to look for");
    assert_eq!(test.provider.calls("list_payments"), 0);
}

#[tokio::test]
async fn empty_coin_or_chain_is_refused() {
    let test = ScriptedSession::new();
    let (onramp, spend) = (test.onramp(), || "240 EUR".parse().unwrap());
    for (symbol, chain, field) in [
        ("USDC", "", "chain"),
        ("", "polygon", "symbol"),
        ("USDC", " ", "chain"),
    ] {
        let asset = || Asset::new(symbol, chain);
        let payment = NewPayment::card(customer(), spend(), asset(), WALLET);
        let error = onramp.create_payment(payment).await.unwrap_err();
        assert_eq!(error.to_string(), format!("coin_{field} is empty"));
        let guided = NewGuidedPayment::new(customer(), spend(), asset());
        let error = onramp.create_guided_payment(guided).await.unwrap_err();
        assert_eq!(error.to_string(), format!("coin_{field} is empty"));
        let quote = QuoteRequest::new(spend(), asset(), PaymentType::Card);
        let error = onramp.quote(quote).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{field} is empty"));
    }
    assert_eq!(test.provider.calls("authenticate"), 0);
}

#[tokio::test]
async fn wallet_on_unknown_chain_needs_confirmation() {
    let reply = r#"{"status":"ok","data":{"payment_id":"p1","url_payment":"https://p.example/1"}}"#;
    let test = ScriptedSession::new().always("create_payment", reply);
    let tron = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8";
    let on = |chain: &str| {
        NewPayment::card(
            customer(),
            "240 EUR".parse().unwrap(),
            Asset::new("USDC", chain),
            tron,
        )
    };
    let onramp = test.onramp();
    assert!(
        onramp
            .create_payment(on("tomorrow"))
            .await
            .unwrap_err()
            .is_validation()
    );
    assert!(
        onramp
            .create_payment(on("polygon").accept_unknown_chain())
            .await
            .unwrap_err()
            .is_validation()
    );
    assert_eq!(test.provider.calls("authenticate"), 0);
    onramp.create_payment(on("tron")).await.unwrap();
    onramp
        .create_payment(on("tomorrow").accept_unknown_chain())
        .await
        .unwrap();
    assert_eq!(test.provider.calls("create_payment"), 2);
}
