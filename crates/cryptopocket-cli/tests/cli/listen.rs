//! `webhooks listen`, `trigger` and `replay`.
#![cfg(unix)]

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::{Emulator, Program};
use crate::receiving::{Hook, Listening, post};

const SECRET: &str = "cps_s3";

fn program() -> Program {
    Program::new()
        .with("CRYPTOPOCKET_API_KEY", "cpk_k")
        .with("CRYPTOPOCKET_API_SECRET", SECRET)
}

fn trigger(program: &Program, event: &str, to: &str) -> Value {
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

fn stored_event_is_known_after_restart(store: &str) {
    let program = program();
    let words = format!("--json --store {store}");
    let listening = Listening::start(&program, &words);
    for duplicate in [false, true] {
        trigger(&program, "PAY_IN", &listening.url);
        assert_eq!(listening.event()["duplicate"], duplicate);
    }
    assert_eq!(listening.end("-TERM").0, Some(0));
    let listening = Listening::start(&program, &words);
    trigger(&program, "PAY_IN", &listening.url);
    assert_eq!(listening.event()["duplicate"], true);
    trigger(&program, "COINS_SENT", &listening.url);
    assert_eq!(listening.event()["duplicate"], false);
    let status = program
        .words(&format!("inbox status --json --store {store}"))
        .json();
    assert_eq!(
        (&status["ready"], &status["dead"]),
        (&json!(2), &json!(0)),
        "{status}"
    );
}

fn receiver_that_fails_gets_it_again(store: &str) {
    let program = program();
    let hook = Hook::start(&[503, 200]);
    let listening = Listening::start(
        &program,
        &format!("--json --store {store} --forward-to {}", hook.url),
    );
    let sent = trigger(&program, "PAY_IN", &listening.url);
    assert_eq!(sent["forwarded"], 200, "it is stored, so it is acknowledged");
    let (first, second) = (hook.request(), hook.request());
    for request in [&first, &second] {
        assert_eq!(request.body, sent["body"]);
        assert_eq!(request.header("x-signature"), sent["signature"].as_str());
    }
    let event = listening.event();
    assert_eq!(
        (&event["forwarded"], &event["duplicate"]),
        (&json!(503), &json!(false))
    );
    assert!(listening.note("attempt 1").contains("sent again later"));
    listening.note("attempt 2: the receiver answered 200");
    assert_eq!(listening.end("-TERM"), (Some(0), String::new()));
    let status = program
        .words(&format!("inbox status --json --store {store}"))
        .json();
    for state in ["ready", "scheduled", "leased", "dead"] {
        assert_eq!(status[state], 0, "{status}");
    }
}

fn replayed_events_reach_another_receiver(store: &str) {
    let program = program();
    let hook = Hook::start(&[200]);
    let listening = Listening::start(
        &program,
        &format!("--json --store {store} --forward-to {}", hook.url),
    );
    for event in ["PAY_IN", "COINS_SENT"] {
        trigger(&program, event, &listening.url);
        listening.event();
    }
    assert_eq!(listening.end("-TERM").0, Some(0));
    let other = Hook::start(&[200, 500]);
    let run = program.words(&format!(
        "webhooks replay --json --store {store} --to {}",
        other.url
    ));
    let lines = run.lines();
    assert_eq!((run.code, lines.len()), (8, 3), "{}", run.stdout);
    assert_eq!(
        (&lines[0]["forwarded"], &lines[1]["forwarded"]),
        (&json!(200), &json!(500))
    );
    assert_eq!(lines[2]["error"]["kind"], "not_accepted");
    assert!(other.request().body.contains("PAY_IN") && other.request().body.contains("COINS_SENT"));
    // An event that is only due is not sent, and what was sent is as it was.
    let listening = Listening::start(&program, &format!("--json --store {store}"));
    trigger(&program, "CRYPTO_RECEIVED", &listening.url);
    listening.event();
    drop(listening);
    let one = Hook::start(&[200]);
    let key = "COINS_SENT|id:pay4H8nC2wY6jTf5QdV1xRk9m";
    let run = program.words(&format!(
        "webhooks replay --json --store {store} --key {key} --to {} --secret another",
        one.url
    ));
    assert_eq!((run.code, run.json()["type"].as_str()), (0, Some("COINS_SENT")));
    assert!(one.request().body.contains("COINS_SENT") && !one.has_more());
    let none = program.words(&format!(
        "webhooks replay --json --store {store} --since 2999-01-01T00:00:00Z --to {}",
        one.url
    ));
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert!(
        none.stderr.contains("no stored event was chosen"),
        "{}",
        none.stderr
    );
    let unreached = program.words(&format!(
        "webhooks replay --json --store {store} --to http://127.0.0.1:1/x"
    ));
    let error = unreached.lines().pop().unwrap();
    assert_eq!((unreached.code, &error["error"]["sent"]), (5, &json!("no")));
    let listed = program.words(&format!("inbox list --json --store {store} --state done"));
    assert_eq!(listed.lines().len(), 2, "{}", listed.stdout);
    let unchosen = program.words(&format!("webhooks replay --json --store {store}"));
    assert_eq!(unchosen.code, 2, "{}", unchosen.stdout);
    for flag in ["--since", "--key", "--all", "--to"] {
        assert!(unchosen.error().to_string().contains(flag), "{}", unchosen.stdout);
    }
    let both = format!("webhooks replay --json --store {store} --all --key x");
    assert_eq!(program.words(&both).code, 2);
    for (since, replayed) in [("2999-01-01T00:00:00Z", 0), ("2020-01-01T00:00:00Z", 2)] {
        let again = program.words(&format!("webhooks replay --json --store {store} --since {since}"));
        assert_eq!(again.json(), json!({ "replayed": replayed }));
    }
    let again = program.words(&format!("webhooks replay --json --store {store} --all"));
    assert_eq!(
        again.json(),
        json!({ "replayed": 0 }),
        "all of them are due already"
    );
}

fn stop_gives_back_what_is_on_its_way(store: &str) {
    let program = program();
    let hook = Hook::start(&[0]);
    let listening = Listening::start(
        &program,
        &format!("--json --store {store} --forward-to {}", hook.url),
    );
    trigger(&program, "PAY_IN", &listening.url);
    hook.request();
    assert_eq!(listening.end("-INT").0, Some(0));
    let status = program
        .words(&format!("inbox status --json --store {store}"))
        .json();
    assert_eq!(
        (&status["ready"], &status["leased"]),
        (&json!(1), &json!(0)),
        "{status}"
    );
}

#[test]
fn file_keeps_events_over_restart() {
    stored_event_is_known_after_restart("sqlite:inbox.db");
}

#[test]
fn forwarding_is_retried_from_a_file() {
    receiver_that_fails_gets_it_again("sqlite:inbox.db");
}

#[test]
fn events_are_replayed_from_a_file() {
    replayed_events_reach_another_receiver("sqlite:inbox.db");
}

#[test]
fn stop_gives_an_event_back_to_a_file() {
    stop_gives_back_what_is_on_its_way("sqlite:inbox.db");
}

#[test]
fn postgres_keeps_forwards_and_replays() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for case in [
        stored_event_is_known_after_restart,
        receiver_that_fails_gets_it_again,
        replayed_events_reach_another_receiver,
        stop_gives_back_what_is_on_its_way,
    ] {
        let own = runtime.block_on(cluster.own_schema());
        case(&format!(
            "postgres://postgres@localhost/postgres?host={}&options[search_path]={}",
            own.socket, own.schema
        ));
    }
}

