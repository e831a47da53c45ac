//! Every command with each kind of bad input.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use cryptopocket_sandbox::Fault;
use serde_json::Value;

use crate::program::{Emulator, Program, Run, finish};
use crate::receiving::Hook;

const WALLET: &str = "--wallet 0x52908400098527886E0F7030069857D2E4169EE7";

/// Commands that call the provider, each with an id that does not exist, and the exit code that this gives.
const CALLS: &[(&str, i32)] = &[
    ("assets", 0),
    ("price --symbol USDC --chain polygon", 0),
    ("payment-methods", 0),
    ("quote buy --amount 100 --symbol USDC --payment-type card", 0),
    ("quote sell --amount 20 --symbol USDC --chain polygon", 0),
    ("users list", 0),
    ("users create --name A --email a@example.com", 0),
    ("users create-company --company-name C --email c@example.com", 0),
    ("users create-verified --file kyc.json", 0),
    ("users kyc 999", 4),
    ("users kyc 999 --wait --max-wait 1s", 4),
    ("users enhanced-link 999", 4),
    ("users upload 999 --type payslip --file paper.pdf", 4),
    ("users find --email x@example.com", 4),
    (
        "payments create --user 999 --amount 240 --coin USDC --chain polygon WALLET --payment-type card --external-id a",
        4,
    ),
    (
        "payments guided --user 999 --amount 240 --coin USDC --chain polygon --external-id b",
        4,
    ),
    ("payments get nope", 4),
    ("payments list", 0),
    ("payments watch nope --max-wait 1s", 4),
    ("payments recover --external-id nope", 8),
    (
        "offramp create --user 999 --amount 20 --symbol USDC --chain polygon --iban ES9121000418450200051332",
        4,
    ),
    ("offramp get 999", 4),
    ("offramp list", 0),
    ("offramp watch 999 --max-wait 1s", 4),
    ("bank accounts", 0),
    ("bank transactions ES9121000418450200051332", 4),
    ("bank reconcile --payment nope --transaction nope", 4),
    ("webhooks subscribe --type PAY_IN --url https://shop.example/x", 0),
    ("webhooks update --type PAY_IN --url https://shop.example/x", 0),
    ("webhooks trigger PAY_IN --payment nope", 4),
    ("webhooks trigger CRYPTO_RECEIVED --offramp 999", 4),
    ("api GET /nope --idempotent", 4),
    ("login --from-env", 0),
    ("demo --live", 0),
];

/// Runs a command in a folder with the files that it may name.
fn call(program: &Program, words: &str) -> Run {
    program.file("paper.pdf", b"%PDF-1.4\n");
    program.file("face.png", b"\x89PNG\r\n\x1a\n");
    let kyc = r#"{"name":"A","email":"e@example.com","country":"ES","identification_type":"PASSPORT",
        "identification_number":"X1","document_front":"paper.pdf","face_image":"face.png"}"#;
    program.file("kyc.json", kyc.as_bytes());
    program.words(&format!("{} --no-retry --json", words.replace("WALLET", WALLET)))
}

/// Checks the exit code, and that a failure has the promised fields.
fn expect(run: &Run, code: i32, words: &str) {
    assert_eq!(run.code, code, "{words}: {}{}", run.stdout, run.stderr);
    if code == 0 {
        return;
    }
    let last = run.lines().pop().unwrap();
    let error = last.get("error").unwrap_or_else(|| panic!("{words}: {last}"));
    for field in ["kind", "message", "hint", "sent"] {
        let text = error[field].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{words}: {field} is missing in {error}");
    }
    let text = error.to_string();
    assert!(
        !text.contains("raw: ") && !text.contains("\"raw\""),
        "{words}: {text}"
    );
}

#[test]
fn unknown_id_is_refused_by_the_provider() {
    let emulator = Emulator::start();
    for (words, code) in CALLS {
        expect(&call(&emulator.program(), words), *code, words);
    }
}

