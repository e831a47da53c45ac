//! Prism: a proxy that checks the SDK's requests and their replies against the specification.

use super::copy::{Judge, prepare};
use super::emulator::{Emulator, Running};
use super::http;
use crate::files::{self, read, write, write_json};
use crate::spec::Document;
use crate::time;
use crate::workspace;
use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

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

const START: Duration = Duration::from_secs(60);

/// Runs the SDK's conformance suite, which calls every operation, through Prism.
pub(super) fn run(root: &Path, program: &Path) -> Result<String, String> {
    let folder = root.join("target/conformance/prism");
    let judge = installed(root, &folder)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let copy = folder.join("openapi.json");
    write_json(&copy, &prepare(&document, &Value::Null, Judge::Prism))?;
    let port = free_port()?;
    let upstream = format!("http://127.0.0.1:{port}/api");
    let proxy = Proxy::start(&judge, &copy, &upstream, &folder.join("output.txt"))?;

    // Proves that Prism reports violations at all.
    let emulator = Emulator::start(program, port)?;
    http::ask(
        &proxy.address,
        "GET /quote?symbol=USDC",
        "a token that nobody has",
        &Value::Null,
    )?;
    drop(emulator);
    let log = proxy.log()?;
    let expected = violations(&log).len();
    if expected == 0 {
        return Err("Prism does not object to a quote without its required fields".to_owned());
    }

    let mut tests = workspace::cargo(root);
    tests
        .args("test --quiet --package cryptopocket-tests --test conformance -- --test-threads 1".split(' '))
        .args(LEFT_OUT.iter().flat_map(|(test, _)| ["--skip", test]))
        .env("CRYPTOPOCKET_CONFORMANCE_PORT", port.to_string())
        .env(
            "CRYPTOPOCKET_CONFORMANCE_PROXY",
            format!("http://{}", proxy.address),
        );
    workspace::output(&mut tests)?;
    let log = proxy.log()?;
    match violations(&log).get(expected..) {
        Some([]) => Ok(format!(
            "{} requests of the conformance suite, no violation",
            log.matches("Request received").count() - 1
        )),
        found => Err(format!(
            "{}\nviolations between SDK and emulator",
            found.unwrap_or_default().join("\n")
        )),
    }
}

fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|e| format!("a free port: {e}"))?.port())
}

/// The lines in which Prism reports a violation.
fn violations(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("Violation:")).collect()
}

/// Installs what `package-lock.json` pins, once; returns the program's path.
fn installed(root: &Path, folder: &Path) -> Result<PathBuf, String> {
    let pins = root.join("xtask/judges/prism");
    files::installed(folder, &pins.join("package-lock.json"), || {
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

/// A running Prism.
struct Proxy {
    process: Running,
    address: String,
    output: PathBuf,
}

impl Proxy {
    fn start(judge: &Path, copy: &Path, upstream: &str, output: &Path) -> Result<Self, String> {
        let port = free_port()?;
        let file = std::fs::File::create(output).map_err(|e| format!("{}: {e}", output.display()))?;
        let process = Command::new(judge)
            .arg("proxy")
            .args([copy.as_os_str(), upstream.as_ref()])
            .args(["--port", &port.to_string(), "--host", "127.0.0.1"])
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(file)
            .spawn()
            .map_err(|e| format!("Prism: {e}"))?;
        let mut proxy = Self {
            process: Running(process),
            address: format!("127.0.0.1:{port}"),
            output: output.to_owned(),
        };
        proxy.wait()?;
        Ok(proxy)
    }

    fn wait(&mut self) -> Result<(), String> {
        let started = time::now();
        while !self.log()?.contains("Prism is listening") {
            let ended = self.process.0.try_wait().map_err(|e| e.to_string())?.is_some();
            if ended || time::now().duration_since(started) > START {
                return Err(format!("{}\nPrism does not start", self.log()?));
            }
            time::pause(Duration::from_millis(50));
        }
        Ok(())
    }

    fn log(&self) -> Result<String, String> {
        read(&self.output)
    }
}
