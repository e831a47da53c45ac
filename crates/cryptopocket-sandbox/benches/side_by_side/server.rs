//! The servers under test, each in its own process.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cryptopocket_sandbox::{Limits, Sandbox};

use crate::load::Wire;

/// The argument that makes this program an emulator.
pub(crate) const ROLE: &str = "--emulator";

/// A server process that is killed on drop.
pub(crate) struct Server {
    process: Child,
    pub(crate) host: String,
    pub(crate) token: String,
    /// From the start of the process to its first answer with status 200.
    pub(crate) first_answer: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn text(line: &str, name: &str) -> String {
    let after = line.split(&format!("\"{name}\":\"")).nth(1).unwrap_or_default();
    after.split('"').next().unwrap_or_default().to_owned()
}

impl Server {
    /// This program as an emulator, with a state file or without.
    pub(crate) async fn emulator(state: Option<&Path>) -> io::Result<Self> {
        let began = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(ROLE)
            .args(state)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let mut line = String::new();
        let stdout = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(stdout).read_line(&mut line)?;
        let base = text(&line, "base_url");
        let host = base
            .trim_start_matches("http://")
            .trim_end_matches("/api")
            .to_owned();
        let mut wire = Wire::open(&host, "").await?;
        let login = format!(
            r#"{{"api_key":"{}","api_secret":"{}"}}"#,
            text(&line, "api_key"),
            text(&line, "api_secret")
        );
        let token = wire.post("/api/authenticate", &login).await?.field("token");
        Ok(Self {
            process,
            host,
            token,
            first_answer: began.elapsed(),
        })
    }

    /// Prism as a mock of the specification, with further `options`.
    pub(crate) async fn prism(program: &Path, options: &[&str]) -> io::Result<Self> {
        let began = Instant::now();
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/openapi.yaml");
        let mut command = Command::new(program);
        command.args(["mock", "--host", "127.0.0.1", "--port", &port.to_string(), spec]);
        let process = command
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut server = Self {
            process,
            host: format!("127.0.0.1:{port}"),
            token: "token".to_owned(),
            first_answer: Duration::ZERO,
        };
        loop {
            if let Ok(mut wire) = Wire::open(&server.host, &server.token).await
                && wire.get("/available-assets").await?.status == 200
            {
                server.first_answer = began.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.process.try_wait()? {
                return Err(io::Error::other(format!("Prism ended with {status}")));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Customers whose verification is done.
    pub(crate) async fn customers(&self, count: usize) -> io::Result<Vec<String>> {
        let mut wire = Wire::open(&self.host, &self.token).await?;
        let mut ids = Vec::new();
        for number in 0..count {
            let body = format!(
                r#"{{"name":"Ana","last_name":"Lopez {number}","email":"ana{number}+approved@example.com"}}"#
            );
            ids.push(wire.post("/api/registerUser", &body).await?.field("id"));
        }
        Ok(ids)
    }

    /// Resident memory in bytes, on Linux.
    pub(crate) fn resident(&self) -> Option<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<usize>().ok()? << 10)
    }
}

/// Runs an emulator until the parent process ends.
pub(crate) async fn be_an_emulator(state: Option<String>) -> Result<(), Box<dyn std::error::Error>> {
    let mut limits = Limits::default();
    // A customer's limit would end the filling early.
    limits.card_per_quarter = "999999999".parse()?;
    limits.reinforced_above = limits.card_per_quarter;
    let mut builder = Sandbox::builder()
        .limits(limits)
        .token_life(Duration::from_secs(86_400));
    if let Some(path) = state {
        builder = builder.state_file(path);
    }
    let sandbox = builder.start().await?;
    println!("{}", sandbox.ready_line());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}
