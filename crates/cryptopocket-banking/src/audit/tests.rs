use std::fs;

use super::*;
use crate::TransactionKey;

const AT: &str = "2026-06-26T10:00:00Z";

fn posting(payment: &str) -> Event {
    Event::Posting(Pair::new(payment, "t-1"))
}

fn posted(payment: &str) -> Event {
    Event::Posted {
        pair: Pair::new(payment, "t-1"),
        seen_later: false,
    }
}

fn append(log: &mut AuditLog, event: Event) {
    log.append(AT.parse().unwrap(), "test", event).unwrap();
}

fn three(path: &Path) -> AuditLog {
    let mut log = AuditLog::open(path).unwrap();
    for event in [posting("p-1"), posted("p-1"), posting("p-2")] {
        append(&mut log, event);
    }
    log
}

#[test]
fn log_continues_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let head = three(&path).head().to_owned();
    let mut log = AuditLog::open(&path).unwrap();
    assert_eq!((log.head(), log.entries()), (head.as_str(), 3));
    assert!(log.state().of(&"p-1".into()).is_posted());
    assert_eq!(
        log.state()
            .pending()
            .map(|(pair, _)| pair.payment_id.to_string())
            .collect::<Vec<_>>(),
        ["p-2"]
    );
    append(&mut log, posted("p-2"));
    assert_eq!(verify(&fs::read(&path).unwrap()).unwrap().entries, 4);
}

#[test]
fn every_kind_of_change_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    three(&path);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let changed = [
        (text.replace("\"p-2\"", "\"p-3\""), 3),
        (joined(&[lines[1], lines[2]]), 1),
        (joined(&[lines[0], lines[2]]), 2),
        (joined(&[lines[0], lines[2], lines[1]]), 2),
        (joined(&[lines[0], lines[0], lines[1]]), 2),
        (text.replace("\"by\":\"test\"", "\"by\": \"test\""), 1),
        (text.trim_end().to_owned(), 3),
        (format!("{text}x\n"), 4),
    ];
    for (text, line) in changed {
        assert_eq!(verify(text.as_bytes()).unwrap_err().line, line, "{text}");
        fs::write(&path, &text).unwrap();
        if text.ends_with('\n') {
            assert_eq!(
                AuditLog::open(&path).unwrap_err().kind(),
                io::ErrorKind::InvalidData
            );
        }
    }
}

#[test]
fn half_written_last_line_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    three(&path);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    let mut log = AuditLog::open(&path).unwrap();
    assert_eq!(log.entries(), 2);
    append(&mut log, posting("p-2"));
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn file_that_is_no_log_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("payments.json");
    three(&path);
    let log = fs::read_to_string(&path).unwrap();
    for text in [
        r#"[{"id":"p-1","amount":"1 EUR"}]"#.to_owned(),
        "id,amount\np-1,1 EUR".to_owned(),
        log + "a note",
    ] {
        fs::write(&path, &text).unwrap();
        let refused = AuditLog::open(&path).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn revoked_decision_takes_part_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = three(&folder.path().join("log"));
    append(
        &mut log,
        Event::Revoked(Doubt {
            payment_id: "p-1".into(),
            reason: "another customer's money".to_owned(),
            remains_at_provider: true,
        }),
    );
    assert!(!log.state().of(&"p-1".into()).is_taken());
}

fn at() -> Timestamp {
    AT.parse().unwrap()
}

fn empty() -> (tempfile::TempDir, AuditLog) {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::open(&folder.path().join("log")).unwrap();
    (folder, log)
}

#[test]
fn posted_decision_is_held_after_revoking() {
    let (_folder, mut log) = empty();
    append(&mut log, posting("p-1"));
    append(&mut log, posted("p-1"));
    assert!(log.contest(at(), "ana", "p-1".into(), "not theirs").unwrap());
    assert!(log.state().of(&"p-1".into()).held && log.state().of(&"p-1".into()).is_posted());
    assert!(log.revoke(at(), "ana", "p-1".into(), "not theirs").unwrap());
    assert!(log.state().of(&"p-1".into()).held && !log.state().of(&"p-1".into()).is_taken());
    let accepted = log
        .accept(at(), "eva", "p-1".into(), vec!["t-2".into()], "seen")
        .unwrap();
    assert!(!accepted, "the provider has it tied already");
    assert_eq!(log.state().to_post().count(), 0);
}

