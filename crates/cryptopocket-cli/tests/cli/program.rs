//! The program under test, and its emulator.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use cryptopocket_sandbox::Sandbox;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// The result of one run of the program.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON, one value a line.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse =
            |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}\n{}", self.stderr));
        self.stdout.lines().map(parse).collect()
    }

    /// Standard output as exactly one JSON value.
    pub(crate) fn json(&self) -> Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{}{}", self.stdout, self.stderr);
        lines.remove(0)
    }

    /// The failure on standard output.
    pub(crate) fn error(&self) -> Value {
        self.json()["error"].clone()
    }
}

/// The program with its own home folder and a clean environment.
pub(crate) struct Program {
    pub(crate) home: TempDir,
    environment: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        Self {
            home,
            environment: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cryptopocket"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(self.home.path());
        command.env("XDG_CONFIG_HOME", self.home.path().join("config"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Run {
        finish(&mut self.command(arguments))
    }

    /// Runs a line that is split at white space.
    pub(crate) fn words(&self, line: &str) -> Run {
        self.run(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Writes a file into the program's folder.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.home.path().join(name);
        let mut file = std::fs::File::create(&path).expect("a new file");
        file.write_all(content).expect("a written file");
        path.display().to_string()
    }
}

pub(crate) fn finish(command: &mut Command) -> Run {
    let output = command.output().expect("the program runs");
    Run {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
    }
}

/// An emulator on its own thread.
pub(crate) struct Emulator {
    pub(crate) sandbox: Sandbox,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    pub(crate) fn start() -> Self {
        let (give, take) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                give.send(Sandbox::builder().seed(7).start().await.expect("a free port"))
                    .expect("a listener");
                let _ = stopped.await;
            });
        });
        let sandbox = take.recv().expect("a running emulator");
        Self {
            sandbox,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// The program, configured by its environment for this emulator.
    pub(crate) fn program(&self) -> Program {
        Program::new()
            .with("CRYPTOPOCKET_BASE_URL", &self.sandbox.base_url())
            .with("CRYPTOPOCKET_API_KEY", self.sandbox.api_key())
            .with("CRYPTOPOCKET_API_SECRET", self.sandbox.api_secret())
    }

    /// Creates a verified customer. Returns the id.
    pub(crate) fn verified_customer(&self, program: &Program) -> String {
        let created = program
            .words("users create --name Ana --email ana@example.com --json")
            .json();
        let id = created["id"].as_str().expect("an id").to_owned();
        self.sandbox
            .approve_kyc(id.parse().expect("a number"))
            .expect("a known customer");
        id
    }
}

/// The text without values that differ from run to run, such as ids.
pub(crate) fn stable(text: &str) -> String {
    const VARYING: &[&str] = &[
        "id",
        "payment_id",
        "transaction_id",
        "uuid",
        "txid",
        "iban",
        "wallet",
        "concept",
        "taken_at",
        "created_at",
        "kyc_form_url",
        "kyb_link",
        "onboarding_link",
        "verification_url",
        "url",
        "password",
    ];
    let mut stable = String::new();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let mut found = Vec::new();
        varying(&value, VARYING, &mut found);
        found.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        let line = found.iter().fold(line.to_owned(), |line, (text, name)| {
            line.replace(&format!("\"{text}\""), &format!("\"[{name}]\""))
        });
        stable.push_str(&line);
        stable.push('\n');
    }
    stable
}

fn varying(value: &Value, names: &[&str], found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if names.contains(&name.as_str()) => {
                        found.push((text.clone(), name.clone()));
                    }
                    value => varying(value, names, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| varying(item, names, found)),
        _ => {}
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic was printed by the thread.
            let _ = thread.join();
        }
    }
}
