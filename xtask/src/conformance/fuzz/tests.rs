use super::chance::Chance;
use super::requests::{Material, Vocabulary};
use super::{Case, case, judge};
use crate::conformance::seed::Seeded;
use crate::spec::Document;
use crate::workspace;
use std::collections::BTreeSet;

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
        upsets: false,
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
        for word in ["/faults", "/do/reset"] {
            assert!(!target.ends_with(word) || case.upsets, "{text}");
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