#[test]
fn accepting_a_posted_pair_ends_the_doubt() {
    let (_folder, mut log) = empty();
    append(&mut log, posted("p-1"));
    log.contest(at(), "ana", "p-1".into(), "not theirs").unwrap();
    log.accept(at(), "eva", "p-1".into(), vec!["t-1".into()], "it is")
        .unwrap();
    assert!(log.state().of(&"p-1".into()).is_posted() && !log.state().of(&"p-1".into()).held);
}

#[test]
fn revoked_ruling_leaves_the_matcher_free() {
    let (_folder, mut log) = empty();
    log.accept(at(), "ana", "p-1".into(), vec!["t-1".into()], "seen")
        .unwrap();
    assert_eq!(
        log.state().to_post().collect::<Vec<_>>(),
        [Pair::new("p-1", "t-1")]
    );
    assert!(!log.revoke(at(), "ana", "p-1".into(), "wrong one").unwrap());
    assert!(!log.state().of(&"p-1".into()).held && !log.state().of(&"p-1".into()).is_taken());
    let again = log.revoke(at(), "ana", "p-1".into(), "wrong one");
    assert_eq!(again.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    assert!(!log.state().of(&"p-1".into()).held, "nothing is left to revoke");
    append(&mut log, posting("p-2"));
    assert!(
        log.revoke(at(), "ana", "p-2".into(), "wrong one").unwrap(),
        "it may be tied"
    );
    assert!(log.state().of(&"p-2".into()).held);
}

#[test]
fn later_ruling_about_a_pair_counts() {
    let (_folder, mut log) = empty();
    log.accept(at(), "ana", "p-1".into(), vec!["t-1".into()], "seen")
        .unwrap();
    log.reject(at(), "ana", Pair::new("p-1", "t-1"), "another one")
        .unwrap();
    assert!(!log.state().of(&"p-1".into()).is_taken());
    append(&mut log, posted("p-1"));
    let refused = log.reject(at(), "ana", Pair::new("p-1", "t-1"), "another one");
    assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn splits_are_recorded_and_not_posted() {
    let (_folder, mut log) = empty();
    let two = vec!["t-1".into(), "t-2".into()];
    assert!(
        !log.accept(at(), "ana", "p-1".into(), two, "two transfers")
            .unwrap()
    );
    assert!(
        !log.accept(at(), "ana", "p-2".into(), vec!["t-2".into()], "the rest")
            .unwrap()
    );
    assert!(log.state().of(&"p-2".into()).is_taken());
    assert_eq!(log.state().to_post().count(), 0);
    let elsewhere = TransactionKey::from("t-3").in_account("ES79");
    log.accept(at(), "ana", "p-3".into(), vec![elsewhere], "seen")
        .unwrap();
    let other = TransactionKey::from("t-3").in_account("ES80");
    assert!(
        log.accept(at(), "ana", "p-4".into(), vec![other], "another account")
            .unwrap()
    );
}

#[test]
fn rulings_need_a_reason_and_a_known_payment() {
    let (_folder, mut log) = empty();
    let kind = |result: io::Result<bool>| result.unwrap_err().kind();
    let refused = io::ErrorKind::InvalidInput;
    assert_eq!(kind(log.revoke(at(), "ana", "p-1".into(), "why")), refused);
    assert_eq!(kind(log.contest(at(), "ana", "p-1".into(), "why")), refused);
    assert_eq!(
        kind(log.accept(at(), "ana", "p-1".into(), vec!["t-1".into()], " ")),
        refused
    );
    assert_eq!(
        kind(log.accept(at(), "ana", "p-1".into(), vec![], "why")),
        refused
    );
    assert_eq!(log.entries(), 0);
}
