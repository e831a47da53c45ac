//! The emulator and other servers, as processes of their own.

use super::http::{self, Answer};
use crate::workspace;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// Longer than any server takes to start.
const START: Duration = Duration::from_secs(60);

/// A running server and what it prints; dropping it ends the process.
pub(crate) struct Server {
    program: String,
    process: Child,
    lines: Receiver<String>,
    printed: String,
}

impl Server {
    /// Starts a server, and waits for a line that contains `ready`.
    pub(crate) fn start(command: &mut Command, ready: &str) -> Result<Self, String> {
        let program = command.get_program().display().to_string();
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{program}: {e}"))?;
        let (sender, lines) = channel();
        forward(process.stdout.take(), &sender);
        forward(process.stderr.take(), &sender);
        let mut server = Self {
            program,
            process,
            lines,
            printed: String::new(),
        };
        drop(sender);
        while !server.printed.contains(ready) {
            let line = server.lines.recv_timeout(START);
            let line = line.map_err(|_| format!("{}{} does not start", server.printed, server.program))?;
            server.printed += &(line + "\n");
        }
        Ok(server)
    }

    pub(crate) fn printed(&mut self) -> &str {
        self.printed.extend(self.lines.try_iter().map(|line| line + "\n"));
        &self.printed
    }

    /// Ends the process; returns all its output.
    pub(crate) fn end(mut self) -> String {
        drop(self.process.kill());
        let printed = std::mem::take(&mut self.printed);
        printed + &self.lines.iter().map(|line| line + "\n").collect::<String>()
    }

    /// Why the process ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.process.try_wait().ok()??;
        Some(format!("{} ended: {status}", self.program))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Reads to the end, so that the server never blocks on a full pipe.
fn forward(pipe: Option<impl Read + Send + 'static>, sender: &Sender<String>) {
    let sender = sender.clone();
    let lines = pipe.into_iter().flat_map(|pipe| BufReader::new(pipe).lines());
    thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
}

/// Builds the command line; returns its path.
pub(crate) fn build(root: &Path) -> Result<PathBuf, String> {
    workspace::program(root, "--package cryptopocket-cli --bin cryptopocket")
}

/// A running emulator, or another provider.
pub(crate) struct Emulator {
    pub(crate) server: Server,
    /// The line that it prints when it is ready.
    pub(crate) ready: Value,
}

impl Emulator {
    /// Port 0 takes a free one.
    pub(crate) fn start(program: &Path, port: u16) -> Result<Self, String> {
        let port = port.to_string();
        Self::spawn(Command::new(program).args(["sandbox", "--port", &port]))
    }

    /// Starts a server that prints a line of JSON when it is ready, and that ends when its input does.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self, String> {
        let server = Server::start(command, "base_url")?;
        let mut lines = server.printed.lines();
        let ready = lines.find_map(|line| serde_json::from_str(line).ok());
        let ready = ready.ok_or_else(|| format!("the server said {:?}", server.printed))?;
        Ok(Self { server, ready })
    }

    /// A field of the line that it prints when it is ready.
    pub(crate) fn told(&self, name: &str) -> &str {
        self.ready.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> &str {
        let url = self.told("base_url").trim_start_matches("http://");
        url.split('/').next().unwrap_or_default()
    }

    /// Makes a call, such as `DELETE /_sandbox/faults`, with a token unless that is empty.
    pub(crate) fn ask(&self, call: &str, token: &str, body: &Value) -> Result<Answer, String> {
        http::ask(self.address(), call, token, body)
    }

    /// Logs in with the `api_key` and `api_secret` of an object; returns the token.
    pub(crate) fn log_in(&self, credentials: &Value) -> Result<String, String> {
        let body = json!({"api_key": credentials["api_key"], "api_secret": credentials["api_secret"]});
        let answer = self.ask("POST /api/authenticate", "", &body)?;
        Ok(answer.texts("/data", "token")?.concat())
    }
}
