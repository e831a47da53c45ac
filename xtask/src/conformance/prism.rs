//! Prism: a proxy that checks the SDK's requests and their replies against the specification.

use super::copy::{Judge, prepare};
use super::emulator::{Emulator, Server};
use super::http;
use crate::spec::Document;
use crate::workspace::{self, read, write, write_json};
use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tests of the suite that prove nothing behind Prism, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    (
        "faults::",
        "they break answers on purpose, which is what Prism reports",
    ),
    (
        "coins_of_eighteen_decimals",
        "Prism reads replies into JavaScript numbers and writes them anew, which have 17 digits",
    ),
];

/// Runs the SDK's conformance suite, which calls every operation, through Prism.
pub(super) fn run(root: &Path, program: &Path) -> Result<String, String> {
    let folder = root.join("target/conformance/prism");
    let judge = installed(root, &folder)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let copy = folder.join("openapi.json");
    write_json(&copy, &prepare(&document, &Value::Null, Judge::Prism))?;
    let (upstream, port) = (free_port()?, free_port()?);
    let mut proxy = Command::new(judge);
    proxy
        .arg("proxy")
        .arg(copy)
        .arg(format!("http://127.0.0.1:{upstream}/api"))
        .args(["--host", "127.0.0.1", "--port", &port.to_string()])
        .env("NO_COLOR", "1");
    let proxy = Server::start(&mut proxy, "Prism is listening")?;
    let address = format!("127.0.0.1:{port}");
    // Proves that Prism reports violations at all.
    let emulator = Emulator::start(program, upstream)?;
    let bad = "GET /quote?symbol=USDC";
    http::ask(&address, bad, "a token that nobody has", &Value::Null)?;
    drop(emulator);
    let mut tests = workspace::cargo(root);
    tests
        .args("test --quiet --package cryptopocket-tests --test conformance -- --test-threads 1".split(' '))
        .args(LEFT_OUT.iter().flat_map(|(test, _)| ["--skip", test]))
        .env("CRYPTOPOCKET_CONFORMANCE_PORT", upstream.to_string())
        .env("CRYPTOPOCKET_CONFORMANCE_PROXY", format!("http://{address}"));
    let tested = workspace::output(&mut tests);
    let log = proxy.end();
    write(&folder.join("output.txt"), &log)?;
    tested?;
    let mut requests = log.split("Request received").skip(1);
    if violations(requests.next().unwrap_or_default()).is_empty() {
        return Err("Prism does not object to a quote without its required fields".to_owned());
    }
    let requests: Vec<&str> = requests.collect();
    let found = violations(&requests.concat()).join("\n");
    if found.is_empty() {
        let count = requests.len();
        Ok(format!("{count} requests of the conformance suite, no violation"))
    } else {
        Err(format!("{found}\nviolations between SDK and emulator"))
    }
}

fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|e| format!("a free port: {e}"))?.port())
}

fn violations(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("Violation:")).collect()
}

/// Installs what `package-lock.json` pins, once; returns the program's path.
fn installed(root: &Path, folder: &Path) -> Result<PathBuf, String> {
    let pins = root.join("xtask/judges/prism");
    workspace::installed(folder, &pins.join("package-lock.json"), || {
        for name in ["package.json", "package-lock.json"] {
            write(&folder.join(name), read(&pins.join(name))?)?;
        }
        let mut npm = Command::new("npm");
        npm.current_dir(folder)
            .args("ci --ignore-scripts --no-audit --no-fund --silent".split(' '));
        let needs = |e| format!("Node.js 18.20 or newer with npm is needed: {e}");
        workspace::output(&mut npm).map(drop).map_err(needs)
    })?;
    Ok(folder.join("node_modules/.bin/prism"))
}