#[test]
fn store_that_cannot_be_used_is_3_and_names_no_password() {
    let program = program();
    for (store, code) in [
        ("sqlite:missing.db", 3),
        ("mysql://root:hunter2@db/x", 2),
        ("postgres://me:hunter2@127.0.0.1:1/x", 3),
    ] {
        let run = program.words(&format!("inbox status --json --store {store}"));
        assert_eq!(run.code, code, "{store}: {}", run.stdout);
        assert!(
            !format!("{}{}", run.stdout, run.stderr).contains("hunter2"),
            "{store}"
        );
    }
    assert!(
        !program.home.path().join("missing.db").exists(),
        "looking makes no file"
    );
    assert_eq!(program.words("inbox status").code, 2);
    let named = program.with("CRYPTOPOCKET_STORE", "sqlite:missing.db");
    assert_eq!(named.words("inbox status").code, 3);
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

/// Runs words in a terminal, and returns what it shows.
fn in_a_terminal(program: &Program, words: &str) -> String {
    let line = format!("{} {words}", env!("CARGO_BIN_EXE_cryptopocket"));
    let mut script = std::process::Command::new("script");
    script
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm-256color");
    let home = program.home.path();
    script
        .env_remove("NO_COLOR")
        .env("CRYPTOPOCKET_STORE", "sqlite:inbox.db")
        .current_dir(home);
    script
        .env("CRYPTOPOCKET_API_SECRET", SECRET)
        .stdin(std::process::Stdio::null());
    String::from_utf8(script.output().unwrap().stdout).unwrap()
}

#[test]
fn terminal_shows_colours_and_a_pipe_none() {
    let program = program();
    let hook = Hook::start(&[200]);
    let words = format!("--json --store sqlite:inbox.db --forward-to {}", hook.url);
    let listening = Listening::start(&program, &words);
    trigger(&program, "PAY_IN", &listening.url);
    listening.event();
    assert_eq!(listening.end("-TERM").0, Some(0));
    let shown = in_a_terminal(
        &program,
        &format!("webhooks replay --since 2020-01-01T00:00:00Z --to {}", hook.url),
    );
    assert!(
        shown.contains("\u{1b}[1mPAY_IN\u{1b}[0m") && shown.contains("-> 200"),
        "{shown:?}"
    );
    assert!(in_a_terminal(&program, "doctor").contains("\u{1b}["), "colours");
    let piped =
        program.words("webhooks replay --store sqlite:inbox.db --key PAY_IN|id:pay4H8nC2wY6jTf5QdV1xRk9m");
    assert_eq!(piped.stdout, "events due again: 1\n");
}

#[test]
fn events_of_the_provider_reach_the_receiver() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let hook = Hook::start(&[200]);
    let words = format!("--json --store sqlite:inbox.db --forward-to {}", hook.url);
    let listening = Listening::start(&program, &words);
    for event in ["PAY_IN", "COINS_SENT"] {
        let line = format!("webhooks subscribe --type {event} --url {}", listening.url);
        assert_eq!(program.words(&line).code, 0);
    }
    let user = emulator.verified_customer(&program);
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let created = program.words(&format!(
        "payments create --user {user} --amount 240 --coin USDC --chain polygon --wallet {wallet} --payment-type card --json"
    ));
    let id = created.json()["payment_id"].as_str().unwrap().to_owned();
    emulator.sandbox.pay(&id).unwrap();
    let mut types: Vec<_> = (0..2)
        .map(|_| {
            let event = listening.event();
            assert_eq!(
                (&event["payment_id"], &event["forwarded"]),
                (&json!(id), &json!(200)),
                "{event}"
            );
            event["type"].as_str().unwrap().to_owned()
        })
        .collect();
    types.sort();
    assert_eq!(types, ["COINS_SENT", "PAY_IN"]);
    assert!(hook.request().body.contains(&id) && hook.request().body.contains(&id));
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
fn changed_content_is_told_and_not_forwarded() {
    let program = program();
    let hook = Hook::start(&[200]);
    let words = format!("--json --store sqlite:inbox.db --forward-to {}", hook.url);
    let listening = Listening::start(&program, &words);
    trigger(&program, "PAY_IN", &listening.url);
    listening.event();
    let body = r#"{"type":"PAY_IN","data":{"id":"pay4H8nC2wY6jTf5QdV1xRk9m","status":"coins_sent"}}"#;
    program.file("b.json", body.as_bytes());
    let signed = program.words("webhooks sign --body b.json --json").json();
    let headers = format!(
        "x-timestamp: {}\r\nx-signature: {}\r\n",
        signed["timestamp"].as_str().unwrap(),
        signed["signature"].as_str().unwrap()
    );
    assert_eq!(post(&listening.url, &headers, body), 200);
    let event = listening.event();
    assert_eq!(
        (&event["changed"], &event["duplicate"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(event["forwarded"], Value::Null);
    listening.note("PAY_IN|id:pay4H8nC2wY6jTf5QdV1xRk9m");
    hook.request();
    assert!(!hook.has_more());
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
