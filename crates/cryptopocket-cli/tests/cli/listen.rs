//! `webhooks listen` and `trigger`.
#![cfg(unix)]

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Emulator, Program};
use crate::receiving::{Hook, Listening, post};

pub(crate) const SECRET: &str = "cps_s3";

pub(crate) fn program() -> Program {
    Program::new()
        .with("CRYPTOPOCKET_API_KEY", "cpk_k")
        .with("CRYPTOPOCKET_API_SECRET", SECRET)
}

pub(crate) fn trigger(program: &Program, event: &str, to: &str) -> Value {
    let run = program.words(&format!("webhooks trigger {event} --to {to} --json"));
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    run.json()
}

fn without_time(mut event: Value) -> Value {
    let received_at = event.as_object_mut().unwrap().remove("received_at");
    assert!(received_at.unwrap().as_str().unwrap().ends_with('Z'));
    event
}

#[test]
fn delivery_is_verified_and_forwarded_with_its_signature() {
    let program = program();
    let hook = Hook::start(&[204]);
    let listening = Listening::start(&program, &format!("--json --forward-to {}", hook.url));
    let sent = trigger(&program, "PAY_IN", &listening.url);
    assert_eq!(
        sent["forwarded"], 204,
        "without a store, the sender gets the receiver's answer"
    );
    let request = hook.request();
    assert_eq!(request.body, sent["body"]);
    assert_eq!(request.header("x-signature"), sent["signature"].as_str());
    assert_eq!(request.header("x-timestamp"), sent["timestamp"].as_str());
    assert_eq!(request.header("x-api-key"), Some("cpk_k"));
    assert_eq!(
        without_time(listening.event()),
        json!({"type": "PAY_IN", "verified": true, "duplicate": false, "payment_id": "pay4H8nC2wY6jTf5QdV1xRk9m",
            "status": "payment_received", "forwarded": 204})
    );
    trigger(&program, "RAMPOFF_FINISHED", &listening.url);
    let event = listening.event();
    assert_eq!(
        (&event["type"], &event["status"]),
        (&json!("RAMPOFF_FINISHED"), &json!("finished"))
    );
    assert_eq!(event["offramp_id"], "off2K8dN5rW1qJm7TzC4vHx6p");
    assert!(event.get("payment_id").is_none());
    assert_eq!(listening.end("-TERM"), (Some(0), String::new()));
}

#[test]
fn forged_delivery_is_refused_and_not_forwarded() {
    let program = program();
    let hook = Hook::start(&[200]);
    let listening = Listening::start(&program, &format!("--json --forward-to {}", hook.url));
    let body = r#"{"type":"COINS_SENT","data":{"id":"p1"}}"#;
    let (time, forged) = ("1764000000", "ab".repeat(32));
    assert_eq!(
        post(
            &listening.url,
            &format!("x-timestamp: {time}\r\nx-signature: {forged}\r\n"),
            body
        ),
        401
    );
    let event = without_time(listening.event());
    assert_eq!(
        (&event["verified"], &event["error"]),
        (&json!(false), &json!("too_old"))
    );
    assert_eq!(post(&listening.url, "", body), 400);
    assert_eq!(listening.event()["error"], "missing_header");
    assert!(!hook.has_more());
    assert_eq!(post(&listening.url, "", &"x".repeat(300_000)), 413);
    assert_eq!(listening.end("-INT"), (Some(0), String::new()));
}

#[test]
fn unreadable_fields_are_named_and_delivered() {
    let program = program();
    let listening = Listening::start(&program, "--json");
    program.file(
        "odd.json",
        br#"{"type":"PAY_IN","data":{"id":"p1","status":[],"fiat_amount":"1,5"}}"#,
    );
    let signed = program.words("webhooks sign --body odd.json --json").json();
    let text = |name: &str| signed[name].as_str().unwrap().to_owned();
    let headers = format!(
        "x-timestamp: {}\r\nx-signature: {}\r\n",
        text("timestamp"),
        text("signature")
    );
    let body = std::fs::read_to_string(program.home.path().join("odd.json")).unwrap();
    assert_eq!(post(&listening.url, &headers, &body), 200);
    let event = listening.event();
    assert_eq!(
        (&event["payment_id"], &event["status"]),
        (&json!("p1"), &Value::Null)
    );
    let warning = listening.note("cannot be read");
    assert!(
        warning.contains("data.status") && warning.contains("data.fiat_amount"),
        "{warning}"
    );
    assert!(!warning.contains("1,5"), "{warning}");
}

