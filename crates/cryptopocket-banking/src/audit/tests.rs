use std::fs;

use super::*;

const AT: &str = "2026-06-26T10:00:00Z";

fn posting(payment: &str) -> Event {
    Event::Posting {
        payment_id: payment.into(),
        transaction_id: "t-1".into(),
    }
}

fn posted(payment: &str) -> Event {
    Event::Posted {
        payment_id: payment.into(),
        transaction_id: "t-1".into(),
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
    assert!(log.state().is_posted(&"p-1".into()));
    assert_eq!(
        log.state().pending().map(|(p, _)| p.as_str()).collect::<Vec<_>>(),
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
fn revoked_decision_takes_part_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = three(&folder.path().join("log"));
    append(
        &mut log,
        Event::Revoked {
            payment_id: "p-1".into(),
            reason: "another customer's money".to_owned(),
            remains_at_provider: true,
        },
    );
    assert_eq!(log.state().settled().count(), 0);
}
