//! The `sandbox` command: start, ready line, end.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use cryptopocket_sandbox::ControlClient;
use serde_json::Value;

use crate::program::Program;

fn client(ready: &Value) -> Program {
    let text = |name: &str| ready[name].as_str().unwrap();
    Program::new()
        .with("CRYPTOPOCKET_BASE_URL", text("base_url"))
        .with("CRYPTOPOCKET_API_KEY", text("api_key"))
        .with("CRYPTOPOCKET_API_SECRET", text("api_secret"))
}

/// Starts it with further arguments and ends it once it is ready. Returns the ready line and stderr.
fn started(program: &Program, words: &str) -> (Value, String) {
    let words: Vec<&str> = ["sandbox"].into_iter().chain(words.split_whitespace()).collect();
    let mut child = program
        .command(&words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    terminate(&child);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    (
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}{told}")),
        told,
    )
}

fn terminate(child: &Child) {
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(killed.success());
}

fn ends_on(signal: &str) {
    let mut child = Program::new()
        .command(&["sandbox", "--seed", "5"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(ready["event"], "ready");
    for (field, end) in [
        ("base_url", "/api"),
        ("control_url", "/_sandbox"),
        ("dashboard_url", "/"),
    ] {
        let url = ready[field].as_str().unwrap();
        assert!(
            url.starts_with("http://127.0.0.1:") && url.ends_with(end),
            "{field}: {url}"
        );
    }
    let client = client(&ready);
    assert_eq!(
        client.words("assets --json").code,
        0,
        "it accepts connections once the line is out"
    );

    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0), "{signal} ends it cleanly");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "nothing follows the ready line");
}

#[test]
fn it_ends_cleanly_on_sigterm() {
    ends_on("-TERM");
}

#[test]
fn it_ends_cleanly_on_sigint() {
    ends_on("-INT");
}

