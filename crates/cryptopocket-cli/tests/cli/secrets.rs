//! Secrets are never printed or logged.

use cryptopocket_sandbox::Fault;

use crate::program::{Emulator, Program, Run};

fn silent(run: &Run, secret: &str, line: &str) {
    assert!(!run.stdout.contains(secret), "{line}: on stdout");
    assert!(!run.stderr.contains(secret), "{line}: on stderr:\n{}", run.stderr);
}

#[test]
fn help_shows_no_environment_values() {
    let program = Program::new()
        .with("CRYPTOPOCKET_API_KEY", "canary-key")
        .with("CRYPTOPOCKET_API_SECRET", "canary-secret")
        .with("CRYPTOPOCKET_BASE_URL", "https://canary-host.example/api");
    for line in [
        "--help",
        "payments create --help",
        "help-tree",
        "help-tree --json",
        "login --help",
        "nonsense",
    ] {
        silent(&program.words(line), "canary", line);
    }
}

#[test]
fn credentials_stay_out_of_output_and_logs() {
    let emulator = Emulator::start();
    let (key, secret) = (
        emulator.sandbox.api_key().to_owned(),
        emulator.sandbox.api_secret().to_owned(),
    );
    let program = emulator.program().with("RUST_LOG", "trace");
    let user = emulator.verified_customer(&program);
    emulator
        .sandbox
        .fail_next("list_payments", Fault::ErrorAfter(500));
    for line in [
        "assets".to_owned(),
        "payments list -vv".to_owned(),
        format!("users kyc {user} --json"),
        "payments get nowhere --json".to_owned(),
        format!(
            "payments create --user {user} --amount 50 --coin X --chain y --wallet canary-wallet --payment-type card"
        ),
    ] {
        let run = program.words(&line);
        assert!(!run.stderr.is_empty(), "{line}: tracing is on");
        for word in [&key, &secret] {
            silent(&run, word, &line);
        }
        silent(&run, "canary-wallet", &line);
    }
}

#[test]
fn login_prints_the_path_and_no_secret() {
    let emulator = Emulator::start();
    let program = Program::new();
    let secret = emulator.sandbox.api_secret();
    let file = program.file("secret.txt", format!("{secret}\n").as_bytes());
    let base = format!(
        "--base-url {} --api-key {}",
        emulator.sandbox.base_url(),
        emulator.sandbox.api_key()
    );
    let run = program.words(&format!("login {base} --api-secret-file {file} -vv"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    silent(&run, secret, "login");
    let wrong = program.words(&format!("login {base} --api-secret canary-secret --json -vv"));
    assert_eq!(wrong.code, 3);
    silent(&wrong, "canary-secret", "login with a wrong secret");
}

#[test]
fn personal_input_is_not_repeated_in_errors() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let sale = "offramp create --user 1 --amount 1 --symbol DAI --chain polygon --iban ES00CANARY";
    for line in [sale, "users create --name CANARY --email CANARY"] {
        let run = program.words(line);
        assert_eq!(run.code, 2, "{line}");
        silent(&run, "CANARY", line);
    }
    program.file("kyc.json", br#"{"name":{"CANARY":1},"email":"CANARY"}"#);
    let run = program.words("users create-verified --file kyc.json");
    assert_eq!(run.code, 2);
    silent(&run, "CANARY", "a file of the wrong form");
}

#[test]
fn document_that_is_no_path_is_not_repeated() {
    let emulator = Emulator::start();
    let program = emulator.program();
    program.file("paper.pdf", b"%PDF-1.4\n");
    let base64 = format!("/9j/{}", "CANARY".repeat(1000));
    for place in [
        "data:image/png;base64,CANARY",
        " DATA:,CANARY",
        "s3://key:CANARY@bucket/paper.pdf",
        &base64,
    ] {
        let kyc = |front: &str, face: &str| {
            format!(
                r#"{{"name":"A","email":"e@example.com","country":"ES","identification_type":"PASSPORT",
                "identification_number":"X1","document_front":"{front}","face_image":"{face}"}}"#
            )
        };
        program.file("front.json", kyc(place, "paper.pdf").as_bytes());
        program.file("face.json", kyc("paper.pdf", place).as_bytes());
        let upload = ["users", "upload", "1", "--type", "payslip", "--file", place];
        for (words, named) in [
            (&upload[..], "--file"),
            (
                &["users", "create-verified", "--file", "front.json"],
                "document_front",
            ),
            (&["users", "create-verified", "--file", "face.json"], "face_image"),
        ] {
            for json in [None, Some("--json")] {
                let words: Vec<_> = words.iter().copied().chain(json).collect();
                let run = program.run(&words);
                assert_eq!(run.code, 2, "{words:?}");
                silent(&run, "CANARY", named);
                let told = format!("{}{}", run.stdout, run.stderr);
                assert!(told.contains(named) && told.contains("https://"), "{told}");
            }
        }
    }
}
