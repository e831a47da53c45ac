//! What callers are told: those that give up, those whose call was not sent, and those that were refused.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::banking::NewReconciliation;
use cryptopocket::inbox::journal::{Journal, Phase};
use cryptopocket::once::{PaymentOnce, ReconcileOnce, create_payment_once, reconcile_once};
use cryptopocket::onramp::{NewPayment, QuoteGuard, QuoteRequest, Slippage};
use cryptopocket::testing::{Answer, ScriptedSession};
use cryptopocket::{Asset, Client, ErrorKind, PaymentType};
use cryptopocket_inbox::testing::{MemoryStore, TestRuntime};

use crate::kinds::{Kind, Seen, Subject};
use crate::steps::whole;

fn created(script: &ScriptedSession, amount: &str) -> PaymentOnce {
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let asset = Asset::new("USDC", "polygon");
    let payment = NewPayment::transfer("100067".into(), amount.parse().unwrap(), asset, wallet);
    let journal = Journal::new(MemoryStore::default()).runtime(Arc::new(TestRuntime::new(1)));
    let client = Client::from(script.session.clone());
    whole(create_payment_once(&journal, &client, "k", payment)).unwrap()
}

#[test]
fn dropped_future_loses_no_answer() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for kind in [Kind::Payment, Kind::Guided, Kind::Offramp, Kind::Reconciliation] {
        for polls in 1..24 {
            let subject = Subject::new(kind);
            tokio.block_on(async {
                let mut once = Box::pin(subject.once());
                for _ in 0..polls {
                    tokio::select! {
                        biased;
                        _ = &mut once => break,
                        () = std::future::ready(()) => {}
                    }
                    tokio::task::yield_now().await;
                }
                drop(once);
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                assert_eq!(subject.once().await.unwrap(), Seen::Done, "{kind:?}, {polls}");
            });
            assert_eq!(subject.effects(), 1);
        }
    }
}

#[test]
fn unsent_call_names_its_cause() {
    let no_connection = ScriptedSession::new();
    no_connection
        .provider
        .always("create_payment", Answer::refused_connection());
    let wrong_credentials = ScriptedSession::new();
    wrong_credentials
        .provider
        .always("authenticate", Answer::refused_token());
    let refused_token = ScriptedSession::new();
    refused_token
        .provider
        .always("create_payment", Answer::refused_token());
    let no_connection_in_time = ScriptedSession::new();
    no_connection_in_time
        .provider
        .always("create_payment", Answer::timeout_before_sending());
    let cases = [
        (
            no_connection_in_time,
            "240 EUR",
            ErrorKind::Timeout,
            "check_network",
        ),
        (no_connection, "240 EUR", ErrorKind::NotSent, "check_network"),
        (
            wrong_credentials,
            "240 EUR",
            ErrorKind::Authorization,
            "check_credentials",
        ),
        (refused_token, "240 EUR", ErrorKind::Authorization, "check_token"),
        (
            ScriptedSession::new(),
            "0 EUR",
            ErrorKind::InvalidInput,
            "correct_input",
        ),
    ];
    for (script, amount, expected, cure) in cases {
        let PaymentOnce::NotSent { kind, advice, reason } = created(&script, amount) else {
            panic!("{expected:?}")
        };
        assert_eq!((kind, advice.id()), (expected, cure), "{reason}");
    }
}

const NEW_KEY: &str = "If you make the call again once the cause is gone, use a new key: this one is spent.";

#[test]
fn refusal_advises_a_new_key() {
    let refused = r#"{"status":"error","error":"require_kyc"}"#;
    let script = ScriptedSession::new().always("create_payment", refused);
    let PaymentOnce::Refused(refusal) = created(&script, "240 EUR") else {
        panic!("not refused")
    };
    let advice = refusal.advice.unwrap();
    assert_eq!(advice.id(), "require_kyc");
    assert!(advice.text().contains("wait for the approval"), "{advice}");
    assert!(advice.text().ends_with(NEW_KEY), "{advice}");
}

#[test]
fn refusal_of_a_tied_pair_advises_no_repetition() {
    let tied = r#"{"status":"ok","data":[{"id":"t-1","amount":"240.00","currency":"EUR","booking_date":"2026-06-26",
        "payment_id":"p-2","reconciled":true}],"pagination":{"current_page":1,"last_page":1,"total":1}}"#;
    for code in ["already_reconciled", "payment_not_pending"] {
        let script = ScriptedSession::new().always("list_bank_transactions", tied);
        script
            .provider
            .always("reconcile_payment", Answer::error_code(code));
        let journal = Journal::new(MemoryStore::default()).runtime(Arc::new(TestRuntime::new(1)));
        let client = Client::from(script.session);
        let pair = NewReconciliation::new("p-1", "t-1").iban("ES7921000813610123456789");
        let once = whole(reconcile_once(&journal, &client, "k", pair)).unwrap();
        let ReconcileOnce::Refused(refusal) = once else {
            panic!("{once:?}")
        };
        let advice = refusal.advice.unwrap();
        assert_eq!(advice.id(), code);
        assert!(!advice.text().contains("key"), "{advice}");
    }
}

