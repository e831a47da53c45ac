use std::path::Path;

use cryptopocket_core::testing::Answer;

use super::*;
use crate::Transaction;
use crate::matcher::{ExpectedPayment, Matcher, Policy};
use crate::testing::{block_on, scripted};

/// Three confirmed matches and a suggested one.
fn decisions(log: &AuditLog) -> Vec<Decision> {
    let mut matcher = Matcher::new(Policy::default()).unwrap();
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
    matcher.add_payments(&payments);
    matcher.add_transactions(&credits);
    log.state().tell(&mut matcher);
    matcher.decide().iter().collect()
}

fn results(rows: &[Applied]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            let result = serde_json::to_value(&row.result).unwrap();
            format!("{} {}", row.payment_id, result["result"].as_str().unwrap())
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
    let rows = block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted", "p-2 refused", "p-3 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 3);
    drop(log);

    let mut log = open(folder.path());
    let (banking, provider) = scripted("reconcile_payment", &[ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
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
    let mut log = open(folder.path());
    let (banking, provider) = scripted("reconcile_payment", &[]);
    let mut options = ApplyOptions::new("test");
    options.dry_run = true;
    let rows = block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
    assert_eq!(
        results(&rows),
        ["p-1 would_post", "p-2 would_post", "p-3 would_post"]
    );
    assert_eq!((log.entries(), provider.calls("reconcile_payment")), (0, 0));
}

#[test]
fn lost_answer_ends_the_run_and_is_never_resent_blindly() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (banking, provider) = scripted("reconcile_payment", &[lost()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 unknown", "p-2 not_tried", "p-3 not_tried"]);
    assert_eq!(provider.calls("reconcile_payment"), 1);

    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
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
    assert!(log.state().is_posted(&"p-1".into()));
}

#[test]
fn payment_not_seen_after_the_grace_is_posted_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (banking, _) = scripted("reconcile_payment", &[lost()]);
    let options = ApplyOptions::new("test");
    block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
    let unpaid = async |_: &PaymentId| Ok(false);
    block_on(banking.resolve_pending(&mut log, "test", Duration::ZERO, unpaid)).unwrap();
    let (banking, provider) = scripted("reconcile_payment", &[ok(), ok(), ok()]);
    let rows = block_on(banking.apply(&decisions(&log), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted", "p-2 posted", "p-3 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 3);
}
