//! Answers that cannot be read, requests that were written otherwise, and calls that are told apart.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::banking::NewReconciliation;
use cryptopocket::inbox::journal::{Journal, Phase, Verdict};
use cryptopocket::once::{
    OfframpOnce, PaymentOnce, ReconcileOnce, Resumed, create_offramp_once, reconcile_once, resume,
};
use cryptopocket::onramp::NewPayment;
use cryptopocket::testing::{Answer, ScriptedSession};
use cryptopocket::{Client, ErrorCode};
use cryptopocket_inbox::testing::{MemoryStore, TestRuntime};

use crate::kinds::{Kind, Seen, Subject};
use crate::steps::{Steps, whole};
use crate::world::Fault;

fn payment() -> NewPayment {
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let asset = cryptopocket::Asset::new("USDC", "polygon");
    NewPayment::transfer("100067".into(), "240 EUR".parse().unwrap(), asset, wallet)
}

#[test]
fn payment_that_was_said_to_be_created_is_never_resent() {
    let unreadable = r#"{"status":"success","data":{"payment_id":{},"iban":"ES79","concept":483920}}"#;
    let empty = r#"{"status":"ok","data":[],"pagination":{"current_page":1,"last_page":1,"total":0}}"#;
    let script = ScriptedSession::new()
        .always("create_payment", unreadable)
        .always("list_payments", empty);
    let client = Client::from(script.session);
    let time = Arc::new(TestRuntime::new(1));
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::clone(&time) as _);
    for _ in 0..5 {
        let order = payment();
        let once = cryptopocket::once::create_payment_once(&journal, &client, "k", order);
        let pending = whole(once).unwrap();
        assert!(matches!(pending, PaymentOnce::Pending { .. }), "{pending:?}");
        time.clock().advance(Duration::from_mins(10));
    }
    assert_eq!(script.provider.calls("create_payment"), 1);
    let entry = whole(journal.entry("k")).unwrap().unwrap();
    assert_eq!(entry.phase, Phase::Confirmed);
    assert_eq!(whole(journal.counts()).unwrap().confirmed, 1);
    // What came only once is there for a person to read.
    let raw = whole(journal.raw_answers("k")).unwrap();
    assert_eq!(raw[0].body.bytes, unreadable.as_bytes());
}

#[test]
fn verdict_of_a_person_has_no_code() {
    // Not a documented code, so it proves nothing.
    let strange = r#"{"status":"error","error":"strange_refusal"}"#;
    let script = ScriptedSession::new().always("create_payment", strange);
    let client = Client::from(script.session);
    let journal = Journal::new(Steps::default()).runtime(Arc::new(TestRuntime::new(1)));
    let create = || {
        let once = cryptopocket::once::create_payment_once(&journal, &client, "k", payment());
        whole(once).unwrap()
    };
    assert!(matches!(create(), PaymentOnce::Pending { .. }));
    assert_eq!(whole(journal.raw_answers("k")).unwrap().len(), 1);
    whole(journal.settle("k", Verdict::NotDone, "ada", "given up")).unwrap();
    let before = journal.store().answers_read();
    let PaymentOnce::Refused(refusal) = create() else {
        panic!("not refused")
    };
    assert_eq!(journal.store().answers_read(), before, "nothing is opened");
    assert_eq!((refusal.reason.as_str(), &refusal.code), ("given up", &None));
    assert!(refusal.advice.is_none());
}

#[test]
fn refusal_after_a_verdict_is_the_providers() {
    let strange = r#"{"status":"error","error":"strange_refusal"}"#;
    let refused =
        r#"{"status":"error","error":"require_kyc","data":{"kyc_form_url":"https://kyc.example.net/f/1"}}"#;
    let script = ScriptedSession::new().next("create_payment", &[strange, refused]);
    let client = Client::from(script.session);
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::new(TestRuntime::new(1)));
    let create = || {
        let once = cryptopocket::once::create_payment_once(&journal, &client, "k", payment());
        whole(once).unwrap()
    };
    assert!(matches!(create(), PaymentOnce::Pending { .. }));
    whole(journal.settle("k", Verdict::SendAgain, "ada", "not in the list")).unwrap();
    for _ in 0..2 {
        let PaymentOnce::Refused(refusal) = create() else {
            panic!("not refused")
        };
        assert_eq!(refusal.code, Some(ErrorCode::RequireKyc));
        assert_eq!(refusal.advice.as_ref().unwrap().id(), "require_kyc");
        assert!(refusal.verification_url.is_some());
    }
    assert_eq!(whole(journal.entry("k")).unwrap().unwrap().settled_by, None);
}