#[test]
fn missing_or_empty_credentials_are_3() {
    for value in [None, Some("")] {
        let mut program = Program::new().with("CRYPTOPOCKET_BASE_URL", "http://127.0.0.1:1/api");
        if let Some(value) = value {
            for name in ["API_KEY", "API_SECRET", "PROFILE", "CHOICES", "STORE"] {
                program = program.with(&format!("CRYPTOPOCKET_{name}"), value);
            }
        }
        for (words, _) in CALLS {
            expect(&call(&program, words), 3, words);
        }
        for words in [
            "webhooks listen",
            "webhooks sign --body kyc.json",
            "webhooks trigger PAY_IN",
            "probe",
        ] {
            expect(&call(&program, words), 3, words);
        }
    }
}

#[test]
fn closed_port_is_5_and_a_wait_says_why() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::new()
        .with("CRYPTOPOCKET_BASE_URL", &format!("http://{closed}/api"))
        .with("CRYPTOPOCKET_API_KEY", "k")
        .with("CRYPTOPOCKET_API_SECRET", "s");
    for (words, _) in CALLS {
        let run = call(&program, words);
        if words.contains("--max-wait") {
            expect(&run, 7, words);
            let message = run.error()["message"].clone();
            assert!(
                message.as_str().unwrap().contains("no connection to"),
                "{message}"
            );
        } else {
            expect(&run, 5, words);
        }
    }
}

#[test]
fn base_url_of_another_server_is_3() {
    let emulator = Emulator::start();
    let elsewhere = emulator.sandbox.base_url().replace("/api", "/elsewhere");
    for url in [&*elsewhere, "nonsense", "ftp://127.0.0.1/api"] {
        let program = emulator.program().with("CRYPTOPOCKET_BASE_URL", url);
        for (words, _) in CALLS {
            expect(&call(&program, words), 3, words);
        }
        // A server that answers the login otherwise differs from the specification.
        let code = if url == elsewhere { 8 } else { 3 };
        expect(&call(&program, "probe"), code, "probe");
    }
}

#[test]
fn unusable_file_is_told_with_its_flag() {
    let program = Program::new();
    let keyed = "--api-key k --api-secret s --base-url http://127.0.0.1:1/api";
    for (words, code, flag) in [
        ("assets --api-secret-file missing", 3, "--api-secret-file"),
        ("assets KEYED --choices missing", 3, "--choices"),
        ("assets KEYED --ca-file missing", 3, "--ca-file"),
        ("sandbox --scenario missing", 2, "--scenario"),
        ("sandbox --state missing/state", 3, "--state"),
        ("sandbox --host 192.0.2.1", 3, "--host"),
        ("webhooks listen --host 192.0.2.1 --secret s", 3, "--host"),
        #[cfg(feature = "store")]
        ("webhooks listen --store nonsense --secret s", 2, "--store"),
        (
            "webhooks listen --forward-to http:// --secret s",
            2,
            "--forward-to",
        ),
        ("webhooks replay --all --store sqlite:missing.db", 3, "--store"),
        ("inbox status", 2, "--store"),
        ("inbox list --store sqlite:missing.db", 3, "--store"),
        ("webhooks sign --body missing --secret s", 2, "--body"),
        ("webhooks verify --body missing --secret s", 2, "--body"),
        ("webhooks trigger PAY_IN --secret s --to http://", 2, "--to"),
        ("api POST /x --input missing KEYED", 2, "--input"),
        ("users create-verified --file missing KEYED", 2, "--file"),
        ("login", 3, "--api-key"),
    ] {
        let run = program.words(&format!("{} --json", words.replace("KEYED", keyed)));
        expect(&run, code, words);
        assert!(run.stdout.contains(flag), "{words}: {}", run.stdout);
    }
}

