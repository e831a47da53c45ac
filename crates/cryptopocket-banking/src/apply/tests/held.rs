use super::*;

#[test]
fn transaction_of_another_payment_is_never_posted() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let decided = decisions(&log);
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    log.append(
        at,
        "test",
        Event::Posted {
            pair: Pair::new("p-9", "t-1"),
            seen_later: false,
        },
    )
    .unwrap();
    let (banking, _) = scripted("reconcile_payment", &[ok(), ok()]);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decided, &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 skipped", "p-2 posted", "p-3 posted"]);
}

#[test]
fn rival_that_the_log_knows_is_not_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    let (payments, mut credits) = records();
    // A second credit names p-1 with its amount.
    let mut second = credits[0].clone();
    second.id = "t-9".into();
    credits.push(second);
    log.record(at, "test", decided(&log, &payments, &credits))
        .unwrap();
    let options = ApplyOptions::new("test");
    let newest = &credits[1..];
    // Twice: the run that holds it is recorded too.
    for _ in 0..2 {
        let (banking, provider) = scripted("reconcile_payment", &[refused(), refused()]);
        let decided = decided(&log, &payments, newest);
        assert_eq!(decided[0].outcome, Outcome::Confirmed);
        let basis = Basis::new(&payments, newest);
        let rows = block_on(banking.apply(&decided, &basis, &mut log, &options, |_| {})).unwrap();
        assert_eq!(results(&rows)[0], "p-1 held");
        let reason = "the log knows transaction t-1, which is not in this input; give the complete list";
        let told = serde_json::to_value(&rows[0].result).unwrap();
        assert_eq!(told["reason"], reason);
        assert_eq!(provider.calls("reconcile_payment"), 2);
    }
    log.reject(at, "ana", Pair::new("p-1", "t-1"), "went back")
        .unwrap();
    let (banking, _) = scripted("reconcile_payment", &[ok(), ok(), ok()]);
    let basis = Basis::new(&payments, newest);
    let decided = decided(&log, &payments, newest);
    let rows = block_on(banking.apply(&decided, &basis, &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows)[0], "p-1 posted", "a person cleared it");
}

#[test]
fn payment_that_the_log_knows_is_not_left_out() {
    let (mut payments, credits) = records();
    let mut twin = payments[0].clone();
    twin.id = "p-9".into();
    payments.push(twin);
    let (rows, _) = later(&payments, &credits, (4, 4));
    assert_eq!(results(&rows), ["p-1 held", "p-2 posted", "p-3 posted"]);
    let reason = first(&rows);
    assert!(reason.contains("the log knows payment p-9"), "{reason}");
}

/// What becomes of the first records of each list, p-1 among them, after a run that knew all of them.
fn later(
    payments: &[ExpectedPayment],
    credits: &[Transaction],
    left: (usize, usize),
) -> (Vec<Applied>, AuditLog) {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    log.record(at, "test", decided(&log, payments, credits)).unwrap();
    assert_ne!(log.state().of(&"p-1".into()).outcome, Some(Outcome::Confirmed));
    let (payments, credits) = (&payments[..left.0], &credits[..left.1]);
    let decided = decided(&log, payments, credits);
    assert_eq!(decided[0].outcome, Outcome::Confirmed);
    let (banking, _) = scripted("reconcile_payment", &[ok(), ok(), ok()]);
    let basis = Basis::new(payments, credits);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&decided, &basis, &mut log, &options, |_| {})).unwrap();
    (rows, log)
}

/// The result of the first row, with its reason.
fn first(rows: &[Applied]) -> String {
    serde_json::to_string(&rows[0].result).unwrap()
}

