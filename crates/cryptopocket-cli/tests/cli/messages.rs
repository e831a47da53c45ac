//! Messages name what is wrong, and nothing that is not.

use crate::program::{Emulator, Program};

#[test]
fn usage_lists_no_option_that_a_variable_gives() {
    let emulator = Emulator::start();
    let run = emulator.program().words("users find");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("--email"), "{}", run.stderr);
    assert!(!run.stderr.contains("--api-key"), "{}", run.stderr);
}

#[test]
fn document_that_is_missing_is_named() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let kyc = r#"{"name":"A","email":"e@example.com","country":"ES","identification_type":"PASSPORT",
        "identification_number":"X1","document_front":"paper.pdf","face_image":"face.png"}"#;
    program.file("kyc.json", kyc.as_bytes());
    program.file("paper.pdf", b"%PDF-1.4\n");
    program.file("text.txt", b"text");
    for (words, message) in [
        (
            "users create-verified --file kyc.json",
            "face.png cannot be read: no such file",
        ),
        (
            "users upload 1 --type payslip --file nope",
            "nope cannot be read: no such file",
        ),
        ("users upload 1 --type payslip --file text.txt", "text.txt: file "),
        (
            "users upload 1 --type payslip --file .",
            ".: file must be readable",
        ),
    ] {
        let run = program.words(&format!("{words} --json"));
        let told = run.error()["message"].as_str().unwrap().to_owned();
        assert_eq!(run.code, 2, "{words}: {told}");
        assert!(told.contains(message), "{words}: {told}");
    }
}

#[test]
fn file_of_choices_is_named_when_it_is_wrong() {
    let program = Program::new();
    program.file("wrong.json", b"{");
    let run = program
        .with("CRYPTOPOCKET_API_KEY", "k")
        .with("CRYPTOPOCKET_API_SECRET", "s")
        .words("assets --choices wrong.json --json");
    let message = run.error()["message"].as_str().unwrap().to_owned();
    assert_eq!(run.code, 3);
    assert!(message.starts_with("wrong.json: "), "{message}");
}

#[test]
fn path_without_slash_is_told_as_such() {
    let emulator = Emulator::start();
    for path in ["payments", "http://127.0.0.1/payments"] {
        let run = emulator.program().words(&format!("api GET {path} --json"));
        let error = run.error();
        assert_eq!((run.code, &error["kind"]), (2, &"usage".into()), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("/payments"), "{error}");
    }
}

#[test]
fn quote_warns_of_a_mistyped_payment_type() {
    let emulator = Emulator::start();
    let run = emulator
        .program()
        .words("quote buy --amount 100 --symbol USDC --payment-type crd");
    assert!(run.stderr.contains("Did you mean card?"), "{}", run.stderr);
}

#[test]
fn recovery_at_a_wrong_address_speaks_of_the_address() {
    let emulator = Emulator::start();
    let wrong = format!("{}/nope", emulator.sandbox.base_url());
    let run = emulator.program().run(&[
        "payments",
        "recover",
        "--external-id",
        "a",
        "--base-url",
        &wrong,
        "--json",
    ]);
    let hint = run.error()["hint"].as_str().unwrap().to_owned();
    assert_eq!(run.code, 3);
    assert!(hint.starts_with("Check the base URL"), "{hint}");
}

#[test]
fn missing_secret_is_told_before_wrong_receiver() {
    let program = Program::new();
    for words in [
        "webhooks trigger PAY_IN --to ::",
        "webhooks listen --forward-to ::",
    ] {
        let run = program.words(&format!("{words} --json"));
        let error = run.error();
        assert_eq!(
            (run.code, error["message"].as_str()),
            (3, Some("no API secret was given")),
            "{words}"
        );
    }
}

#[test]
fn receiver_that_is_no_address_names_the_flag() {
    let program = Program::new();
    let run = program.words("webhooks trigger PAY_IN --secret s --to :: --json");
    assert_eq!(run.error()["message"], "--to is not a web address");
    let run = program.words("webhooks trigger NOPE --secret s --json");
    let hint = run.error()["hint"].as_str().unwrap().to_owned();
    assert!(hint.ends_with("RAMPOFF_FINISHED."), "{hint}");
}

#[test]
fn empty_words_are_refused_where_they_are_given() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let commands: [&[&str]; 2] = [
        &["login", "--from-env", "--profile", ""],
        &["api", "GET", "/payments", "-f", "=x"],
    ];
    for words in commands {
        let run = program.run(words);
        assert_eq!(run.code, 2, "{words:?}: {}{}", run.stdout, run.stderr);
    }
    let run = program.run(&[
        "webhooks",
        "subscribe",
        "--url",
        "https://x.example",
        "--type",
        "",
    ]);
    assert_eq!(
        (run.code, run.stderr.contains("warning")),
        (2, false),
        "{}",
        run.stderr
    );
}

#[test]
fn configuration_that_is_no_text_is_told_as_such() {
    let program = Program::new();
    let folder = program.home.path().join("config/cryptopocket");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), b"\xff\xfe").unwrap();
    let run = program.words("assets --profile shop");
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("not text in UTF-8"), "{}", run.stderr);
}
