//! `payments recover`: its exit code says whether exactly one payment exists.

use std::process::Stdio;

use cryptopocket::Timestamp;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket_sandbox::Fault;
use serde_json::Value;

use crate::program::{Emulator, Program};

fn order(program: &Program, user: &str, reference: &str) {
    let line = format!(
        "payments create --user {user} --amount 50 --coin USDC --chain polygon --payment-type card --wallet \
         0x52908400098527886E0F7030069857D2E4169EE7 --external-id {reference} --json"
    );
    assert_eq!(program.words(&line).code, 0);
}

#[test]
fn exactly_one_is_0_otherwise_8() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    for reference in ["once", "twice", "twice"] {
        order(&program, &user, reference);
    }
    for (reference, code, found, kind) in [
        ("once", 0, 1, None),
        ("twice", 8, 2, Some("several_found")),
        ("never", 8, 0, Some("not_found")),
    ] {
        let run = program.words(&format!("payments recover --external-id {reference} --json"));
        let result = run.json();
        assert_eq!((run.code, &result["found"]), (code, &found.into()), "{result}");
        assert_eq!(result["external_id"], reference);
        assert_eq!(
            result["payments"].as_array().map(Vec::len),
            Some(found),
            "{result}"
        );
        assert_eq!(result["error"]["kind"].as_str(), kind, "{result}");
        assert_eq!(run.stderr, "", "with --json, everything stands on stdout");
    }
}

#[test]
fn table_is_on_stdout_and_failure_on_stderr() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    for _ in 0..2 {
        order(&program, &user, "twice");
    }
    let several = program.words("payments recover --external-id twice");
    assert_eq!((several.code, several.stdout.lines().count()), (8, 3));
    assert!(several.stderr.contains("2 payments have"), "{}", several.stderr);
    let none = program.words("payments recover --external-id never");
    assert_eq!((none.code, none.stdout.as_str()), (8, ""));
    assert!(none.stderr.contains("showed to be whole"), "{}", none.stderr);
}

#[test]
fn unproven_search_is_not_none_found() {
    let emulator = Emulator::start();
    let program = emulator.program();
    emulator.sandbox.fail_times("list_payments", Fault::Html, 9);
    let run = program.words("payments recover --external-id lost --no-retry --json");
    let error = run.error();
    assert_eq!((run.code, error["kind"].as_str()), (6, Some("unexpected_reply")));
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("proves nothing") && hint.contains("by hand before you create it again"),
        "{hint}"
    );
}

/// The time so many seconds ago, as the program reads it.
fn ago(seconds: i64) -> String {
    let now = SystemClock.now().unix_seconds();
    Timestamp::from_unix_seconds(now - seconds).unwrap().to_string()
}

#[test]
fn lost_answer_is_looked_for_during_the_grace_period() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    // The grace period is four times the timeout, at least a minute: six seconds of it are left.
    let line = format!(
        "payments recover --external-id late --timeout 15s --json --lost-at {}",
        ago(54)
    );
    let words: Vec<_> = line.split_whitespace().collect();
    let looking = program.command(&words).stdout(Stdio::piped()).spawn().unwrap();
    while emulator.sandbox.calls("list_payments") < 2 {
        std::thread::yield_now();
    }
    order(&program, &user, "late");
    let output = looking.wait_with_output().unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &result["found"]),
        (Some(0), &1.into()),
        "{result}"
    );
}

#[test]
fn none_after_the_grace_period_allows_another_try() {
    let emulator = Emulator::start();
    let line = format!(
        "payments recover --external-id never --lost-at {} --json",
        ago(3600)
    );
    let error = emulator.program().words(&line).error();
    assert!(
        error["hint"].as_str().unwrap().contains("may be created again"),
        "{error}"
    );
}
