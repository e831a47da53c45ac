//! The emulator as a process of its own.

use super::http::{self, Answer};
use crate::workspace;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// Builds the command line; returns its path.
pub(crate) fn build(root: &Path) -> Result<PathBuf, String> {
    workspace::program(root, "--package cryptopocket-cli --bin cryptopocket")
}

/// A running program; dropping it ends the process.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A running emulator.
pub(crate) struct Emulator {
    process: Running,
    ready: Value,
    complaints: Arc<Mutex<String>>,
}

impl Emulator {
    /// Port 0 takes a free one.
    pub(crate) fn start(program: &Path, port: u16) -> Result<Self, String> {
        let port = port.to_string();
        Self::spawn(Command::new(program).args(["sandbox", "--port", &port, "--seed", "1"]))
    }

    /// Starts a server that prints a line of JSON when it is ready, and that ends when its input does.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self, String> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", command.get_program().display()))?;
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|e| e.to_string())?;
        }
        let ready = serde_json::from_str(&line).map_err(|_| format!("the server said {line:?}"))?;
        let complaints = Arc::new(Mutex::new(String::new()));
        if let Some(stderr) = process.stderr.take() {
            let kept = Arc::clone(&complaints);
            thread::spawn(move || keep(stderr, &kept));
        }
        Ok(Self {
            process: Running(process),
            ready,
            complaints,
        })
    }

    /// Its output on stderr so far.
    pub(crate) fn complaints(&self) -> String {
        self.complaints
            .lock()
            .map(|kept| kept.clone())
            .unwrap_or_default()
    }

    /// A field of the line that it prints when it is ready.
    pub(crate) fn told(&self, name: &str) -> &str {
        self.ready.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        let url = self.told("base_url");
        url.trim_start_matches("http://")
            .split('/')
            .next()
            .unwrap_or_default()
    }

    /// Makes a call, such as `DELETE /_sandbox/faults`, with a token unless that is empty.
    pub(crate) fn ask(&self, call: &str, token: &str, body: &Value) -> Result<Answer, String> {
        http::ask(self.address(), call, token, body)
    }

    /// Why the process ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.process.0.try_wait().ok()??;
        Some(format!("the emulator ended: {status}"))
    }

    pub(crate) fn log_in(&self) -> Result<String, String> {
        let body = json!({"api_key": self.told("api_key"), "api_secret": self.told("api_secret")});
        self.ask("POST /api/authenticate", "", &body)?.text("/data/token")
    }
}

/// Reads to the end, so that the emulator never blocks on a full pipe.
fn keep(stderr: ChildStderr, kept: &Mutex<String>) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        if let Ok(mut kept) = kept.lock() {
            kept.push_str(&line);
            kept.push('\n');
        }
    }
}