#[test]
fn payment_that_only_a_reason_names_is_asked_for() {
    let (mut payments, mut credits) = records();
    (payments[1].amount, credits[1].amount) = (payments[0].amount, credits[0].amount);
    for (at, name) in [(0, "Ana Gil"), (1, "Luis Ruiz")] {
        payments[at].payer_name = Some(name.into());
        credits[at].counterparty_name = cryptopocket_types::Field::Value(name.into());
    }
    credits[0].concept = cryptopocket_types::Field::Value("120037 120038".into());
    let (rows, log) = later(&payments[..2], &credits[..2], (1, 1));
    let result = first(&rows);
    assert_eq!(
        log.state().of(&"p-2".into()).outcome,
        Some(Outcome::Confirmed),
        "t-1 is no candidate of it"
    );
    assert!(result.contains("the log knows payment p-2"), "{result}");
}

#[test]
fn return_that_the_log_knows_is_not_left_out() {
    let (payments, mut credits) = records();
    let mut back = credits[0].clone();
    (back.id, back.amount) = (
        "t-9".into(),
        cryptopocket_types::Field::Value("-10 EUR".parse().unwrap()),
    );
    credits.push(back);
    let (rows, mut log) = later(&payments, &credits, (4, 4));
    let result = first(&rows);
    assert!(result.contains("the log knows a return"), "{result}");
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    log.accept(at, "ana", "p-1".into(), vec!["t-1".into()], "it came again")
        .unwrap();
    let (banking, _) = scripted("reconcile_payment", &[ok()]);
    let none: [Decision; 0] = [];
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&none, &all(), &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted"]);
}

#[test]
fn payment_with_two_amounts_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let at = "2026-06-26T10:00:00Z".parse().unwrap();
    let (mut payments, credits) = records();
    let mut other = payments[0].clone();
    other.amount = "12 EUR".parse().unwrap();
    payments.insert(0, other);
    log.accept(at, "ana", "p-1".into(), vec!["t-1".into()], "seen")
        .unwrap();
    let none: [Decision; 0] = [];
    let (banking, _) = scripted("reconcile_payment", &[ok()]);
    let basis = Basis::new(&payments, &credits);
    let options = ApplyOptions::new("test");
    let rows = block_on(banking.apply(&none, &basis, &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 held"]);
}

#[test]
fn transaction_unknown_to_the_provider_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (payments, credits) = records();
    let mut foreign = credits[0].clone();
    foreign.id = "BANKREF1".into();
    let unknown = Answer::json(r#"{"status":"error","error":"transaction_not_found"}"#);
    let options = ApplyOptions::new("test");
    let one = std::slice::from_ref(&foreign);
    let (banking, _) = scripted("reconcile_payment", &[unknown]);
    let first = decided(&log, &payments[..1], one);
    let basis = Basis::new(&payments[..1], one);
    let rows = block_on(banking.apply(&first, &basis, &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 refused"]);

    let listed = decided(&log, &payments[..1], &credits[..1]);
    let basis = Basis::new(&payments[..1], &credits[..1]);
    assert_eq!(results(&preview(&listed, &basis, &log)), ["p-1 would_post"]);
    let (banking, provider) = scripted("reconcile_payment", &[ok()]);
    let rows = block_on(banking.apply(&listed, &basis, &mut log, &options, |_| {})).unwrap();
    assert_eq!(results(&rows), ["p-1 posted"]);
    assert_eq!(provider.calls("reconcile_payment"), 1);
}

#[test]
fn rival_with_another_refusal_still_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    let (payments, credits) = records();
    let mut rival = credits[0].clone();
    rival.id = "t-9".into();
    let one = std::slice::from_ref(&rival);
    let (banking, _) = scripted("reconcile_payment", &[refused()]);
    let first = decided(&log, &payments[..1], one);
    let basis = Basis::new(&payments[..1], one);
    let options = ApplyOptions::new("test");
    block_on(banking.apply(&first, &basis, &mut log, &options, |_| {})).unwrap();
    let listed = decided(&log, &payments[..1], &credits[..1]);
    let basis = Basis::new(&payments[..1], &credits[..1]);
    assert_eq!(results(&preview(&listed, &basis, &log)), ["p-1 held"]);
}