#[test]
fn reconciliation_does_not_claim_the_payment() {
    // The provider stored the key `007` as `7`, and the answer was lost. Then the payment was tied to a credit.
    let list = r#"{"status":"ok","data":[{"id":"p-7","external_id":"7","status":"payment_received"}],
        "pagination":{"current_page":1,"last_page":1,"total":1}}"#;
    let reconciled = r#"{"status":"ok","data":{"payment_id":"p-7","status":"payment_received"}}"#;
    let script = ScriptedSession::new()
        .then("create_payment", [Answer::lost()])
        .always("list_payments", list)
        .always("reconcile_payment", reconciled);
    let client = Client::from(script.session);
    let time = Arc::new(TestRuntime::new(1));
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::clone(&time) as _);
    let create = || {
        let once = cryptopocket::once::create_payment_once(&journal, &client, "007", payment());
        whole(once).unwrap()
    };
    assert!(matches!(create(), PaymentOnce::Pending { .. }));
    let pair = NewReconciliation::new("p-7", "t-1");
    let tied = whole(reconcile_once(&journal, &client, "tie", pair)).unwrap();
    assert!(matches!(tied, ReconcileOnce::Done(_)), "{tied:?}");
    assert_eq!(
        whole(journal.entry("tie")).unwrap().unwrap().object.as_deref(),
        Some("p-7")
    );
    time.clock().advance(Duration::from_mins(10));
    let candidates = vec!["p-7".to_owned()];
    assert_eq!(create(), PaymentOnce::Ambiguous { candidates });
    assert_eq!(script.provider.calls("create_payment"), 1);
}

#[test]
fn reference_of_another_call_is_no_candidate() {
    let created = |id: &str| Answer::json(format!(r#"{{"status":"ok","data":{{"payment_id":"{id}"}}}}"#));
    let list = r#"{"status":"ok","data":[{"id":"p-7","external_id":"7","status":"started"}],
        "pagination":{"current_page":1,"last_page":1,"total":1}}"#;
    for is_known in [true, false] {
        let script = ScriptedSession::new().always("list_payments", list);
        let client = Client::from(script.session);
        let time = Arc::new(TestRuntime::new(1));
        let journal = Journal::new(MemoryStore::new()).runtime(Arc::clone(&time) as _);
        let create = |key| {
            let once = cryptopocket::once::create_payment_once(&journal, &client, key, payment());
            whole(once).unwrap()
        };
        if is_known {
            script.provider.next("create_payment", created("p-7"));
            assert!(matches!(create("7"), PaymentOnce::Done(_)));
        }
        script.provider.next("create_payment", Answer::lost());
        assert!(matches!(create("007"), PaymentOnce::Pending { .. }));
        time.clock().advance(Duration::from_mins(10));
        script.provider.next("create_payment", created("p-007"));
        let calls = script.provider.calls("create_payment");
        match create("007") {
            PaymentOnce::Done(done) => assert!(is_known && done.payment_id == "p-007"),
            PaymentOnce::Ambiguous { candidates } => assert!(!is_known && candidates == ["p-7"]),
            other => panic!("{other:?}"),
        }
        let sent = script.provider.calls("create_payment") - calls;
        assert_eq!(sent, usize::from(is_known));
    }
}

/// User, cents, currency and coin of a payment.
type Shown<'a> = (&'a str, u32, &'a str, &'a str);

const ASKED: Shown<'_> = ("100067", 24_000, "EUR", "USDC");

