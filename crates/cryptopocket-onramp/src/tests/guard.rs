use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedSession, TestRuntime};
use cryptopocket_core::{
    BoxFuture, Credentials, Effect, ErrorKind, HeaderMap, Runtime, Sent, Session, TransportError,
    TransportErrorKind, WireResponse,
};
use cryptopocket_types::{Asset, PaymentType, Timestamp};
use proptest::prelude::*;

use super::{Calls as _, WALLET, customer, usdc};
use crate::{NewGuidedPayment, NewPayment, OnRamp, QuoteGuard, QuoteRequest, Slippage};

const CARD: &str = r#"{"status":"success","data":{"url_payment":"https://p.example/1","payment_id":"p1"}}"#;
const MINUTE: Duration = Duration::from_secs(60);

fn tokens(count: &str) -> String {
    format!(r#"{{"status":"ok","data":{{"tokens":{count}}}}}"#)
}

/// A guard over a quote of `shown` tokens; the next quote returns `fresh` tokens.
async fn guard(shown: &str, fresh: &str, slippage: Slippage) -> (ScriptedSession, QuoteGuard) {
    let test = ScriptedSession::new().next("get_onramp_quote", &[&tokens(shown), &tokens(fresh)]);
    test.provider.always("create_payment", Answer::json(CARD));
    let request = QuoteRequest::new("240 EUR".parse().unwrap(), usdc(), PaymentType::Psd2);
    let guard = test
        .onramp()
        .quote(request)
        .await
        .unwrap()
        .guard(MINUTE, slippage);
    (test, guard)
}

fn psd2() -> NewPayment {
    NewPayment::psd2(customer(), "240.00 EUR".parse().unwrap(), usdc(), WALLET)
}

#[tokio::test]
async fn young_quote_and_steady_price_pass() {
    let (test, guard) = guard("100", "99", Slippage::percent(1)).await;
    test.runtime.advance(MINUTE);
    test.onramp().create_payment(psd2().guard(guard)).await.unwrap();
    assert_eq!(test.provider.calls("create_payment"), 1);
    let queries = test.provider.queries("get_onramp_quote");
    assert_eq!(queries[0], queries[1], "the fresh quote asks for the same");
}

#[tokio::test]
async fn quote_does_not_show_its_moment() {
    let (_, guard) = guard("100", "100", Slippage::percent(1)).await;
    let shown = format!("{:?}", guard.quote);
    assert!(shown.contains("taken_at") && shown.contains("extra"), "{shown}");
    assert!(!shown.to_lowercase().contains("moment"), "{shown}");
}

#[tokio::test]
async fn old_quote_stops_payment_without_request() {
    let (test, guard) = guard("100", "100", Slippage::percent(1)).await;
    test.runtime.advance(MINUTE + Duration::from_secs(1));
    let error = test
        .onramp()
        .create_payment(psd2().guard(guard))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the guarding quote is too old");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Conflict, Sent::No));
    assert_eq!(test.provider.calls("get_onramp_quote"), 1);
    assert_eq!(test.provider.calls("create_payment"), 0);
}

#[tokio::test]
async fn moved_price_stops_payment() {
    for fresh in ["98.999999", "101.000001"] {
        let (test, guard) = guard("100", fresh, Slippage::percent(1)).await;
        let error = test
            .onramp()
            .create_payment(psd2().guard(guard))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the price moved: a fresh quote differs by more than 1.00 %"
        );
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Conflict, Sent::No));
        assert_eq!(test.provider.calls("create_payment"), 0);
    }
}