#[test]
fn port_in_use_is_3() {
    let program = program();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let run = program.words(&format!("webhooks listen --port {port} --json"));
    assert_eq!(
        (run.code, run.error()["kind"].as_str()),
        (3, Some("configuration"))
    );
}

#[test]
fn triggered_event_tells_of_a_real_payment() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let created = program.words(&format!(
        "payments create --user {user} --amount 240 --coin USDC --chain polygon --wallet {wallet} --payment-type transfer \
         --external-id order-9 --json"
    ));
    let id = created.json()["payment_id"].as_str().unwrap().to_owned();
    let refused = program.words(&format!("webhooks trigger COINS_SENT --payment {id} --json"));
    let message = refused.error()["message"].to_string();
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    for named in ["COINS_SENT", "coins_sent", "started"] {
        assert!(message.contains(named), "{message}");
    }
    let event = program
        .words(&format!(
            "webhooks trigger COINS_SENT --payment {id} --even-if-untrue --json"
        ))
        .json();
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&body["type"], &body["data"]["id"]),
        (&json!("COINS_SENT"), &json!(id))
    );
    assert_eq!(
        (
            &body["data"]["fiat_amount"],
            &body["data"]["external_id"],
            &body["data"]["status"]
        ),
        (&json!(24000), &json!("order-9"), &json!("coins_sent"))
    );
    emulator.sandbox.set_payment_status(&id, "coins_sent").unwrap();
    let event = program.words(&format!("webhooks trigger COINS_SENT --payment {id} --json"));
    assert_eq!(event.code, 0, "{}", event.stdout);
    assert_eq!(program.words("webhooks trigger PAY_IN --even-if-untrue").code, 2);
    let missing = program.words("webhooks trigger PAY_IN --payment pay00000000000000000000000 --json");
    assert_eq!(
        (missing.code, missing.error()["code"].as_str()),
        (4, Some("payment_not_found"))
    );
}

#[test]
fn triggered_event_that_is_not_taken_is_8() {
    let program = program();
    let hook = Hook::start(&[500]);
    let run = program.words(&format!("webhooks trigger PAY_IN --to {} --json", hook.url));
    assert_eq!(
        (run.code, run.error()["kind"].as_str()),
        (8, Some("not_accepted"))
    );
    for (words, told) in [
        ("PAY_INN", "Did you mean PAY_IN?"),
        ("PAY_IN --offramp o1", "--payment with an on-ramp event"),
        ("PAY_IN --to ftp://x", "https://"),
    ] {
        let run = program.words(&format!("webhooks trigger {words} --json"));
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(
            run.error()["hint"].as_str().unwrap().contains(told),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn printed_event_verifies() {
    let program = program();
    let run = program.words("webhooks trigger CRYPTO_RECEIVED");
    let (head, body) = run.stdout.split_once("\n\n").unwrap();
    program.file("b.json", body.trim_end().as_bytes());
    let header = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
            .to_owned()
    };
    let verified = program.words(&format!(
        "webhooks verify --body b.json --timestamp {} --signature {}",
        header("X-Timestamp: "),
        header("X-Signature: ")
    ));
    assert_eq!(verified.code, 0, "{}", verified.stderr);
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the end of a process takes real time")]
fn stop_does_not_wait_for_a_silent_receiver() {
    let program = program();
    let hook = Hook::start(&[0]);
    let listening = Listening::start(&program, &format!("--json --forward-to {}", hook.url));
    let url = listening.url.clone();
    let sender =
        std::thread::spawn(move || program.words(&format!("webhooks trigger PAY_IN --to {url} --json")));
    hook.request();
    let start = Instant::now();
    let (code, rest) = listening.end("-TERM");
    assert_eq!(code, Some(0));
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "a receiver has 30 s to answer"
    );
    let event: Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(event["forwarded"], Value::Null);
    assert_eq!(sender.join().unwrap().code, 8, "it was not taken");
}

#[test]
fn unfinished_request_does_not_hold_up_the_end() {
    let listening = Listening::start(&program(), "--json");
    let authority = listening.url.trim_start_matches("http://").split('/').next();
    let mut slow = TcpStream::connect(authority.unwrap()).unwrap();
    write!(
        slow,
        "POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc"
    )
    .unwrap();
    // Answered after the other was taken.
    assert_eq!(post(&listening.url, "", "{}"), 400);
    assert_eq!(listening.end("-INT").0, Some(0));
}
