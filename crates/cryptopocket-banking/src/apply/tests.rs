mod held;

use std::path::Path;

use cryptopocket_core::testing::Answer;

use super::*;
use crate::matcher::{ExpectedPayment, Matcher, Policy};
use crate::tests::{block_on, scripted};
use crate::{Transaction, TransactionKey};

/// The records of three confirmed matches and a suggested one.
fn records() -> (Vec<ExpectedPayment>, Vec<Transaction>) {
    let mut payments = Vec::new();
    let mut credits = Vec::new();
    for number in 1..=4_u64 {
        let amount = format!("{number}0 EUR").parse().unwrap();
        let mut payment = ExpectedPayment::new(format!("p-{number}").as_str(), amount);
        payment.concept = Some((120_036 + number).into());
        let mut credit = Transaction::new(
            format!("t-{number}").as_str(),
            amount,
            "2026-06-26".parse().unwrap(),
        );
        let shift = if number == 4 { 1_000 } else { 0 };
        credit.concept = cryptopocket_types::Field::Value((120_036 + number + shift).to_string().into());
        payments.push(payment);
        credits.push(credit);
    }
    (payments, credits)
}

fn all() -> Basis {
    let (payments, credits) = records();
    Basis::new(&payments, &credits)
}

fn decisions(log: &AuditLog) -> Vec<Decision> {
    let (payments, credits) = records();
    decided(log, &payments, &credits)
}

fn decided(log: &AuditLog, payments: &[ExpectedPayment], credits: &[Transaction]) -> Vec<Decision> {
    let mut matcher = Matcher::new(Policy::default()).unwrap();
    matcher.add_payments(payments);
    matcher.add_transactions(credits);
    log.state().tell(&mut matcher);
    matcher.decide().iter().collect()
}

fn results(rows: &[Applied]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            let result = serde_json::to_value(&row.result).unwrap();
            format!("{} {}", row.pair.payment_id, result["result"].as_str().unwrap())
        })
        .collect()
}

fn ok() -> Answer {
    Answer::json(r#"{"status":"ok","data":{"status":"payment_received"}}"#)
}

fn refused() -> Answer {
    Answer::json(r#"{"status":"error","error":"already_reconciled"}"#)
}

fn lost() -> Answer {
    Answer::json("not JSON")
}

fn open(folder: &Path) -> AuditLog {
    AuditLog::open(&folder.join("log")).unwrap()
}

#[test]
fn only_confirmed_matches_are_posted_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (banking, provider) = scripted("reconcile_payment", &[ok(), refused(), ok()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted", "p-2 refused", "p-3 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 3);
    drop(log);

    let mut log = open(folder.path());
    let (banking, provider) = scripted("reconcile_payment", &[ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(
        results(&rows),
        ["p-2 posted"],
        "what was posted stands, what was refused is tried again"
    );
    assert_eq!(provider.calls("reconcile_payment"), 1);
}

#[test]
fn dry_run_posts_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    let rows = preview(decisions(&log), &all(), &log);
    assert_eq!(
        results(&rows),
        ["p-1 would_post", "p-2 would_post", "p-3 would_post"]
    );
    assert_eq!(log.entries(), 0);
}

#[test]
fn lost_answer_ends_the_run_and_is_never_resent_blindly() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (banking, provider) = scripted("reconcile_payment", &[lost()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 unknown", "p-2 not_tried", "p-3 not_tried"]);
    assert_eq!(provider.calls("reconcile_payment"), 1);

    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 skipped", "p-2 posted", "p-3 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 2);

    let look = |paid: bool| async move |_: &PaymentId| Ok(paid);
    let hour = Duration::from_secs(3600);
    assert_eq!(
        block_on(banking.resolve_pending(&mut log, "test", hour, look(false))).unwrap(),
        1
    );
    assert_eq!(
        block_on(banking.resolve_pending(&mut log, "test", hour, look(true))).unwrap(),
        0
    );
    assert!(log.state().of(&"p-1".into()).is_posted());
}

#[test]
fn payment_not_seen_after_the_grace_is_posted_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (banking, _) = scripted("reconcile_payment", &[lost()]);
    let options = ApplyOptions::new("test");
    block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    let unpaid = async |_: &PaymentId| Ok(false);
    block_on(banking.resolve_pending(&mut log, "test", Duration::ZERO, unpaid)).unwrap();
    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok(), ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted", "p-2 posted", "p-3 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 3);
}

#[test]
fn every_decision_is_recorded_once_with_its_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (banking, _) = scripted(
        "reconcile_payment",
        &std::array::from_fn::<_, 6, _>(|_| refused()),
    );
    let options = ApplyOptions::new("night run");
    for expected in [10, 16] {
        // Four decisions, and a posting and its refusal for each of three; then only the calls again.
        block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
        assert_eq!(log.entries(), expected);
    }
    let bytes = std::fs::read(folder.path().join("log")).unwrap();
    let entries = crate::audit::entries(&bytes).unwrap();
    let Event::Decided { decision } = &entries[3].event else {
        panic!("{:?}", entries[3]);
    };
    assert_eq!(
        (decision.outcome, entries[3].by.as_str()),
        (Outcome::Suggested, "night run")
    );
    assert!(!decision.candidates[0].reasons.is_empty());
}