#[test]
fn guard_that_fails_needs_a_new_key() {
    let quotes =
        [100, 90, 90, 90, 90].map(|tokens| format!(r#"{{"status":"ok","data":{{"tokens":{tokens}}}}}"#));
    let card = r#"{"status":"ok","data":{"url_payment":"https://p.example/1","payment_id":"p-1"}}"#;
    let script = ScriptedSession::new()
        .next("get_onramp_quote", &quotes.each_ref().map(String::as_str))
        .always("create_payment", card);
    let client = Client::from(script.session);
    let journal = Journal::new(MemoryStore::default()).runtime(Arc::new(TestRuntime::new(1)));
    let asset = Asset::new("USDC", "polygon");
    let guard = || {
        let request = QuoteRequest::new("240 EUR".parse().unwrap(), asset.clone(), PaymentType::Card);
        let quote = whole(client.onramp().quote(request)).unwrap();
        quote.guard(Duration::from_secs(60), Slippage::percent(1))
    };
    let create = |key, guard: &QuoteGuard| {
        let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
        let payment = NewPayment::card("100067".into(), "240 EUR".parse().unwrap(), asset.clone(), wallet);
        whole(create_payment_once(
            &journal,
            &client,
            key,
            payment.guard(guard.clone()),
        ))
    };
    let seen = guard();
    let PaymentOnce::NotSent { kind, advice, .. } = create("k", &seen).unwrap() else {
        panic!("the price has moved")
    };
    assert_eq!(kind, ErrorKind::Conflict);
    assert!(advice.text().contains("Take a new quote"), "{advice}");
    assert!(
        advice.text().ends_with("give the key up, and use a new one."),
        "{advice}"
    );
    assert!(advice.in_code().contains("Journal::give_up"), "{advice}");

    let new = guard();
    let reused = create("k", &new).unwrap_err();
    assert_eq!(reused.kind(), cryptopocket::inbox::ErrorKind::KeyReused);
    assert!(whole(journal.give_up("k", "shop", "the price has moved")).unwrap());
    assert!(matches!(create("k2", &new).unwrap(), PaymentOnce::Done(_)));
    assert!(matches!(create("k", &seen).unwrap(), PaymentOnce::Refused(_)));
    assert_eq!(script.provider.calls("create_payment"), 1);
}

#[test]
fn second_call_waits_while_the_first_runs() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for kind in [Kind::Payment, Kind::Guided, Kind::Offramp, Kind::Reconciliation] {
        for ahead in 1..12 {
            let subject = Subject::new(kind);
            tokio.block_on(async {
                let mut first = Box::pin(subject.once());
                let mut early = None;
                for _ in 0..ahead {
                    tokio::select! {
                        biased;
                        done = &mut first => { early = Some(done); break }
                        () = tokio::task::yield_now() => {}
                    }
                }
                let second = subject.once().await.unwrap();
                let first = match early {
                    Some(done) => done.unwrap(),
                    None => first.await.unwrap(),
                };
                // Whichever came to the journal first makes the call; the other one is told that somebody is at it.
                let mut both = [first, second];
                both.sort_by_key(|seen| *seen != Seen::Done);
                assert_eq!(both[0], Seen::Done, "{kind:?}, {ahead}: {both:?}");
                assert!(
                    matches!(both[1], Seen::Done | Seen::Pending(_)),
                    "{kind:?}, {ahead}: {both:?}"
                );
                assert_eq!(subject.once().await.unwrap(), Seen::Done);
            });
            assert_eq!(subject.effects(), 1);
        }
    }
}

#[test]
fn idle_waits_for_a_call_that_was_dropped() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for kind in [Kind::Payment, Kind::Guided, Kind::Offramp, Kind::Reconciliation] {
        let subject = Subject::new(kind);
        tokio.block_on(async {
            subject.journal.idle().await;
            let mut once = Box::pin(subject.once());
            tokio::select! {
                biased;
                _ = &mut once => panic!("it has not even begun"),
                () = std::future::ready(()) => {}
            }
            drop(once);
            tokio::select! {
                biased;
                () = subject.journal.idle() => panic!("the call is at work"),
                () = std::future::ready(()) => {}
            }
            subject.journal.idle().await;
        });
        let entry = whole(subject.journal.entry("k")).unwrap().unwrap();
        assert_eq!(entry.phase, Phase::Done, "{kind:?}");
        assert_eq!(subject.effects(), 1);
    }
}

#[test]
fn panic_in_a_call_is_named() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let empty = r#"{"status":"ok","data":[],"pagination":{"current_page":1,"last_page":1,"total":0}}"#;
    let script = ScriptedSession::new().always("list_payments", empty);
    let breaks = Answer::with(|_| panic!("a defect of the transport"));
    script.provider.next("create_payment", breaks);
    let time = Arc::new(TestRuntime::new(1));
    let journal = Journal::new(MemoryStore::default()).runtime(Arc::clone(&time) as _);
    let client = Client::from(script.session);
    let create = || {
        let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
        let asset = Asset::new("USDC", "polygon");
        let payment = NewPayment::transfer("100067".into(), "240 EUR".parse().unwrap(), asset, wallet);
        tokio
            .block_on(create_payment_once(&journal, &client, "k", payment))
            .unwrap()
    };
    let PaymentOnce::Pending { reason, .. } = create() else {
        panic!("it may have been sent")
    };
    assert!(reason.contains("a panic stopped the call"), "{reason}");
    tokio.block_on(journal.idle());
    // Once the hold is over it is looked for, and not sent before the grace period is over.
    time.clock().advance(Duration::from_mins(3));
    assert!(matches!(create(), PaymentOnce::Pending { .. }));
    assert!(script.provider.calls("list_payments") > 0, "it is looked for");
    assert_eq!(
        script.provider.calls("create_payment"),
        0,
        "it counts none that panicked"
    );
}
