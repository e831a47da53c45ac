use super::chance::Chance;
use super::requests::{Material, Vocabulary};
use super::{Case, Upset, case, judge, run};
use crate::conformance::seed::Seeded;
use crate::conformance::{Emulator, Options};
use crate::spec::Document;
use crate::workspace;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

fn document() -> Document {
    Document::read(&workspace::root().join(workspace::SPEC)).unwrap()
}

fn seeded() -> Seeded {
    let ids = |id: &str| vec![id.to_owned()];
    Seeded {
        token: "tok".to_owned(),
        stranger: "kot".to_owned(),
        users: ids("100001"),
        payments: ids("A1b2C3d4E5f6G7h8I9j0K1l2M"),
        offramps: ids("70001"),
        transactions: ids("trx_1"),
        ibans: ids("ES9121000418450200051332"),
    }
}

fn material<'a>(document: &'a Document, vocabulary: &'a Vocabulary, seeded: &'a Seeded) -> Material<'a> {
    Material {
        document,
        vocabulary,
        seeded,
        address: "127.0.0.1:1",
    }
}

fn whole() -> Case {
    Case {
        bytes: Vec::new(),
        whole: true,
        bodiless: false,
        upset: None,
    }
}

#[test]
fn case_depends_on_seed_and_number_only() {
    let (document, seeded, vocabulary) = (document(), seeded(), Vocabulary::read().unwrap());
    let material = material(&document, &vocabulary, &seeded);
    let bytes = |seed, number| case(&material, seed, number).bytes;
    assert_eq!(bytes(1, 42), bytes(1, 42));
    assert_ne!(bytes(1, 42), bytes(2, 42));
    let different: BTreeSet<Vec<u8>> = (0..500).map(|number| bytes(1, number)).collect();
    assert!(different.len() > 350, "{}", different.len());
}

#[test]
fn cases_reach_all_operations_and_mark_upsets() {
    let (document, seeded, vocabulary) = (document(), seeded(), Vocabulary::read().unwrap());
    let material = material(&document, &vocabulary, &seeded);
    let mut reached = BTreeSet::new();
    for number in 0..3_000 {
        let case = case(&material, 1, number);
        let text = String::from_utf8_lossy(&case.bytes).into_owned();
        assert!(!text.contains("x-sandbox-fault"), "{text}");
        let target = text.split(' ').nth(1).unwrap_or_default();
        for (word, upset) in [("/faults", Upset::Faults), ("/do/reset", Upset::World)] {
            assert!(!target.ends_with(word) || case.upset == Some(upset), "{text}");
        }
        for operation in document.operations() {
            let start = operation.path.split('{').next().unwrap_or_default();
            if text.starts_with(&format!("{} /api{start}", operation.method.to_ascii_uppercase())) {
                reached.insert(operation.id().to_owned());
            }
        }
    }
    assert_eq!(reached.len(), 26, "{reached:?}");
}

#[test]
fn server_failures_are_told_from_replies() {
    let verdict = |answer: &[u8]| judge(&whole(), Ok(answer), "");
    assert_eq!(
        verdict(b"HTTP/1.1 422 X\r\ncontent-length: 2\r\n\r\n{}"),
        Ok("422".to_owned())
    );
    assert_eq!(verdict(b"HTTP/1.0 404 X\r\n\r\n"), Ok("404".to_owned()));
    let declared = verdict(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}").unwrap_err();
    assert!(declared.starts_with("a body of 2 bytes"), "{declared}");
    assert!(
        verdict(b"HTTP/1.1 500 X\r\n\r\n")
            .unwrap_err()
            .starts_with("HTTP 500")
    );
    assert!(
        verdict(b"HTTP/1.1 501 X\r\n\r\n{}")
            .unwrap_err()
            .starts_with("HTTP 501")
    );
    assert!(verdict(b"HTTP/1.1 501 X\r\n\r\n{\"error\":\"not_emulated\"}").is_ok());
    let json = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n<html>";
    assert!(verdict(json).unwrap_err().starts_with("no JSON"));
    assert!(verdict(b"").unwrap_err().contains("closed without an answer"));
    let panicked = judge(
        &whole(),
        Ok(b"HTTP/1.1 200 OK\r\n\r\n"),
        "thread 'x' panicked at src",
    )
    .unwrap_err();
    assert!(panicked.starts_with("a panic"), "{panicked}");
    let broken = Case {
        whole: false,
        ..whole()
    };
    assert_eq!(judge(&broken, Ok(b""), ""), Ok("closed".to_owned()));
}

#[test]
fn choices_stay_within_bounds() {
    let mut chance = Chance::new(3, 4);
    assert!((0..1_000).all(|_| chance.below(7) < 7));
    assert_eq!((chance.below(0), chance.of::<u8>(&[])), (0, None));
}

/// A server that fails after this many replies, each of which has all that `plant` reads.
fn failing(after: usize) -> Emulator {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let ready = format!("{{\"base_url\":\"http://{}/api\"}}", server.local_addr().unwrap());
    let body = r#"{"data": {"token": "tok", "iban": "ES91", "id": "1"}}"#;
    let length = body.len();
    thread::spawn(move || {
        for (number, stream) in server.incoming().enumerate() {
            let (mut stream, status) = (stream.unwrap(), if number < after { 200 } else { 500 });
            drop(
                BufReader::with_capacity(65_536, &stream)
                    .fill_buf()
                    .map(<[u8]>::len),
            );
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n");
            drop(stream.write_all((head + body).as_bytes()));
        }
    });
    Emulator::spawn(Command::new("sh").args(["-c", "echo \"$0\"; cat", &ready])).unwrap()
}

/// The report against a server that fails after the first start, with a case 0 of this effect.
fn report(upset: Upset) -> String {
    const CALLS_OF_PLANT: usize = 9;
    let (document, seeded, vocabulary) = (document(), seeded(), Vocabulary::read().unwrap());
    let material = material(&document, &vocabulary, &seeded);
    let options = Options {
        seed: (0..1_000)
            .find(|seed| case(&material, *seed, 0).upset == Some(upset))
            .unwrap(),
        examples: 0,
        seconds: 60,
    };
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &document, failing(CALLS_OF_PLANT), &options).unwrap_err()
}

#[test]
fn findings_outlive_a_failed_start_over() {
    let report = report(Upset::World);
    assert!(report.contains("\ncase 0: HTTP 500: "), "{report}");
    assert!(
        report.contains("\ncase 1: cannot start over: seed.yaml: "),
        "{report}"
    );
}

#[test]
fn armed_faults_are_cleared_without_a_new_start() {
    let report = report(Upset::Faults);
    assert!(report.contains("\ncase 1: HTTP 500: "), "{report}");
}