#[test]
fn wrong_place_is_told_with_its_cure() {
    let program = Program::new();
    program.file("afile", b"");
    let keyed = "--api-key k --api-secret s --base-url http://127.0.0.1:1/api";
    for (words, code, message, hint) in [
        (
            "webhooks listen --secret s --forward-to http://",
            2,
            "not a web address",
            "http:// or https://",
        ),
        (
            "assets KEYED --record-shapes afile",
            3,
            "afile is a file, not a folder",
            "Give a folder",
        ),
        (
            "probe KEYED --out afile",
            3,
            "a file is in the place of a folder",
            "Give a folder",
        ),
        ("probe KEYED --out afile/x", 3, "--out: afile/x", "Give a folder"),
        #[cfg(target_os = "linux")]
        (
            "probe KEYED --out /proc/x",
            3,
            "--out: /proc/x cannot be written: its folder",
            "Give a folder",
        ),
    ] {
        let run = program.words(&format!("{} --json", words.replace("KEYED", keyed)));
        expect(&run, code, words);
        let error = run.error();
        assert!(error["message"].as_str().unwrap().contains(message), "{error}");
        assert!(error["hint"].as_str().unwrap().contains(hint), "{error}");
    }
}

#[test]
fn empty_secret_is_3() {
    let program = Program::new();
    program.file("b.json", b"{}");
    for words in [
        ["webhooks", "verify", "--body", "b.json", "--secret", "", "--json"],
        ["webhooks", "sign", "--body", "b.json", "--secret", "", "--json"],
        ["webhooks", "listen", "--port", "0", "--secret", "", "--json"],
    ] {
        expect(&program.run(&words), 3, &words.join(" "));
    }
}

#[test]
fn receiver_decides_the_exit_code() {
    let program = Program::new().with("CRYPTOPOCKET_API_SECRET", "s");
    let (refusing, breaking) = (Hook::start(&[401]), Hook::start(&[0]));
    for (url, code, kind, sent) in [
        ("http://127.0.0.1:1/x", 5, "not_sent", "no"),
        (&refusing.url, 8, "not_accepted", "yes"),
        (&breaking.url, 6, "timeout", "maybe"),
    ] {
        let run = program.words(&format!("webhooks trigger PAY_IN --to {url} --timeout 1s --json"));
        expect(&run, code, url);
        let error = run.error();
        assert_eq!(
            (&error["kind"], &error["sent"]),
            (&kind.into(), &sent.into()),
            "{error}"
        );
        if code == 8 {
            assert_eq!(error["status"], 401);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn result_that_cannot_be_written_is_no_success() {
    let program = Program::new();
    for words in [
        &["--version"][..],
        &["--help"],
        &["help-tree"],
        &["completions", "bash"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = program.command(words);
        let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{words:?}: {told}");
        let (_, closed) = std::io::pipe().unwrap();
        let status = program.command(words).stdout(closed).status().unwrap();
        assert_eq!(status.code(), Some(0), "{words:?}");
    }
}

#[cfg(unix)]
#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "waits until another process has sent its request"
)]
fn signal_in_a_call_that_acts_is_6() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let user = emulator.verified_customer(&program);
    let order = format!("--user {user} --amount 50 --coin USDC --chain polygon");
    for (words, operation, hint) in [
        (
            format!("payments create {order} {WALLET} --payment-type card --external-id a1"),
            "create_payment",
            "payments recover",
        ),
        (
            format!("payments create {order} {WALLET} --payment-type card"),
            "create_payment",
            "`payments list`",
        ),
        (
            "api POST /createPayment".to_owned(),
            "create_payment",
            "Look before",
        ),
    ] {
        emulator
            .sandbox
            .fail_next(operation, Fault::Slow(Duration::from_secs(30)));
        let logins = emulator.sandbox.calls("authenticate");
        let words: Vec<_> = words.split_whitespace().chain(["--json"]).collect();
        let mut command = program.command(&words);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while emulator.sandbox.calls("authenticate") == logins {
            assert!(child.try_wait().unwrap().is_none(), "it ended without a call");
            std::thread::sleep(Duration::from_millis(10));
        }
        // The call follows the login at once; its answer would take 30 s.
        std::thread::sleep(Duration::from_millis(300));
        let mut kill = std::process::Command::new("kill");
        assert_eq!(finish(kill.args(["-INT", &child.id().to_string()])).code, 0);
        let output = child.wait_with_output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let error = &told["error"];
        assert_eq!(
            (output.status.code(), &error["sent"]),
            (Some(6), &"maybe".into()),
            "{error}"
        );
        assert!(error["hint"].as_str().unwrap().contains(hint), "{error}");
        assert!(error["lost_at"].is_string(), "{error}");
    }
}
