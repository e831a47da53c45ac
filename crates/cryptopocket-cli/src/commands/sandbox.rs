use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use cryptopocket_sandbox::{Builder, Sandbox as Emulator, Scenario, Speed};

use crate::connection::Context;
use crate::failure::{Failure, Result};

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
    /// A file that keeps everything over restarts; what it holds wins over --seed
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

impl Sandbox {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let emulator = self.builder()?.start().await.map_err(|error| {
            Failure::configuration(
                error.to_string(),
                "Choose another --host, --port (0 takes a free one) or --state.",
            )
        })?;
        // Before the line is out: whoever reads it may ask for the end at once.
        let end = Ending::listen()?;
        context.output.line(emulator.ready_line())?;
        end.wait().await;
        Ok(())
    }

    /// What a flag says wins over what the scenario says.
    fn builder(self) -> Result<Builder> {
        let mut builder = Emulator::builder().address(SocketAddr::new(self.host, self.port));
        if let Some(path) = self.scenario {
            let scenario = Scenario::read(path).map_err(|error| {
                Failure::input(format!("{}: {}", error.place(), error.rule()), error.cure())
            })?;
            builder = builder.scenario(scenario);
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(speed) = self.speed {
            builder = builder.speed(speed);
        }
        if let Some(path) = self.state {
            builder = builder.state_file(path);
        }
        Ok(builder)
    }
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
