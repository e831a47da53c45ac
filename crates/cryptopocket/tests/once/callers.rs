//! What callers are told: those that give up, those whose call was not sent, and those that were refused.

use std::sync::Arc;

use cryptopocket::inbox::journal::Journal;
use cryptopocket::once::{PaymentOnce, create_payment_once};
use cryptopocket::onramp::NewPayment;
use cryptopocket::testing::{Answer, ScriptedSession};
use cryptopocket::{Asset, Client, ErrorKind};
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
    let cases = [
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
    let end = "This key is spent: make the call under a new one.";
    assert!(advice.text().ends_with(end), "{advice}");
}
