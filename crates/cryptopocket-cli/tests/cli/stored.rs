//! `webhooks listen --store` and `webhooks replay`.
#![cfg(unix)]

use serde_json::{Value, json};

use crate::listen::{SECRET, program, trigger};
use crate::program::{Emulator, Program};
use crate::receiving::{Hook, Listening, post};

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

/// Stores what comes in `inbox.db`, and forwards it to the hook.
fn forwarding(program: &Program, hook: &Hook) -> Listening {
    let words = format!("--json --store sqlite:inbox.db --forward-to {}", hook.url);
    Listening::start(program, &words)
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
    let listening = forwarding(&program, &hook);
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
    let listening = forwarding(&program, &hook);
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
fn changed_content_is_told_and_not_forwarded() {
    let program = program();
    let hook = Hook::start(&[200]);
    let listening = forwarding(&program, &hook);
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
