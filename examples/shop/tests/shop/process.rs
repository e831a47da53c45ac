//! One process of the shop.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::provider::Provider;
use crate::wait;

pub(crate) struct Process {
    pub(crate) url: String,
    command: Command,
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Process {
    pub(crate) fn start(provider: &Provider, database: &str) -> Self {
        // The same port after each start, since the provider posts there.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command
            .env_clear()
            .env("DATABASE_URL", database)
            .env("LISTEN", format!("127.0.0.1:{port}"))
            .env("CRYPTOPOCKET_BASE_URL", provider.sandbox.base_url())
            .env("CRYPTOPOCKET_API_KEY", provider.sandbox.api_key())
            .env("CRYPTOPOCKET_API_SECRET", provider.sandbox.api_secret())
            .env("BODY_KEY", "07".repeat(32))
            // A dead machine is replaced at once here.
            .env("LEASE_SECONDS", "2")
            .env("HOLD_SECONDS", "4")
            .env("GRACE_SECONDS", "2")
            .env("POLL_SECONDS", "1")
            .stdout(Stdio::piped());
        let (child, output) = run(&mut command);
        Self {
            url: format!("http://127.0.0.1:{port}"),
            command,
            child,
            output,
        }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn restart(&mut self) {
        self.kill();
        (self.child, self.output) = run(&mut self.command);
    }

    /// SIGTERM; the last line that it prints.
    pub(crate) fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(told.success());
        assert!(self.child.wait().unwrap().success());
        self.output.by_ref().lines().last().unwrap().unwrap()
    }

    /// Orders until there is a payment, and gives its id.
    pub(crate) async fn pay(&self, order: &Value) -> String {
        let mut seen = String::new();
        for _ in 0..150 {
            if let Some((status, body)) = post(&self.url, order).await {
                if status == 200 {
                    return body["payment"].as_str().unwrap().to_owned();
                }
                seen = format!("{status} {body}");
            }
            wait(Duration::from_millis(200)).await;
        }
        panic!("no payment: {seen}")
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let url = format!("{}{path}", self.url);
        reqwest::get(url).await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a process and waits until it listens.
fn run(command: &mut Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.starts_with("listening"), "{line}");
    (child, output)
}

/// Orders once. `None` if the process died on it.
pub(crate) async fn post(url: &str, order: &Value) -> Option<(u16, Value)> {
    let client = reqwest::Client::new();
    let answer = client
        .post(format!("{url}/orders"))
        .json(order)
        .send()
        .await
        .ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.unwrap_or_default()))
}
