//! The `sandbox` command: its ready line, and how it ends.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::Program;

fn client(ready: &Value) -> Program {
    let text = |name: &str| ready[name].as_str().unwrap();
    Program::new()
        .with("CRYPTOPOCKET_BASE_URL", text("base_url"))
        .with("CRYPTOPOCKET_API_KEY", text("api_key"))
        .with("CRYPTOPOCKET_API_SECRET", text("api_secret"))
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
fn a_state_file_keeps_customers_over_a_restart() {
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
fn a_scenario_that_cannot_be_read_is_refused_with_its_place_and_cure() {
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
fn a_port_that_is_taken_is_a_matter_of_configuration() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let run = Program::new().words(&format!("sandbox --port {port} --json"));
    assert_eq!(
        (run.code, run.error()["kind"].as_str()),
        (3, Some("configuration"))
    );
}
