//! Webhook subscriptions, and receiving, forwarding, signing and verifying of webhooks.

mod backlog;
mod forward;
mod listen;
mod replay;
mod seen;
mod sign;
mod signature_input;
mod subscribe;
mod trigger;
mod verify;

use clap::{Args, Subcommand};

use crate::connection::Context;
use crate::failure::Result;
use signature_input::refused;

/// Subscribe to events, and receive, forward, sign and verify them
#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Subscribe to one type of event
    Subscribe(subscribe::Target),
    /// Send one type of event to another address
    Update(subscribe::Target),
    Listen(Box<listen::Listen>),
    Trigger(trigger::Trigger),
    Replay(replay::Replay),
    Verify(verify::Verify),
    Sign(sign::Sign),
}

impl Webhooks {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Subscribe(target) => target.subscribe(context).await,
            Command::Update(target) => target.update(context).await,
            Command::Listen(listen) => listen.run(context).await,
            Command::Trigger(trigger) => trigger.run(context).await,
            Command::Replay(replay) => replay.run(context).await,
            Command::Verify(verify) => verify.run(context),
            Command::Sign(sign) => sign.run(context),
        }
    }
}
