//! Prism: a proxy that holds what the SDK sends, and what it gets, against the specification.

use super::copy::{Judge, prepare};
use super::emulator::Emulator;
use super::files::{self, install, write, write_json};
use super::http::Client;
use super::{journey, time};
use crate::spec::Document;
use crate::workspace;
use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Tests of the suite that say nothing behind Prism, and why.
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

pub(super) fn run(root: &Path, program: &Path) -> Result<String, String> {
    let folder = files::folder(root)?.join("prism");
    let judge = installed(root, &folder)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let copy = folder.join("openapi.json");
    write_json(&copy, &prepare(&document, &Value::Null, Judge::Prism))?;
    let emulator = Emulator::start(program)?;
    let proxy = Proxy::start(
        &judge,
        &copy,
        emulator.told("base_url"),
        &folder.join("output.txt"),
    )?;

    // A judge that never finds anything would pass everything.
    Client::new(&proxy.address).get("/quote?symbol=USDC", "a token that nobody has")?;
    let expected = violations(&proxy.log()?).len();
    if expected == 0 {
        return Err("Prism does not object to a quote without its required fields".to_owned());
    }
    let commands = journey::travel(program, &emulator, &format!("http://{}", proxy.address))?;
    let log = proxy.log()?;
    let found = violations(&log);
    if found.len() > expected {
        return Err(format!(
            "{}\nviolations between SDK and emulator",
            found.join("\n")
        ));
    }
    let missing = journey::unvisited(&document, &emulator)?;
    if !missing.is_empty() {
        return Err(format!("the journey visits no {}", missing.join(", ")));
    }
    let requests = requests(&log) - 1;
    drop((proxy, emulator));
    let tested = suite(root, &judge, &copy, &folder)?;
    Ok(format!(
        "{requests} requests of {commands} commands over all {} operations, {tested} of the conformance suite, \
         no violation",
        document.operations().len()
    ))
}

/// The SDK's own conformance suite through a proxy of its own; says how many requests it made.
fn suite(root: &Path, judge: &Path, copy: &Path, folder: &Path) -> Result<usize, String> {
    let emulator = free_port()?;
    let upstream = format!("http://127.0.0.1:{emulator}/api");
    let proxy = Proxy::start(judge, copy, &upstream, &folder.join("suite.txt"))?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tests = Command::new(cargo);
    tests.current_dir(root).args([
        "test",
        "--quiet",
        "--package",
        "cryptopocket-tests",
        "--test",
        "conformance",
    ]);
    tests
        .args(["--", "--test-threads", "1"])
        .args(LEFT_OUT.iter().flat_map(|(test, _)| ["--skip", test]));
    tests.env("CRYPTOPOCKET_CONFORMANCE_PORT", emulator.to_string());
    tests.env(
        "CRYPTOPOCKET_CONFORMANCE_PROXY",
        format!("http://{}", proxy.address),
    );
    install(&mut tests, "cargo")?;
    let log = proxy.log()?;
    match violations(&log).as_slice() {
        [] => Ok(requests(&log)),
        found => Err(format!(
            "{}\nviolations between conformance suite and emulator",
            found.join("\n")
        )),
    }
}

fn requests(log: &str) -> usize {
    log.matches("Request received").count()
}

fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|e| format!("a free port: {e}"))?.port())
}

/// The lines in which Prism reports what does not fit.
pub(super) fn violations(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("Violation:")).collect()
}

/// Installs what `package-lock.json` pins, once; says where the program is.
fn installed(root: &Path, folder: &Path) -> Result<PathBuf, String> {
    let (pins, done) = (root.join("xtask/judges/prism"), folder.join("installed.json"));
    let read = |name: &str| std::fs::read_to_string(pins.join(name)).map_err(|e| format!("{name}: {e}"));
    let (package, lock) = (read("package.json")?, read("package-lock.json")?);
    let judge = folder.join("node_modules/.bin/prism");
    if std::fs::read_to_string(&done).is_ok_and(|there| there == lock) {
        return Ok(judge);
    }
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    println!("installing Prism below {}", folder.display());
    write(&folder.join("package.json"), &package)?;
    write(&folder.join("package-lock.json"), &lock)?;
    install(
        Command::new("npm").current_dir(folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
        ]),
        "Node.js 18.20 or newer with npm is needed",
    )?;
    write(&done, &lock)?;
    Ok(judge)
}

/// A running Prism; it ends when this is dropped.
struct Proxy {
    process: Child,
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
            process,
            address: format!("127.0.0.1:{port}"),
            output: output.to_owned(),
        };
        proxy.wait()?;
        Ok(proxy)
    }

    fn wait(&mut self) -> Result<(), String> {
        let started = time::now();
        while !self.log()?.contains("Prism is listening") {
            let ended = self.process.try_wait().map_err(|e| e.to_string())?.is_some();
            if ended || time::now().duration_since(started) > START {
                return Err(format!("{}\nPrism does not start", self.log()?));
            }
            time::pause(Duration::from_millis(50));
        }
        Ok(())
    }

    fn log(&self) -> Result<String, String> {
        std::fs::read_to_string(&self.output).map_err(|e| format!("{}: {e}", self.output.display()))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
