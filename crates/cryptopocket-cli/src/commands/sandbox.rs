use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cryptopocket_sandbox::{Beginning, Builder, Sandbox as Emulator, Scenario, Speed, StartError};
use http::uri::Authority;

use crate::connection::Context;
use crate::duration;
use crate::failure::{Failure, Result};
use crate::output;

/// Run an emulator of the provider on this machine
///
/// It prints one line of JSON on stdout as soon as it accepts connections, with the addresses and credentials to use.
/// It ends on Ctrl-C and SIGTERM. It is ours, not the provider's, and without
/// --state it forgets everything when it ends.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// What ids, tokens and prices follow from [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How fast its clock runs: instant, manual, realtime, or a number such as 60x [default: instant]
    #[arg(long)]
    speed: Option<Speed>,
    /// A world to begin with, and what is to go wrong in it: a file of YAML or JSON
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// A file that keeps everything over restarts; what it holds wins over --seed, and a --scenario beside it is staged at
    /// the next reset
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Open the control plane and the dashboard to whoever reaches the port; without it they answer on a loopback
    /// --host only, and there to this machine's own names
    #[arg(long)]
    control_plane: bool,
    /// What links in replies begin with: scheme, host and port [default: the address listened on]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// PEM file of a certificate authority that webhooks over https trust beside the system's; can be repeated
    #[arg(long, value_name = "FILE")]
    trust_pem: Vec<PathBuf>,
    /// How long a client may take to send the head of a request, such as 10s [default: 60s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
    header_timeout: Option<Duration>,
}

impl Sandbox {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let emulator = self.builder()?.start().await.map_err(|error| refused(&error))?;
        for remark in self.remarks(&emulator) {
            output::note(&remark);
        }
        // Before the line is out: whoever reads it may ask for the end at once.
        let end = Ending::listen()?;
        context.output.line(emulator.ready_line())?;
        end.wait().await;
        Ok(())
    }

    /// What a flag says wins over what the scenario says.
    fn builder(&self) -> Result<Builder> {
        let mut builder = Emulator::builder().address(SocketAddr::new(self.host, self.port));
        if let Some(path) = &self.scenario {
            let scenario = Scenario::read(path).map_err(|error| {
                let cure = format!("--scenario: {}.", error.cure());
                Failure::input(format!("{}: {}", error.place(), error.rule()), cure)
            })?;
            builder = builder.scenario(scenario);
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(speed) = self.speed {
            builder = builder.speed(speed);
        }
        if let Some(path) = &self.state {
            builder = builder.state_file(path);
        }
        if self.control_plane {
            builder = builder.control_plane(true);
        }
        if let Some(url) = &self.public_url {
            check_origin(url)?;
            builder = builder.public_url(url);
        }
        for path in &self.trust_pem {
            let pem = std::fs::read(path).map_err(|error| {
                Failure::input(
                    format!("--trust-pem: {}: {error}", path.display()),
                    "Name a readable file.",
                )
            })?;
            builder = builder.trust_pem(pem);
        }
        if let Some(timeout) = self.header_timeout {
            builder = builder.header_timeout(timeout);
        }
        Ok(builder)
    }

    /// What a person should know who does not see it from the line on stdout.
    fn remarks(&self, emulator: &Emulator) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.control_plane && !self.host.is_loopback() {
            remarks.push(format!(
                "the control plane and the dashboard are off, because {} is no loopback address; --control-plane opens \
                 them to whoever reaches the port",
                self.host
            ));
        }
        if !self.control_plane && self.host.is_loopback() && self.public_url.is_some() {
            remarks.push(format!(
                "the control plane and the dashboard answer on this machine only, at {}; --control-plane opens them \
                 under the public URL too",
                emulator.dashboard_url()
            ));
        }
        if self.host.is_unspecified() && self.public_url.is_none() {
            remarks.push(format!(
                "the links in replies begin with {}, which no other machine can follow; --public-url gives them \
                 another beginning",
                emulator.base_url().trim_end_matches("/api")
            ));
        }
        match emulator.beginning() {
            Beginning::StateFile if self.scenario.is_some() => remarks.push(
                "the state file was there already and wins: the scenario is staged at the next reset, with the seed of \
                 the file; its speed, limits and life of tokens count now"
                    .to_owned(),
            ),
            Beginning::RestagedFile if self.scenario.is_some() || self.speed.is_some() => remarks.push(
                "the state file holds a scenario that it was restaged with, which wins over --scenario and --speed, \
                 after a reset too; restage it with another, or begin a new file"
                    .to_owned(),
            ),
            _ => {}
        }
        remarks
    }
}

/// Links are this text with a path behind it, so it has to end where a path begins.
fn check_origin(url: &str) -> Result<()> {
    let refuse = |rule: &str| Err(Failure::input(format!("--public-url: {rule}"), ORIGIN_CURE));
    let Some(after_scheme) = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
    else {
        return refuse("it does not begin with http:// or https://");
    };
    if after_scheme.contains(['/', '?', '#']) {
        return refuse("something stands behind the host and the port");
    }
    let authority: Option<Authority> = after_scheme.parse().ok();
    let exact = authority.is_some_and(|authority| {
        let port = authority.port_u16().map(|port| format!(":{port}"));
        format!("{}{}", authority.host(), port.unwrap_or_default()) == after_scheme
    });
    if exact {
        Ok(())
    } else {
        refuse("the host or the port cannot be read")
    }
}

const ORIGIN_CURE: &str = "Write scheme, host and port and nothing behind them, not even a slash, such as http://sandbox.test:8080.";

/// The hint names the flag that is to blame.
fn refused(error: &StartError) -> Failure {
    let flag = match error.setting() {
        "state_file" => "--state",
        "trust_pem" => "--trust-pem",
        _ => "--host and --port",
    };
    Failure::configuration(error.rule(), format!("{flag}: {}.", error.cure()))
}

/// The two ways in which a program is asked to end.
#[cfg(unix)]
struct Ending {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Ending {
    fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| no_signals(&error));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn wait(mut self) {
        std::future::poll_fn(|context| {
            let asked =
                self.interrupt.poll_recv(context).is_ready() || self.terminate.poll_recv(context).is_ready();
            if asked {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Ending(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Ending {
    fn listen() -> Result<Self> {
        tokio::signal::windows::ctrl_c()
            .map(Self)
            .map_err(|error| no_signals(&error))
    }

    async fn wait(mut self) {
        self.0.recv().await;
    }
}

fn no_signals(error: &std::io::Error) -> Failure {
    Failure::configuration(
        format!("signals cannot be received: {error}"),
        "Check the limits of this machine.",
    )
}