#[test]
fn state_file_keeps_customers_over_restart() {
    let home = Program::new();
    let state = home.home.path().join("state");
    let mut lists = Vec::new();
    for round in 0..2 {
        let mut child = home.command(&["sandbox".as_ref(), "--state".as_ref(), state.as_os_str()]);
        let mut child = child.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let client = client(&serde_json::from_str(&line).unwrap());
        if round == 0 {
            assert_eq!(
                client
                    .words("users create --name Ana --email ana@example.com --json")
                    .code,
                0
            );
        }
        lists.push(client.words("users list --json").json()["email"].clone());
        assert!(
            Command::new("kill")
                .args(["-TERM", &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(lists, ["ana@example.com", "ana@example.com"]);
}

#[test]
fn unreadable_scenario_is_refused_with_place_and_cure() {
    let program = Program::new();
    let file = program.file("world.json", b"{\"speeed\":1}");
    let run = program.words(&format!("sandbox --scenario {file} --json"));
    assert_eq!(
        (run.code, run.error()["kind"].as_str()),
        (2, Some("invalid_input")),
        "{}",
        run.stdout
    );
    assert!(
        run.error()["message"].as_str().unwrap().contains("world.json"),
        "{}",
        run.stdout
    );
}

#[test]
fn taken_port_is_a_configuration_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let run = Program::new().words(&format!("sandbox --port {port} --json"));
    assert_eq!(
        (run.code, run.error()["kind"].as_str()),
        (3, Some("configuration"))
    );
}

#[test]
fn public_url_changes_links_but_not_control_plane() {
    let program = Program::new();
    let (ready, told) = started(&program, "--public-url http://shop.test:8080");
    assert_eq!(ready["base_url"], "http://shop.test:8080/api");
    let control = ready["control_url"].as_str().unwrap();
    let local = |url: &str| url.starts_with("http://127.0.0.1:") && !url.starts_with("http://127.0.0.1:0/");
    assert!(
        local(control) && local(ready["dashboard_url"].as_str().unwrap()),
        "{ready}"
    );
    assert!(told.contains("on this machine only"), "{told}");

    let (ready, told) = started(&program, "--public-url https://shop.test --control-plane");
    assert_eq!(
        [&ready["base_url"], &ready["control_url"], &ready["dashboard_url"]],
        [
            "https://shop.test/api",
            "https://shop.test/_sandbox",
            "https://shop.test/"
        ]
    );
    assert_eq!(told, "");
}

#[test]
fn public_url_with_path_is_refused() {
    for (url, rule) in [
        ("ftp://shop.test", "does not begin with http:// or https://"),
        ("shop.test:8080", "does not begin with http:// or https://"),
        ("http://shop.test/", "something follows the host and the port"),
        ("http://shop.test/api", "something follows the host and the port"),
        ("http://shop.test?a=b", "something follows the host and the port"),
        ("http://", "cannot be read"),
        ("http://me@shop.test", "cannot be read"),
        ("http://shop.test:80808", "cannot be read"),
    ] {
        let run = Program::new().run(&["sandbox", "--public-url", url, "--json"]);
        assert_eq!(
            (run.code, run.error()["kind"].as_str()),
            (2, Some("invalid_input")),
            "{url}"
        );
        let (message, hint) = (run.error()["message"].clone(), run.error()["hint"].clone());
        let message = message.as_str().unwrap();
        assert!(
            message.starts_with("--public-url: ") && message.contains(rule),
            "{url}: {message}"
        );
        assert!(
            hint.as_str()
                .unwrap()
                .contains("such as http://sandbox.test:8080"),
            "{hint}"
        );
    }
}

#[test]
fn control_plane_needs_flag_on_public_address() {
    let program = Program::new();
    let (ready, told) = started(&program, "--host 0.0.0.0");
    assert!(
        ready["base_url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:"),
        "{ready}"
    );
    assert!(
        told.contains("the control plane and the dashboard are off")
            && told.contains("--control-plane opens them"),
        "{told}"
    );
    assert!(
        told.contains("which no other machine can follow; --public-url"),
        "{told}"
    );

    let mut child = program.command(&["sandbox", "--host", "0.0.0.0", "--control-plane"]);
    let mut child = child
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let control = ControlClient::new(ready["control_url"].as_str().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let state = runtime.block_on(control.state());
    terminate(&child);
    let told = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert_eq!(state.unwrap().payments(), 0);
    assert!(!told.contains("control plane"), "{told}");
}

#[test]
fn scenario_beside_existing_state_waits_for_reset() {
    let program = Program::new();
    program.file("world.yaml", b"customers: [{name: Ana, email: ana@example.com}]");
    let words = "--state state --scenario world.yaml";
    assert_eq!(started(&program, words).1, "", "a new file begins with it");
    let told = started(&program, words).1;
    assert!(
        told.contains("the scenario is staged at the next reset"),
        "{told}"
    );
    assert_eq!(started(&program, "--state state").1, "");
}

#[test]
fn failed_start_has_fitting_cure() {
    let program = Program::new();
    program.file("junk", b"no database at all");
    for (words, rule, cure) in [
        (
            "--state junk",
            "junk: it is no state file of an emulator",
            "--state: name another file",
        ),
        (
            "--state no/such/file",
            "file: its folder does not exist",
            "--state: make the folder first",
        ),
        ("--state .", ".: it is a folder", "--state: name a file in it"),
        (
            "--host 192.0.2.1",
            "192.0.2.1:0: it is no address of this machine",
            "--host and --port: choose",
        ),
        (
            "--scenario none.yaml",
            "none.yaml: No such file",
            "--scenario: name a readable file.",
        ),
    ] {
        let run = program.words(&format!("sandbox {words} --json"));
        let error = run.error();
        assert!(
            error["message"].as_str().unwrap().contains(rule),
            "{words}: {error}"
        );
        assert!(
            error["hint"].as_str().unwrap().starts_with(cure),
            "{words}: {error}"
        );
    }
}

#[test]
fn unusable_certificate_authority_is_refused() {
    let program = Program::new();
    let file = program.file("authority.pem", b"no certificate");
    let run = program.words(&format!("sandbox --ca-file {file} --json"));
    let hint = run.error()["hint"].as_str().unwrap().to_owned();
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(
        hint.starts_with("--ca-file: give the whole text of a PEM file"),
        "{hint}"
    );

    let run = program.words("sandbox --ca-file nowhere.pem --json");
    assert_eq!(
        (run.code, run.error()["kind"].as_str()),
        (3, Some("configuration"))
    );
}

#[test]
fn client_without_request_head_is_cut_off() {
    let mut child = Program::new()
        .command(&["sandbox", "--header-timeout", "100ms"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let url = ready["base_url"].as_str().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches("/api");
    let mut silent = std::net::TcpStream::connect(address).unwrap();
    silent
        .set_read_timeout(Some(std::time::Duration::from_secs(20)))
        .unwrap();
    let mut received = Vec::new();
    silent.read_to_end(&mut received).unwrap();
    terminate(&child);
    child.wait().unwrap();
}

#[test]
fn guide_lists_every_flag() {
    let guide =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../cryptopocket-sandbox/docs/start.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let rows = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let listed: Vec<&str> = rows.filter(|row| row.starts_with("--")).collect();
    let help = Program::new().words("sandbox --help").stdout;
    assert_eq!(listed.len(), 10, "{listed:?}");
    for flag in listed {
        let ends = [" ", "\n"].map(|end| help.contains(&format!("{flag}{end}")));
        assert!(ends.contains(&true), "{flag}");
    }
}
