//! `webhooks verify` and `webhooks sign`.

use serde_json::Value;

use crate::program::{Program, Run, finish};

const BODY: &[u8] = br#"{"type":"PAY_IN","data":{"id":"p1","status":"payment_received"}}"#;

fn signed(program: &Program, extra: &str) -> (String, String) {
    let signed = program
        .words(&format!("webhooks sign --body b.json --secret s3 --json {extra}"))
        .json();
    let text = |name: &str| signed[name].as_str().unwrap().to_owned();
    (text("timestamp"), text("signature"))
}

fn verify(program: &Program, body: &str, timestamp: &str, signature: &str, extra: &str) -> Run {
    let line = format!(
        "webhooks verify --body {body} --timestamp {timestamp} --signature {signature} --json {extra}"
    );
    program.words(&line)
}

#[test]
fn signature_verifies_with_any_secret() {
    let program = Program::new();
    program.file("b.json", BODY);
    for encoding in ["hex", "base64"] {
        let (timestamp, signature) = signed(&program, &format!("--encoding {encoding}"));
        let run = verify(
            &program,
            "b.json",
            &timestamp,
            &signature,
            "--secret new --secret s3",
        );
        let result = run.json();
        assert_eq!(
            (run.code, &result["verified"]),
            (0, &Value::Bool(true)),
            "{result}"
        );
        assert!(
            result["age_seconds"]
                .as_i64()
                .is_some_and(|age| (0..300).contains(&age))
        );
    }
}

#[test]
fn the_api_secret_is_the_default() {
    let program = Program::new().with("CRYPTOPOCKET_API_SECRET", "s3");
    program.file("b.json", BODY);
    let (timestamp, signature) = signed(&program, "");
    assert_eq!(verify(&program, "b.json", &timestamp, &signature, "").code, 0);
    let none = Program::new();
    none.file("b.json", BODY);
    assert_eq!(verify(&none, "b.json", &timestamp, &signature, "").code, 3);
}

#[test]
fn each_refusal_is_8_with_its_kind() {
    let program = Program::new();
    program.file("b.json", BODY);
    program.file("two.json", b"{}{}");
    let (timestamp, signature) = signed(&program, "");
    let (old, old_signature) = signed(&program, "--timestamp 1000000000");
    let (new, new_signature) = signed(&program, "--timestamp 9000000000");
    let two = program
        .words("webhooks sign --body two.json --secret s3 --json")
        .json();
    let (two_at, two_signature) = (
        two["timestamp"].as_str().unwrap(),
        two["signature"].as_str().unwrap(),
    );
    let s3 = "--secret s3";
    for (kind, run) in [
        (
            "missing_header",
            program.words("webhooks verify --body b.json --secret s3 --signature ab --json"),
        ),
        (
            "bad_timestamp",
            verify(&program, "b.json", "yesterday", &signature, s3),
        ),
        ("too_old", verify(&program, "b.json", &old, &old_signature, s3)),
        ("too_new", verify(&program, "b.json", &new, &new_signature, s3)),
        (
            "bad_signature_encoding",
            verify(&program, "b.json", &timestamp, "abc", s3),
        ),
        (
            "signature_mismatch",
            verify(&program, "b.json", &timestamp, &signature, "--secret other"),
        ),
        (
            "malformed_body",
            verify(&program, "two.json", two_at, two_signature, s3),
        ),
    ] {
        assert_eq!(
            (run.code, run.error()["kind"].as_str()),
            (8, Some(kind)),
            "{}",
            run.stdout
        );
    }
    assert_eq!(
        verify(
            &program,
            "b.json",
            &old,
            &old_signature,
            "--secret s3 --tolerance 100000d"
        )
        .code,
        0
    );
    assert_eq!(
        verify(&program, "nowhere.json", &timestamp, &signature, s3).code,
        2
    );
}

#[test]
fn signed_headers_are_ready_to_copy() {
    let program = Program::new();
    program.file("b.json", BODY);
    let run = program.words("webhooks sign --body b.json --secret s3 --timestamp 1764000000");
    assert!(
        run.stdout.starts_with("X-Timestamp: 1764000000\nX-Signature: "),
        "{}",
        run.stdout
    );
}

#[test]
fn stdin_is_given_to_one_option_only() {
    let program = Program::new();
    for (words, option) in [
        ("webhooks sign --api-secret-file - --body -", "--body"),
        ("bank match --payments - --transactions -", "--transactions"),
        ("api POST /x --api-key k --api-secret-file - --input -", "--input"),
    ] {
        let words: Vec<_> = words.split(' ').chain(["--json"]).collect();
        let run = finish(
            program
                .command(&words)
                .stdin(std::fs::File::open(program.file("s", b"s3\n")).unwrap()),
        );
        let error = run.error();
        assert_eq!((run.code, &error["kind"]), (2, &"usage".into()), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("{option}: standard input was read already")),
            "{message}"
        );
        assert!(
            error["hint"]
                .as_str()
                .unwrap()
                .starts_with("Give `-` to one option"),
            "{error}"
        );
    }
}
