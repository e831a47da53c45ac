use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cryptopocket_sandbox::{Beginning, Builder, Sandbox as Emulator, Speed, StartError, read_scenario};
use http::uri::Authority;

use crate::connection::Context;
use crate::duration;
use crate::end::End;
use crate::failure::{Failure, Result};
use crate::output;

/// Run an emulator of the provider on this machine
///
/// Prints one line of JSON on stdout as soon as it accepts connections, with the addresses and credentials to use. Ends
/// on Ctrl-C and SIGTERM. It is this project's, not the provider's. Without --state, it loses everything when it ends.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Seed of ids, tokens and prices [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Speed of its clock: instant, manual, realtime, or a number such as 60x [default: instant]
    #[arg(long)]
    speed: Option<Speed>,
    /// Scenario file in YAML or JSON: the initial state and the faults
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// File that keeps the state over restarts; it takes precedence over --seed, and a --scenario is staged at the next
    /// reset
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Open the control plane and the dashboard to every client that reaches the port; without it, they answer on a
    /// loopback --host only, to this machine's own names
    #[arg(long)]
    control_plane: bool,
    /// Origin of the links in replies: scheme, host and port [default: the address listened on]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How long a client may take to send the head of a request, such as 10s [default: 60s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
    header_timeout: Option<Duration>,
}

impl Sandbox {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut builder = self.builder()?;
        if let Some(pem) = context.trusted_pem()? {
            builder = builder.trust_pem(pem);
        }
        let emulator = builder.start().await.map_err(|error| refused(&error))?;
        for remark in self.remarks(&emulator) {
            output::note(&remark);
        }
        // Before the ready line: its reader may send the signal at once.
        let end = End::listen()?;
        context.output.line(emulator.ready_line())?;
        end.reached().await;
        Ok(())
    }

    /// Flags take precedence over the scenario.
    fn builder(&self) -> Result<Builder> {
        let mut builder = Emulator::builder().address(SocketAddr::new(self.host, self.port));
        if let Some(path) = &self.scenario {
            let scenario = read_scenario(path).map_err(|error| {
                let cure = format!("--scenario: {}.", error.cure);
                Failure::input(format!("{}: {}", error.place, error.rule), cure)
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
        if let Some(timeout) = self.header_timeout {
            builder = builder.header_timeout(timeout);
        }
        Ok(builder)
    }

    /// Notes about settings whose effect the ready line does not show.
    fn remarks(&self, emulator: &Emulator) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.control_plane && !self.host.is_loopback() {
            remarks.push(format!(
                "the control plane and the dashboard are off, because {} is no loopback address; --control-plane opens \
                 them to every client that reaches the port",
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
                "the links in replies begin with {}, which no other machine can follow; --public-url changes that",
                emulator.base_url().trim_end_matches("/api")
            ));
        }
        match emulator.beginning() {
            Beginning::StateFile if self.scenario.is_some() => remarks.push(
                "the state file exists and takes precedence: the scenario is staged at the next reset, with the seed of \
                 the file; its speed, limits and token lifetime apply now"
                    .to_owned(),
            ),
            Beginning::RestagedFile if self.scenario.is_some() || self.speed.is_some() => remarks.push(
                "the state file holds a scenario of its own from a restage, which takes precedence over --scenario and \
                 --speed, also after a reset; restage it with another, or begin a new file"
                    .to_owned(),
            ),
            _ => {}
        }
        remarks
    }
}

/// The hint names the flag to correct.
fn refused(error: &StartError) -> Failure {
    let flag = match error.setting {
        "state_file" => "--state",
        "trust_pem" => "--ca-file",
        _ => "--host and --port",
    };
    Failure::configuration(error.rule.as_str(), format!("{flag}: {}.", error.cure))
}

/// Links are this text followed by a path, so nothing may follow the port.
fn check_origin(url: &str) -> Result<()> {
    let refuse = |rule: &str| Err(Failure::input(format!("--public-url: {rule}"), ORIGIN_CURE));
    let Some(after_scheme) = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"))
    else {
        return refuse("it does not begin with http:// or https://");
    };
    if after_scheme.contains(['/', '?', '#']) {
        return refuse("something follows the host and the port");
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

const ORIGIN_CURE: &str =
    "Give scheme, host and port and nothing after them, not even a slash, such as http://sandbox.test:8080.";
