//! Replies with fields and rows that cannot be read.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::program::Program;

/// A provider that answers the login, and every other call with `reply`. It lives as long as the test's process.
fn provider(reply: &'static str) -> Program {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if stream.read_line(&mut head).unwrap() == 0 {
                    break;
                }
            }
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            stream
                .read_exact(&mut vec![0; length.unwrap_or_default()])
                .unwrap();
            let body = if head.contains("/authenticate") {
                r#"{"status":"ok","data":{"token":"t"}}"#
            } else {
                reply
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    Program::new()
        .with("CRYPTOPOCKET_BASE_URL", &format!("http://{address}/api"))
        .with("CRYPTOPOCKET_API_KEY", "key")
        .with("CRYPTOPOCKET_API_SECRET", "secret")
}

const ODD_PAYMENT: &str = r#"{"status":"ok","data":{"id":"p-1","user_id":7,"status":"coins_sent","fiat_amount":"1.234,50",
    "fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,"created_at":"2026-06-20 10:15:30",
    "holder":{"first":"Ana"}}}"#;

#[test]
fn unreadable_field_is_null_and_kept_under_extra() {
    let program = provider(ODD_PAYMENT);
    let run = program.words("payments get p-1 --json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let payment = run.json();
    for name in ["fiat", "created_at", "holder"] {
        assert_eq!(payment[name], Value::Null, "{payment}");
    }
    assert_eq!(payment["extra"]["fiat_amount"], "1.234,50");
    assert_eq!(payment["extra"]["holder"], json!({"first": "Ana"}));
    assert_eq!(payment["final"], true);
    let warnings: Vec<_> = run.stderr.lines().collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for path in ["fiat_amount", "created_at", "holder"] {
        assert!(warnings[0].contains(path), "{warnings:?}");
    }
    assert!(!run.stderr.contains("1.234") && !run.stderr.contains("Ana"));
}

#[test]
fn unreadable_money_is_no_empty_line() {
    let run = provider(ODD_PAYMENT).words("payments get p-1");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let pays = run.stdout.lines().find(|line| line.starts_with("pays"));
    assert!(
        pays.is_some_and(|line| line.ends_with("unreadable")),
        "{}",
        run.stdout
    );
}

#[test]
fn unreadable_row_is_printed_in_its_place() {
    let program = provider(r#"{"data":[{"iban":"ES79"},{"alias":"no iban"},{"iban":"ES80"}]}"#);
    let run = program.words("bank accounts --json");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let rows = run.json();
    assert_eq!(
        (&rows[0]["iban"], &rows[2]["iban"]),
        (&json!("ES79"), &json!("ES80"))
    );
    assert_eq!(rows[1], json!({"unreadable": true, "raw": {"alias": "no iban"}}));
    let people = program.words("bank accounts");
    assert!(
        people.stderr.contains("1 of the rows cannot be read"),
        "{}",
        people.stderr
    );
}

#[test]
fn unknown_field_of_an_answer_is_kept_under_extra() {
    let program = provider(
        r#"{"status":"ok","data":"subscription_created","onboarding_link":"https://provider.example/x","odd":1e999}"#,
    );
    for line in [
        "users enhanced-link 7",
        "users upload 7 --type payslip --file https://files.example/payslip.pdf",
        "webhooks subscribe --type PAY_IN --url https://shop.example/hook",
    ] {
        let run = program.words(&format!("{line} --json"));
        assert_eq!(run.code, 0, "{line}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(r#""odd":1e999"#), "{line}: {}", run.stdout);
        assert!(run.stdout.contains(r#""extra":{"#), "{line}: {}", run.stdout);
    }
}

#[test]
fn unknown_field_of_identity_check_is_kept() {
    let program = provider(r#"{"status":"ok","data":{"kyc_status":"valid","risk":"low"}}"#);
    let check = program.words("users kyc 7 --json").json();
    assert_eq!(
        check,
        json!({"user_id":"7","kyc_status":"valid","decision":"approved","extra":{"risk":"low"}})
    );
}
