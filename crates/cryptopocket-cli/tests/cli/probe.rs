//! `probe`, and the choices that it writes.

use std::fs;

use cryptopocket_sandbox::Fault;

use crate::program::Emulator;

#[test]
fn new_fields_end_with_0_and_are_written() {
    let emulator = Emulator::start();
    let program = emulator.program();
    emulator.verified_customer(&program);
    emulator.sandbox.fail_times("check_kyc", Fault::ExtraField, 100);
    let run = program.words("probe --allow-writes --out found --json");
    assert_eq!(run.code, 0, "{}", run.stdout);
    let printed = run.json();
    assert_eq!(printed["differences"], serde_json::json!([]));
    assert_eq!(printed["additions"][0]["operation"], "check_kyc");
    assert_eq!(printed["additions"][0]["verdict"], "extra");
    assert!(printed["confirmed"].as_u64().unwrap() > 100, "{printed}");
    let folder = program.home.path().join("found");
    for file in [
        "report.md",
        "choices.json",
        "patch.yaml",
        "shapes/get_payment.2xx.json",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
}

#[test]
fn differences_end_with_8() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let choices = r#"{"version":1,"operations":{"list_available_assets":{"path":"/assets"}}}"#;
    let path = program.file("choices.json", choices.as_bytes());
    let run = program.words(&format!("probe --choices {path} --json"));
    assert_eq!(run.code, 8, "{}", run.stdout);
    let printed = run.json();
    assert_eq!(printed["error"]["kind"], "provider_differs");
    assert_eq!(printed["differences"][0]["verdict"], "no_path");
    assert_eq!(printed["differences"][0]["cure"], "person");
}

#[test]
fn recorded_shapes_hold_no_value() {
    let emulator = Emulator::start();
    let program = emulator
        .program()
        .with("CRYPTOPOCKET_RECORD_SHAPES", "from_environment");
    let names = ["Canaria", "canary@example.com", "canary-order-1"];
    let user = "users create --name Canaria --email canary@example.com --record-shapes by_flag";
    let user = program.words(&format!("{user} --json")).json();
    let id = user["id"].as_str().unwrap();
    emulator.sandbox.approve_kyc(id.parse().unwrap()).unwrap();
    let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    let pay = format!(
        "payments create --user {id} --amount 77.31 --coin USDC --chain polygon --wallet {wallet} --payment-type transfer \
         --external-id canary-order-1"
    );
    assert_eq!(program.words(&pay).code, 0);
    assert_eq!(program.words("payments list").code, 0);
    assert_eq!(program.words("api GET /customers/list").code, 0);
    let mut written = String::new();
    for folder in ["by_flag", "from_environment"] {
        for entry in fs::read_dir(program.home.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            written += &path.file_name().unwrap().to_string_lossy();
            written += &fs::read_to_string(&path).unwrap();
        }
    }
    for expected in [
        "create_customer.2xx",
        "create_payment.2xx",
        "data[].email",
        "email-text",
        "/customers/list",
    ] {
        assert!(written.contains(expected), "{expected}: {written}");
    }
    let sandbox = &emulator.sandbox;
    let secrets = [
        id,
        wallet,
        "77.31",
        "7731",
        sandbox.api_key(),
        sandbox.api_secret(),
    ];
    for value in names.iter().chain(&secrets) {
        assert!(!written.contains(value), "{value}");
    }
}

#[test]
fn nothing_but_questions_ends_with_0() {
    let emulator = Emulator::start();
    let run = emulator.program().words("probe");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("0 differences"), "{}", run.stdout);
}

#[test]
fn writing_to_production_is_refused() {
    let program = crate::program::Program::new();
    let run = program.words(
        "probe --allow-writes --base-url https://api.example.com/api --api-key k --api-secret s --json",
    );
    assert_eq!(run.code, 3, "{}", run.stdout);
}

#[test]
fn choices_come_from_flag_or_profile() {
    let emulator = Emulator::start();
    let program = emulator.program();
    let choices = r#"{"version":1,"operations":{"list_available_assets":{"path":"/assets"}}}"#;
    let path = program.file("choices.json", choices.as_bytes());
    let run = program.words(&format!("assets --choices {path} --json"));
    assert_eq!(run.code, 4, "the emulator has no such path: {}", run.stdout);
    assert_eq!(emulator.sandbox.calls("list_available_assets"), 0);
    let broken = program.file("broken.json", b"{}");
    assert_eq!(program.words(&format!("assets --choices {broken}")).code, 3);

    let sandbox = &emulator.sandbox;
    let profile = format!(
        "[profiles.other]\nbase_url = \"{}\"\napi_key = \"{}\"\napi_secret = \"{}\"\nchoices = \"choices.json\"\n",
        sandbox.base_url(),
        sandbox.api_key(),
        sandbox.api_secret()
    );
    let folder = program.home.path().join("config/cryptopocket");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), profile).unwrap();
    fs::write(folder.join("choices.json"), choices).unwrap();
    assert_eq!(program.words("assets --profile other --json").code, 4);
    assert_eq!(
        program.words("assets --json").code,
        0,
        "the environment alone has no choices"
    );
}
