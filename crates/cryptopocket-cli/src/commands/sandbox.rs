use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cryptopocket_sandbox::{Beginning, Builder, Sandbox as Emulator, Speed, StartError, read_scenario};
use http::uri::Authority;

use crate::duration;
use crate::end::End;
use crate::prelude::*;

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
        let builder = set(self.builder()?, context.trusted_pem()?, Builder::trust_pem);
        let emulator = builder.start().await.map_err(|error| refused(&error))?;
        for remark in self.remarks(&emulator) {
            note(&remark);
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
        builder = set(builder, self.seed, Builder::seed);
        builder = set(builder, self.speed, Builder::speed);
        builder = set(builder, self.header_timeout, Builder::header_timeout);
        builder = set(builder, self.state.as_ref(), Builder::state_file);
        if self.control_plane {
            builder = builder.control_plane(true);
        }
        if let Some(url) = &self.public_url {
            check_origin(url)?;
            builder = builder.public_url(url);
        }
        Ok(builder)
    }

    /// Notes about settings whose effect the ready line does not show.
    fn remarks(&self, emulator: &Emulator) -> Vec<String> {
        let is_local = self.host.is_loopback();
        let staged = match emulator.beginning() {
            Beginning::StateFile if self.scenario.is_some() => Some(
                "the state file exists and takes precedence: the scenario is staged at the next reset, with the seed of \
                 the file; its speed, limits and token lifetime apply now",
            ),
            Beginning::RestagedFile if self.scenario.is_some() || self.speed.is_some() => Some(
                "the state file holds a scenario of its own from a restage, which takes precedence over --scenario and \
                 --speed, also after a reset; restage it with another, or begin a new file",
            ),
            _ => None,
        };
        let remarks = [
            (!self.control_plane && !is_local).then(|| {
                let host = self.host;
                format!(
                    "the control plane and the dashboard are off, because {host} is no loopback address; --control-plane \
                     opens them to every client that reaches the port"
                )
            }),
            (!self.control_plane && is_local && self.public_url.is_some()).then(|| {
                let url = emulator.dashboard_url();
                format!(
                    "the control plane and the dashboard answer on this machine only, at {url}; --control-plane opens them \
                     under the public URL too"
                )
            }),
            (self.host.is_unspecified() && self.public_url.is_none()).then(|| {
                let url = emulator.base_url();
                let origin = url.trim_end_matches("/api");
                format!(
                    "the links in replies begin with {origin}, which no other machine can follow; --public-url changes that"
                )
            }),
            staged.map(str::to_owned),
        ];
        remarks.into_iter().flatten().collect()
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
    let mut schemes = ["http://", "https://"].into_iter();
    let Some(after_scheme) = schemes.find_map(|scheme| url.strip_prefix(scheme)) else {
        return refuse("it does not begin with http:// or https://");
    };
    if after_scheme.contains(['/', '?', '#']) {
        return refuse("something follows the host and the port");
    }
    let is_exact = after_scheme.parse().is_ok_and(|authority: Authority| {
        let port = authority.port_u16().map(|port| format!(":{port}"));
        format!("{}{}", authority.host(), port.unwrap_or_default()) == after_scheme
    });
    if is_exact {
        Ok(())
    } else {
        refuse("the host or the port cannot be read")
    }
}

const ORIGIN_CURE: &str =
    "Give scheme, host and port and nothing after them, not even a slash, such as http://sandbox.test:8080.";