/// What becomes of a lost payment if one that carries its key is listed so, and its GET answers so.
fn found_under_the_key(row: Shown<'_>, get: Shown<'_>) -> PaymentOnce {
    let payment_of = |(user, cents, fiat, coin): Shown<'_>| {
        format!(
            r#"{{"id":"p-1","external_id":"k","user_id":"{user}","status":"started","fiat_amount":{cents},
                "fiat_symbol":"{fiat}","coin_symbol":"{coin}","coin_amount":200}}"#
        )
    };
    let (row, get) = (payment_of(row), payment_of(get));
    let page = r#"{"current_page":1,"last_page":1,"total":1}"#;
    let script = ScriptedSession::new()
        .then("create_payment", [Answer::reply(502, "<html>")])
        .always(
            "list_payments",
            &format!(r#"{{"status":"ok","data":[{row}],"pagination":{page}}}"#),
        )
        .always("get_payment", &format!(r#"{{"status":"ok","data":{get}}}"#));
    let client = Client::from(script.session);
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::new(TestRuntime::new(1)));
    let create = || {
        let once = cryptopocket::once::create_payment_once(&journal, &client, "k", payment());
        whole(once).unwrap()
    };
    assert!(matches!(create(), PaymentOnce::Pending { .. }));
    create()
}

#[test]
fn payment_of_another_amount_is_no_effect() {
    let others = [
        ("100068", 24_000, "EUR", "USDC"),
        ("100067", 100, "EUR", "USDC"),
        ("100067", 24_000, "USD", "USDC"),
        ("100067", 24_000, "EUR", "WBTC"),
    ];
    for other in others {
        let once = found_under_the_key(other, other);
        let candidates = vec!["p-1".to_owned()];
        assert_eq!(once, PaymentOnce::Ambiguous { candidates }, "{other:?}");
        // The form of a GET is documented, that of a row of the list is not.
        let once = found_under_the_key(other, ASKED);
        assert!(matches!(once, PaymentOnce::Recovered(_)), "{other:?}: {once:?}");
    }
    let once = found_under_the_key(ASKED, others[0]);
    assert!(matches!(once, PaymentOnce::Recovered(_)), "{once:?}");
}

#[test]
fn credit_that_names_no_payment_or_contradicts_itself_is_ambiguous() {
    for tie in [r#""payment_id":"p-1","reconciled":false"#, r#""reconciled":true"#] {
        reconcile_with_a_credit(tie);
    }
}

fn reconcile_with_a_credit(tie: &str) {
    let credit =
        format!(r#"{{"id":"t-1","amount":"240.00","currency":"EUR","booking_date":"2026-06-26",{tie}}}"#);
    let page = r#"{"current_page":1,"last_page":1,"total":1}"#;
    let waiting = r#"{"status":"ok","data":{"id":"p-1","status":"pending_bank"}}"#;
    let script = ScriptedSession::new()
        .then("reconcile_payment", [Answer::reply(502, "<html>")])
        .always(
            "list_bank_transactions",
            &format!(r#"{{"status":"ok","data":[{credit}],"pagination":{page}}}"#),
        )
        .always("get_payment", waiting);
    let client = Client::from(script.session);
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::new(TestRuntime::new(1)));
    let reconcile = || {
        let pair = NewReconciliation::new("p-1", "t-1").iban("ES7921000813610123456789");
        let once = reconcile_once(&journal, &client, "k", pair);
        whole(once).unwrap()
    };
    assert!(matches!(reconcile(), ReconcileOnce::Pending { .. }));
    let candidates = vec!["p-1".to_owned()];
    assert_eq!(reconcile(), ReconcileOnce::Ambiguous { candidates }, "{tie}");
}

#[test]
fn refused_token_spends_no_key() {
    let refused = r#"{"status":"error","error":"authorization_incorrect"}"#;
    let reconciled = r#"{"status":"ok","data":{"payment_id":"p-1","status":"payment_received"}}"#;
    // Each token is refused, and then the machine is on the provider's list of addresses again.
    let script = ScriptedSession::new()
        .next("reconcile_payment", &[refused, refused, refused, refused])
        .always("reconcile_payment", reconciled);
    let client = Client::from(script.session);
    let journal = Journal::new(MemoryStore::new()).runtime(Arc::new(TestRuntime::new(1)));
    let reconcile = || {
        let pair = NewReconciliation::new("p-1", "t-1");
        whole(reconcile_once(&journal, &client, "k", pair)).unwrap()
    };
    for _ in 0..2 {
        let refused = reconcile();
        assert!(matches!(refused, ReconcileOnce::NotSent { .. }), "{refused:?}");
    }
    let done = reconcile();
    assert!(matches!(done, ReconcileOnce::Done(_)), "{done:?}");
    // The refusals are kept as well.
    assert_eq!(whole(journal.raw_answers("k")).unwrap().len(), 5);
}

#[test]
fn offramp_of_another_key_is_no_candidate() {
    let subject = Subject::new(Kind::Offramp);
    let offramp = |key| {
        let sold = create_offramp_once(&subject.journal, &subject.client, key, subject.offramp());
        whole(sold).unwrap()
    };
    let done = offramp("a");
    assert!(matches!(&done, OfframpOnce::Done(created) if done.offramp_id().as_ref() == Some(&created.id)));
    subject.world.disturb(vec![Fault::LostRequest], vec![]);
    assert!(matches!(offramp("b"), OfframpOnce::Pending { .. }));
    subject.world.time().clock().advance(Duration::from_mins(5));
    assert!(matches!(offramp("b"), OfframpOnce::Done(_)));
    assert_eq!(subject.effects(), 2);

    subject.world.disturb(vec![Fault::LostAnswer], vec![]);
    assert!(matches!(offramp("c"), OfframpOnce::Pending { .. }));
    subject.world.time().clock().advance(Duration::from_mins(5));
    let OfframpOnce::Ambiguous { candidates } = offramp("c") else {
        panic!("not ambiguous")
    };
    assert_eq!(candidates.len(), 1, "those of a and b are theirs");
}

#[test]
fn pair_that_was_tied_before_is_done() {
    let subject = Subject::new(Kind::Reconciliation);
    let pair = subject.pair();
    whole(subject.client.banking().reconcile(pair)).unwrap();
    assert_eq!(whole(subject.once()).unwrap(), Seen::Recovered);
}

#[test]
fn credit_of_another_payment_is_ambiguous() {
    let subject = Subject::new(Kind::Reconciliation);
    subject.world.disturb(vec![Fault::LostRequest], vec![]);
    assert!(matches!(whole(subject.once()).unwrap(), Seen::Pending(_)));
    let other = whole(
        subject
            .client
            .onramp()
            .create_payment(subject.transfer().external_id("other")),
    )
    .unwrap();
    let mut pair = subject.pair();
    pair.payment_id = other.payment_id.clone();
    whole(subject.client.banking().reconcile(pair)).unwrap();
    subject.world.time().clock().advance(Duration::from_mins(5));
    let tied = Seen::Ambiguous(vec![other.payment_id.to_string()]);
    assert_eq!(whole(subject.once()).unwrap(), tied);
    assert_eq!(subject.effects(), 0);
}

#[test]
fn journal_is_taken_up_after_a_restart() {
    for kind in [Kind::Payment, Kind::Guided, Kind::Offramp, Kind::Reconciliation] {
        let subject = Subject::new(kind);
        subject.world.disturb(vec![Fault::LostRequest], vec![]);
        assert!(matches!(whole(subject.once()).unwrap(), Seen::Pending(_)));
        subject.world.time().clock().advance(Duration::from_mins(5));
        let open = whole(subject.journal.unsettled(10)).unwrap();
        let resumed = whole(resume::<Steps>(&subject.journal, &subject.client, &open[0])).unwrap();
        let is_done = match resumed {
            Resumed::Payment(once) => kind == Kind::Payment && once.is_settled(),
            Resumed::Guided(once) => kind == Kind::Guided && once.is_settled(),
            Resumed::Offramp(once) => kind == Kind::Offramp && once.is_settled(),
            Resumed::Reconciliation(once) => kind == Kind::Reconciliation && once.is_settled(),
            _ => false,
        };
        assert!(is_done, "{kind:?}");
        assert_eq!(subject.effects(), 1);
    }
}
