//! Profiles: `login` writes them, the other commands read them.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::program::{Emulator, Program, Run};

fn logged_in(emulator: &Emulator, profile: &str) -> Program {
    let program = Program::new();
    let sandbox = &emulator.sandbox;
    let (url, key, secret) = (sandbox.base_url(), sandbox.api_key(), sandbox.api_secret());
    let run = program.words(&format!(
        "login --base-url {url} --api-key {key} --api-secret {secret} {profile} --json"
    ));
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(run.json()["checked"], true);
    program
}

#[test]
fn login_is_enough_for_later_commands() {
    let emulator = Emulator::start();
    let program = logged_in(&emulator, "");
    assert_eq!(program.words("assets --json").code, 0);
}

#[cfg(unix)]
#[test]
fn profile_file_is_private_and_exposed_one_warns() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start();
    let program = logged_in(&emulator, "");
    let path = program.home.path().join("config/cryptopocket/config.toml");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(program.words("assets").stderr, "");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(program.words("assets").stderr.contains("can be read by others"));
    let to = ["webhooks", "listen", "--forward-to", "localhost:9"];
    for words in [&to[..2], &to] {
        let mut listening = program
            .command(words)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(listening.stderr.take().unwrap()).lines();
        let lines = lines.map(std::result::Result::unwrap);
        let told: Vec<_> = lines.take_while(|line| !line.contains("listening on")).collect();
        listening.kill().unwrap();
        listening.wait().unwrap();
        assert_eq!(told.len(), 1, "{words:?}: {told:?}");
        assert!(told[0].contains("can be read by others"), "{told:?}");
    }
}

#[test]
fn named_profile_is_used_and_must_exist() {
    let emulator = Emulator::start();
    let program = logged_in(&emulator, "--profile shop");
    assert_eq!(
        program.words("assets --json").code,
        3,
        "there is no default profile"
    );
    assert_eq!(program.words("assets --profile shop --json").code, 0);
    let missing = program.words("assets --profile bank --json");
    assert_eq!(missing.code, 3);
    assert!(
        missing.error()["hint"].as_str().unwrap().contains("shop"),
        "{}",
        missing.stdout
    );
}

#[test]
fn flags_come_first_and_named_profile_before_environment() {
    let emulator = Emulator::start();
    let wrong = |program: Program| {
        program
            .with("CRYPTOPOCKET_API_KEY", "k")
            .with("CRYPTOPOCKET_API_SECRET", "s")
    };
    let named = wrong(logged_in(&emulator, "--profile shop"));
    assert_eq!(named.words("assets --profile shop --json").code, 0);
    let by_environment = wrong(logged_in(&emulator, "--profile shop")).with("CRYPTOPOCKET_PROFILE", "shop");
    assert_eq!(
        by_environment.words("assets --json").code,
        3,
        "the environment's own credentials come first"
    );
    let flags = named.words("assets --profile shop --api-key wrong --json");
    assert_eq!(flags.code, 3);
}

#[test]
fn environment_credentials_get_no_profile_base_url() {
    let emulator = Emulator::start();
    let program = logged_in(&emulator, "")
        .with("CRYPTOPOCKET_API_KEY", "k")
        .with("CRYPTOPOCKET_API_SECRET", "s");
    let before = emulator.sandbox.calls("authenticate");
    let closed = "http://127.0.0.1:9/api";
    let run = program.words(&format!("assets --base-url {closed} --no-retry --json"));
    assert_eq!((run.code, emulator.sandbox.calls("authenticate")), (5, before));
}

#[test]
fn environment_credentials_are_kept_only_with_consent() {
    let emulator = Emulator::start();
    let kept = |program: &Program| {
        program
            .home
            .path()
            .join("config/cryptopocket/config.toml")
            .exists()
    };
    let program = emulator.program();
    let (key, secret) = (emulator.sandbox.api_key(), emulator.sandbox.api_secret());
    for (line, named, spared) in [
        (
            "login --json".to_owned(),
            "CRYPTOPOCKET_API_KEY and CRYPTOPOCKET_API_SECRET",
            "",
        ),
        (
            format!("login --api-key {key} --json"),
            "CRYPTOPOCKET_API_SECRET",
            "CRYPTOPOCKET_API_KEY",
        ),
    ] {
        let run = program.words(&line);
        let error = run.error();
        assert_eq!((run.code, error["kind"].as_str()), (2, Some("usage")), "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains(named) && (spared.is_empty() || !message.contains(spared)),
            "{message}"
        );
        assert!(error["hint"].as_str().unwrap().contains("--from-env"), "{error}");
        assert!(!run.stdout.contains(secret) && !kept(&program));
    }
    assert_eq!(emulator.sandbox.calls("authenticate"), 0);
    let explicit = program.words(&format!("login --api-key {key} --api-secret {secret} --json"));
    assert_eq!((explicit.code, kept(&program)), (0, true), "{}", explicit.stdout);
    let program = emulator.program();
    let permitted = program.words("login --from-env --json");
    assert_eq!(
        (permitted.code, kept(&program)),
        (0, true),
        "{}",
        permitted.stdout
    );
}

#[test]
fn fallback_to_providers_sandbox_is_noted() {
    // Refused before anything is sent, but after the base URL is chosen.
    let line = "offramp create --user 1 --amount 1 --symbol DAI --chain polygon --iban ES0000";
    let named = |run: &Run| run.stderr.contains("note: no base URL was given");
    let by_environment = || {
        Program::new()
            .with("CRYPTOPOCKET_API_KEY", "k")
            .with("CRYPTOPOCKET_API_SECRET", "s")
    };
    let by_profile = Program::new();
    std::fs::create_dir_all(by_profile.home.path().join("config/cryptopocket")).unwrap();
    let profile = b"[profiles.default]\napi_key = \"k\"\napi_secret = \"s\"\n";
    by_profile.file("config/cryptopocket/config.toml", profile);
    for program in [by_environment(), by_profile] {
        let run = program.words(&format!("{line} --json"));
        assert_eq!((run.code, &run.error()["kind"]), (2, &"invalid_input".into()));
        for words in [
            "https://sandbox.cryptopocket.io/api",
            "--base-url",
            "CRYPTOPOCKET_BASE_URL",
        ] {
            assert!(named(&run) && run.stderr.contains(words), "{}", run.stderr);
        }
        let told = program.words(&format!("{line} --base-url https://api.example/api"));
        assert!(!named(&told), "{}", told.stderr);
    }
    let told = by_environment()
        .with("CRYPTOPOCKET_BASE_URL", "https://api.example/api")
        .words(line);
    assert!(!named(&told), "{}", told.stderr);
    let nowhere = Program::new().words("assets --json");
    assert_eq!((nowhere.code, nowhere.stderr.as_str()), (3, ""));
}

#[test]
fn a_login_that_fails_keeps_nothing() {
    let emulator = Emulator::start();
    let program = Program::new();
    let url = emulator.sandbox.base_url();
    assert_eq!(
        program
            .words(&format!(
                "login --base-url {url} --api-key k --api-secret s --json"
            ))
            .code,
        3
    );
    assert!(
        !program
            .home
            .path()
            .join("config/cryptopocket/config.toml")
            .exists()
    );
    let unchecked = program.words(&format!(
        "login --base-url {url} --api-key k --api-secret s --no-check --json"
    ));
    assert_eq!((unchecked.code, &unchecked.json()["checked"]), (0, &false.into()));
}
