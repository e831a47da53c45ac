//! One process of the shop.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::provider::Provider;
use crate::wait;

pub(crate) struct Process {
    pub(crate) url: String,
    command: Command,
    child: Child,
    output: BufReader<ChildStdout>,
    errors: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// The program with the settings of a test.
pub(crate) fn program(provider: &Provider, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
    command
        .env_clear()
        .env("DATABASE_URL", database)
        .env("CRYPTOPOCKET_BASE_URL", provider.sandbox.base_url())
        .env("CRYPTOPOCKET_API_KEY", provider.sandbox.api_key())
        .env("CRYPTOPOCKET_API_SECRET", provider.sandbox.api_secret())
        .env("BODY_KEY", "07".repeat(32))
        // A dead machine is replaced at once here.
        .env("LEASE_SECONDS", "2")
        .env("HOLD_SECONDS", "4")
        .env("GRACE_SECONDS", "3")
        .env("POLL_SECONDS", "1");
    command
}

/// What the program says and how it ends, if it is not to serve.
pub(crate) fn told(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// A port of this machine that is free.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Process {
    pub(crate) fn start(provider: &Provider, database: &str) -> Self {
        Self::start_with(provider, database, &[])
    }

    pub(crate) fn start_with(provider: &Provider, database: &str, variables: &[(&str, &str)]) -> Self {
        // The same port after each start, since the provider posts there.
        let port = free_port();
        let mut command = program(provider, database);
        command
            .env("LISTEN", format!("127.0.0.1:{port}"))
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let errors = Arc::default();
        let (child, output, reader) = run(&mut command, &errors);
        Self {
            url: format!("http://127.0.0.1:{port}"),
            command,
            child,
            output,
            errors,
            reader: Some(reader),
        }
    }

    /// What it has written to its standard error, over all starts.
    pub(crate) fn errors(&self) -> String {
        self.errors.lock().unwrap().clone()
    }

    /// Starts it and kills it at once, while it opens the store. It must be dead.
    pub(crate) async fn flash(&mut self, life: Duration) {
        let mut child = self.command.spawn().unwrap();
        wait(life).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn begin(&mut self) {
        let reader;
        (self.child, self.output, reader) = run(&mut self.command, &self.errors);
        self.reader = Some(reader);
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn restart(&mut self) {
        self.kill();
        self.begin();
    }

    /// SIGTERM; the last line that it prints.
    pub(crate) fn stop(self) -> String {
        self.stop_and_tell().lines().next_back().unwrap().to_owned()
    }

    /// SIGTERM; all that it has written since its last start, after its standard error over all starts.
    pub(crate) fn stop_and_tell(mut self) -> String {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(told.success());
        assert!(self.child.wait().unwrap().success());
        self.reader.take().unwrap().join().unwrap();
        let mut told = self.errors();
        self.output.read_to_string(&mut told).unwrap();
        told
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
fn run(
    command: &mut Command,
    errors: &Arc<Mutex<String>>,
) -> (Child, BufReader<ChildStdout>, JoinHandle<()>) {
    let mut child = command.spawn().unwrap();
    let (stderr, errors) = (child.stderr.take().unwrap(), Arc::clone(errors));
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            eprintln!("{line}");
            let mut errors = errors.lock().unwrap();
            errors.push_str(&line);
            errors.push('\n');
        }
    });
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.starts_with("listening"), "{line}");
    (child, output, reader)
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
