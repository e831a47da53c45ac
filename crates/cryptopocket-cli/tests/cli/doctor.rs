//! `doctor`.

use serde_json::Value;

use crate::program::{Emulator, Program, Run};
use crate::receiving::Hook;

fn statuses(run: &Run) -> Vec<(String, String)> {
    let report = run.json();
    let checks = report["checks"].as_array().unwrap().iter();
    let text = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    checks
        .map(|check| (text(check, "name"), text(check, "status")))
        .collect()
}

fn status<'s>(statuses: &'s [(String, String)], name: &str) -> &'s str {
    &statuses.iter().find(|(found, _)| found == name).unwrap().1
}

fn cure(run: &Run, name: &str) -> String {
    let report = run.json();
    let mut checks = report["checks"].as_array().unwrap().iter();
    let check = checks.find(|check| check["name"] == name).unwrap();
    check["cure"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn right_set_up_passes() {
    let emulator = Emulator::start();
    let hook = Hook::start(&[401]);
    let run = emulator
        .program()
        .words(&format!("doctor --json --webhook-url {}", hook.url));
    assert_eq!(
        (run.code, &run.json()["ok"]),
        (0, &Value::Bool(true)),
        "{}",
        run.stdout
    );
    assert!(
        statuses(&run).iter().all(|(_, status)| status == "ok"),
        "{}",
        run.stdout
    );
    let request = hook.request();
    assert_eq!(
        (request.body.as_str(), request.header("x-signature")),
        ("{}", None)
    );
    let shown = emulator.program().words("doctor");
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(
        shown.stdout.contains("ok       login") && shown.stdout.contains("skipped  webhook"),
        "{}",
        shown.stdout
    );
}

#[test]
fn wrong_secret_is_a_problem_with_a_cure() {
    let emulator = Emulator::start();
    let run = emulator
        .program()
        .with("CRYPTOPOCKET_API_SECRET", "cps_wrong")
        .words("doctor --json");
    assert_eq!(run.code, 8);
    let found = statuses(&run);
    assert_eq!(
        (status(&found, "credentials"), status(&found, "login")),
        ("ok", "problem")
    );
    assert_eq!(status(&found, "whitelist"), "skipped");
    assert!(!cure(&run, "login").is_empty());
    assert!(!run.stdout.contains("cps_wrong"));
}

#[test]
fn missing_credentials_and_dead_server_are_told_apart() {
    let dead = Program::new()
        .with("CRYPTOPOCKET_BASE_URL", "http://127.0.0.1:1/api")
        .words("doctor --json");
    let found = statuses(&dead);
    assert_eq!(dead.code, 8);
    for (name, expected) in [
        ("base URL", "ok"),
        ("connection", "problem"),
        ("clock", "skipped"),
        ("credentials", "problem"),
        ("login", "skipped"),
    ] {
        assert_eq!(status(&found, name), expected, "{name}");
    }
    let wrong = Program::new()
        .with("CRYPTOPOCKET_BASE_URL", "ftp://x")
        .words("doctor --json");
    assert_eq!(
        (wrong.code, status(&statuses(&wrong), "base URL")),
        (8, "problem")
    );
    let blank = Program::new()
        .with("CRYPTOPOCKET_BASE_URL", "http://127.0.0.1:1/api")
        .with("CRYPTOPOCKET_API_KEY", "cpk_k")
        .with("CRYPTOPOCKET_API_SECRET", "cps_s\n");
    assert!(cure(&blank.words("doctor --json"), "credentials").contains("line break"));
}

#[test]
fn status_of_the_base_url_counts_only_if_the_server_fails() {
    for (answers, status, told) in [
        (&[404_u16], "ok", "the server answers\""),
        (&[503], "problem", "(503)"),
    ] {
        let hook = Hook::start(answers);
        let run = Program::new()
            .with("CRYPTOPOCKET_BASE_URL", &hook.url)
            .words("doctor --json");
        assert_eq!(
            self::status(&statuses(&run), "connection"),
            status,
            "{}",
            run.stdout
        );
        assert!(run.stdout.contains(told), "{}", run.stdout);
    }
}

#[test]
fn clock_that_differs_is_a_problem() {
    let hook = Hook::with_head(&[200], "date: Sat, 20 Jun 2020 10:15:30 GMT\r\n");
    let run = Program::new()
        .with("CRYPTOPOCKET_BASE_URL", &hook.url)
        .words("doctor --json");
    assert_eq!(status(&statuses(&run), "clock"), "problem");
    assert!(cure(&run, "clock").contains("NTP"));
}

#[test]
fn receiver_that_verifies_nothing_is_a_problem() {
    let program = Program::new().with("CRYPTOPOCKET_BASE_URL", "http://127.0.0.1:1/api");
    for (answers, told) in [
        (&[200_u16][..], "Verify each delivery"),
        (&[404], "Check the path"),
        (&[302], "Subscribe with the address"),
        (&[500], "Look into its log"),
    ] {
        let hook = Hook::start(Box::leak(answers.to_vec().into_boxed_slice()));
        let run = program.words(&format!("doctor --json --webhook-url {}", hook.url));
        assert!(cure(&run, "webhook").contains(told), "{}", run.stdout);
    }
    for url in [
        "not-a-url",
        "http://shop.example/hook",
        "https://me:pw@shop.example/hook",
    ] {
        let run = program.words(&format!("doctor --json --webhook-url {url}"));
        let found = statuses(&run);
        assert_eq!(status(&found, "webhook"), "problem", "{url}");
        assert!(!run.stdout.contains("me:pw"));
    }
}