#[tokio::test]
async fn guard_for_another_purchase_is_refused() {
    let (test, guard) = guard("100", "100", Slippage::percent(1)).await;
    let eur = |text: &str| text.parse().unwrap();
    let other = [
        (
            NewPayment::psd2(customer(), eur("241 EUR"), usdc(), WALLET),
            "fiat_amount",
        ),
        (
            NewPayment::psd2(customer(), eur("240 USD"), usdc(), WALLET),
            "fiat_amount",
        ),
        (
            NewPayment::psd2(customer(), eur("240 EUR"), Asset::new("USDT", "polygon"), WALLET),
            "coin_symbol",
        ),
        (
            NewPayment::psd2(customer(), eur("240 EUR"), Asset::new("USDC", "ethereum"), WALLET),
            "coin_chain",
        ),
        (
            NewPayment::card(customer(), eur("240 EUR"), usdc(), WALLET),
            "payment_type",
        ),
    ];
    for (payment, field) in other {
        let error = test
            .onramp()
            .create_payment(payment.guard(guard.clone()))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{field} differs from what the guarding quote was asked for")
        );
    }
    assert_eq!(test.provider.calls("get_onramp_quote"), 1);
}

/// The outcome of a guarded payment of 240 EUR in USDC on polygon by PSD2, with these fields in the two quotes.
async fn guarded(request: QuoteRequest, payment: NewPayment, shown: &str, fresh: &str) -> Result<(), String> {
    let [first, second] = [shown, fresh].map(|fields| format!(r#"{{"status":"ok","data":{{{fields}}}}}"#));
    let test = ScriptedSession::new().next("get_onramp_quote", &[&first, &second]);
    test.provider.always("create_payment", Answer::json(CARD));
    let guard = test
        .onramp()
        .quote(request)
        .await
        .unwrap()
        .guard(MINUTE, Slippage::percent(100));
    let outcome = test.onramp().create_payment(payment.guard(guard)).await;
    assert_eq!(
        test.provider.calls("create_payment"),
        usize::from(outcome.is_ok()),
        "{outcome:?}"
    );
    outcome.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn quote_for_another_request_guards_nothing() {
    let ask = || QuoteRequest::new("240 EUR".parse().unwrap(), usdc(), PaymentType::Psd2);
    let good = r#""tokens":257.29,"amount":240.00,"symbol":"usdc","chain":"Polygon","payment_type":"PSD2""#;
    assert_eq!(guarded(ask(), psd2(), good, good).await, Ok(()));
    for (fields, what) in [
        (r#""tokens":257.29,"symbol":"SHIB""#, "is for another coin"),
        (r#""tokens":257.29,"chain":"tron""#, "is for another chain"),
        (r#""tokens":257.29,"amount":24000"#, "is for another amount"),
        // In a form that cannot be read it may name another one.
        (
            r#""tokens":257.29,"symbol":{"code":"USDC"}"#,
            "is for another coin",
        ),
        (r#""tokens":257.29,"chain":["polygon"]"#, "is for another chain"),
        (r#""tokens":257.29,"amount":"240,00""#, "is for another amount"),
        (
            r#""tokens":257.29,"payment_type":true"#,
            "is for another method of payment",
        ),
        (
            r#""tokens":257.29,"payment_type":"card""#,
            "is for another method of payment",
        ),
        (r#""tokens":0"#, "gives no coins"),
        (r#""tokens":-257.29"#, "gives no coins"),
    ] {
        let shown = guarded(ask(), psd2(), fields, good).await;
        assert_eq!(shown, Err(format!("the guarding quote {what}")));
        let fresh = guarded(ask(), psd2(), good, fields).await;
        assert_eq!(fresh, Err(format!("a fresh quote {what}")));
    }
}

#[tokio::test]
async fn default_chain_quote_guards_only_that_chain() {
    let eur = || "240 EUR".parse().unwrap();
    let ask = || QuoteRequest::on_default_chain(eur(), "USDC", PaymentType::Psd2);
    let on = |chain: &str| NewPayment::psd2(customer(), eur(), Asset::new("USDC", chain), WALLET);
    let polygon = r#""tokens":257.29,"chain":"polygon""#;
    let unnamed = r#""tokens":257.29"#;
    let other_purchase = Err("coin_chain differs from what the guarding quote was asked for".to_owned());
    assert_eq!(guarded(ask(), on("polygon"), polygon, polygon).await, Ok(()));
    assert_eq!(
        guarded(ask(), on("ethereum"), polygon, polygon).await,
        other_purchase
    );
    assert_eq!(
        guarded(ask(), on("polygon"), unnamed, polygon).await,
        other_purchase
    );
    for fresh in [unnamed, r#""tokens":257.29,"chain":"tron""#] {
        assert_eq!(
            guarded(ask(), on("polygon"), polygon, fresh).await,
            Err("a fresh quote is for another chain".to_owned())
        );
    }

    let anywhere = || NewPayment::latam(customer(), eur(), "USDC", WALLET, PaymentType::Psd2);
    assert_eq!(guarded(ask(), anywhere(), unnamed, unnamed).await, Ok(()));
    let on_polygon = QuoteRequest::new(eur(), usdc(), PaymentType::Psd2);
    assert_eq!(
        guarded(on_polygon, anywhere(), polygon, polygon).await,
        other_purchase
    );
}

#[tokio::test]
async fn guided_payment_is_guarded_as_card_by_default() {
    let test = ScriptedSession::new().next(
        "get_onramp_quote",
        &[&tokens("100"), &tokens("90"), &tokens("100")],
    );
    let request = QuoteRequest::new("240 EUR".parse().unwrap(), usdc(), PaymentType::Card);
    let guard = test
        .onramp()
        .quote(request)
        .await
        .unwrap()
        .guard(MINUTE, Slippage::NONE);
    let new = NewGuidedPayment::new(customer(), "240 EUR".parse().unwrap(), usdc());
    let by_psd2 = new.clone().payment_type(PaymentType::Psd2).guard(guard.clone());
    assert!(
        test.onramp()
            .create_guided_payment(by_psd2)
            .await
            .unwrap_err()
            .is_validation()
    );
    let moved = test
        .onramp()
        .create_guided_payment(new.guard(guard))
        .await
        .unwrap_err();
    assert_eq!(moved.kind(), ErrorKind::Conflict);
    assert_eq!(test.provider.calls("create_guided_payment"), 0);
}

#[tokio::test]
async fn failed_fresh_quote_stops_payment() {
    let (test, guard) = {
        let test = ScriptedSession::new().next("get_onramp_quote", &[&tokens("100")]);
        let request = QuoteRequest::new("240 EUR".parse().unwrap(), usdc(), PaymentType::Psd2);
        let guard = test
            .onramp()
            .quote(request)
            .await
            .unwrap()
            .guard(MINUTE, Slippage::percent(1));
        (test, guard)
    };
    test.provider
        .next("get_onramp_quote", Answer::error_code("coin_not_supported"));
    let error = test
        .onramp()
        .create_payment(psd2().guard(guard))
        .await
        .unwrap_err();
    assert_eq!(error.operation(), Some("get_onramp_quote"));
    assert!(error.effect() != Effect::Unknown);
    assert_eq!(test.provider.calls("create_payment"), 0);
}

/// An answer that takes this long.
fn after(test: &ScriptedSession, time: Duration, body: &str) -> Answer {
    let (runtime, body) = (test.runtime.clone(), body.to_owned());
    Answer::with(move |_| {
        runtime.advance(time);
        Ok(WireResponse {
            status: 200,
            headers: HeaderMap::new(),
            body: body.clone().into(),
        })
    })
}

#[tokio::test]
async fn quote_that_ages_on_the_way_stops_payment() {
    let slow = MINUTE + Duration::from_secs(1);
    let refused = r#"{"status":"error","error":"authorization_incorrect"}"#;
    let token = r#"{"token":"T"}"#;
    for (operation, body, sent) in [
        ("get_onramp_quote", tokens("100"), 0),
        ("authenticate", token.to_owned(), 1),
        ("create_payment", refused.to_owned(), 1),
    ] {
        let (test, guard) = guard("100", "100", Slippage::NONE).await;
        if operation == "get_onramp_quote" {
            // In place of the fresh quote.
            test.onramp().check_guard(&guard).await.unwrap();
        }
        if operation == "authenticate" {
            test.provider.next("create_payment", Answer::refused_token());
        }
        test.provider.next(operation, after(&test, slow, &body));
        let error = test
            .onramp()
            .create_payment(psd2().guard(guard))
            .await
            .unwrap_err();
        assert!(
            error.to_string().ends_with("the guarding quote is too old"),
            "{operation}: {error}"
        );
        assert_eq!(
            (error.kind(), error.effect()),
            (ErrorKind::Conflict, Effect::NotSent),
            "{operation}"
        );
        assert_eq!(test.provider.calls("create_payment"), sent, "{operation}");
    }
}

#[tokio::test]
async fn quote_that_ages_during_a_pause_stops_payment() {
    let (test, guard) = guard("100", "100", Slippage::NONE).await;
    test.provider.next(
        "create_payment",
        Answer::reply(429, "").header("retry-after", "0"),
    );
    let runtime = test.runtime.clone();
    test.provider.next(
        "create_payment",
        Answer::with(move |_| {
            runtime.advance(MINUTE + Duration::from_secs(1));
            Err(TransportError::new(
                Sent::No,
                TransportErrorKind::Connect,
                "refused",
            ))
        }),
    );
    // The first is answered, and so not sent again; the second never left, and is too old for another attempt.
    for (kind, calls) in [(ErrorKind::RateLimited, 1), (ErrorKind::Conflict, 2)] {
        test.provider
            .next("get_onramp_quote", Answer::json(tokens("100")));
        let error = test
            .onramp()
            .create_payment(psd2().guard(guard.clone()))
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), test.provider.calls("create_payment")),
            (kind, calls)
        );
    }
}

/// A clock that can be set back.
#[derive(Debug)]
struct Unsteady(TestRuntime, AtomicI64);

impl Runtime for Unsteady {
    fn now(&self) -> Timestamp {
        let shown = self.0.now().unix_seconds() - self.1.load(Ordering::Relaxed);
        Timestamp::from_unix_seconds(shown).unwrap()
    }

    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}

#[tokio::test]
async fn clock_set_back_makes_no_quote_younger() {
    for (passed, back, holds) in [(50, 30, true), (70, 30, false), (10, 20, false), (60, 0, true)] {
        let test = ScriptedSession::new()
            .always("get_onramp_quote", &tokens("100"))
            .always("create_payment", CARD);
        let clock = Arc::new(Unsteady(test.runtime.clone(), AtomicI64::new(0)));
        let session = Session::builder()
            .credentials(Credentials::new("key", "secret"))
            .transport(test.provider.clone())
            .runtime(clock.clone())
            .build()
            .unwrap();
        let onramp = OnRamp::new(session);
        let request = QuoteRequest::new("240 EUR".parse().unwrap(), usdc(), PaymentType::Psd2);
        let guard = onramp.quote(request).await.unwrap().guard(MINUTE, Slippage::NONE);
        test.runtime.advance(Duration::from_secs(passed));
        clock.1.store(back, Ordering::Relaxed);
        let outcome = onramp.create_payment(psd2().guard(guard)).await;
        assert_eq!(outcome.is_ok(), holds, "{passed} {back} {outcome:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn payment_is_sent_only_if_age_and_price_hold(
        shown in 1_u32..=1_000_000, fresh in 1_u32..=1_000_000, points in 0_u32..=10_000, age in 0_u64..=120,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (sent, outcome) = runtime.block_on(async {
            let (test, guard) = guard(&shown.to_string(), &fresh.to_string(), Slippage::basis_points(points)).await;
            test.runtime.advance(Duration::from_secs(age));
            let outcome = test.onramp().create_payment(psd2().guard(guard)).await;
            (test.provider.calls("create_payment"), outcome.map_err(|error| error.kind()))
        });
        let holds = age <= 60
            && u64::from(shown.abs_diff(fresh)) * 10_000 <= u64::from(shown) * u64::from(points);
        prop_assert_eq!(sent, usize::from(holds));
        prop_assert_eq!(outcome.map(|_| ()), if holds { Ok(()) } else { Err(ErrorKind::Conflict) });
    }
}