#[test]
fn accepted_suggestion_is_posted_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let suggested = decisions(&log).pop().unwrap();
    let key = TransactionKey::from("t-4").in_account("ES79 2100 0813 6101 2345 6789");
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    log.accept(at, "ana", suggested.payment_id, vec![key.clone()], "he called")
        .unwrap();
    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok(), ok(), ok()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(
        results(&rows),
        ["p-4 posted", "p-1 posted", "p-2 posted", "p-3 posted"]
    );
    assert_eq!(rows[0].pair.transaction, key);
    assert!(provider.bodies("reconcile_payment")[0].contains("ES7921000813610123456789"));
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), Vec::<String>::new());
}

#[test]
fn contested_and_revoked_payments_are_held() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    let first = decisions(&log);
    log.record(at, "test", &first).unwrap();
    assert!(!log.contest(at, "ana", "p-1".into(), "a name is wrong").unwrap());
    assert!(!log.revoke(at, "ana", "p-2".into(), "another order").unwrap());
    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 held", "p-2 held", "p-3 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 1);
    log.accept(at, "eva", "p-1".into(), vec!["t-1".into()], "the name is fine")
        .unwrap();
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted", "p-2 held"]);
}

#[test]
fn accepted_pair_needs_its_records_and_equal_amounts() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    let mut accept = |payment: &str, transaction: &str, account: &str| {
        let key = TransactionKey::from(transaction).in_account(account);
        let post = log.accept(at, "ana", payment.into(), vec![key], "seen");
        assert!(post.unwrap());
    };
    accept("p-1", "t-2", "");
    accept("p-2", "t-8", "");
    accept("p-8", "t-3", "");
    accept("p-4", "t-4", "ES79");
    let options = ApplyOptions::new("test");
    let none: [Decision; 0] = [];
    let (banking, provider) = scripted("reconcile_payment", &[ok()]);
    let rows = block_on(banking.apply(&none, &all(), &mut log, &options, |_| {})).unwrap();
    let expected = ["p-1 held", "p-2 held", "p-4 posted", "p-8 held"];
    assert_eq!(
        (results(&rows), provider.calls("reconcile_payment")),
        (expected.map(String::from).to_vec(), 1)
    );
}

#[test]
fn transaction_is_sent_for_one_payment_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    let (mut payments, credits) = records();
    let mut twin = payments[0].clone();
    twin.id = "p-9".into();
    payments.push(twin);
    for (payment, account) in [("p-1", "ES79"), ("p-9", "XX")] {
        let key = TransactionKey::from("t-1").in_account(account);
        log.accept(at, "ana", payment.into(), vec![key], "seen").unwrap();
    }
    let none: [Decision; 0] = [];
    let basis = Basis::new(&payments, &credits);
    let (banking, provider) = scripted("reconcile_payment", &[refused()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&none, &basis, &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 refused", "p-9 held"]);
    assert_eq!(provider.calls("reconcile_payment"), 1);
}

#[test]
fn refused_acceptance_is_open_and_waits_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    log.accept(at, "ana", "p-1".into(), vec!["t-1".into()], "seen")
        .unwrap();
    let options = ApplyOptions::new("test");
    let (banking, _) = scripted("reconcile_payment", &[refused(), ok(), ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows)[0], "p-1 refused");
    drop(log);
    let mut log = open(folder.path());
    assert!(!log.state().of(&"p-1".into()).is_taken(), "open for matching");
    assert_eq!(log.state().refused().count(), 1);
    let (banking, _) = scripted("reconcile_payment", &[]);
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 held"], "it is not sent again");
    log.accept(at, "ana", "p-1".into(), vec!["t-1".into()], "again")
        .unwrap();
    let (banking, _) = scripted("reconcile_payment", &[ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted"]);
}

#[test]
fn payment_is_posted_once_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (payments, mut credits) = records();
    credits[1].amount = credits[0].amount;
    let first = decisions(&log).remove(0);
    let mut second = first.clone();
    second.candidates[0].transaction = "t-2".into();
    let two = [first.clone(), second, first];
    let basis = Basis::new(&payments, &credits);
    assert_eq!(
        results(&preview(&two, &basis, &log)),
        ["p-1 would_post", "p-1 skipped", "p-1 skipped"]
    );
    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok(), ok()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&two, &basis, &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted", "p-1 skipped", "p-1 skipped"]);
    assert_eq!(provider.calls("reconcile_payment"), 1);
    let taken: Vec<_> = log.state().of(&"p-1".into()).taken().cloned().collect();
    assert_eq!(taken, [TransactionKey::from("t-1")]);
}
