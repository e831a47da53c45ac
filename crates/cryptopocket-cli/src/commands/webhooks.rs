//! Webhook subscriptions, and signatures of webhooks.

mod sign;
mod signature_input;
mod subscribe;
mod verify;

use clap::{Args, Subcommand};

use crate::connection::Context;
use crate::failure::Result;

/// Subscribe to events, and verify or make signatures
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
    Verify(verify::Verify),
    Sign(sign::Sign),
}

impl Webhooks {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Subscribe(target) => target.subscribe(context).await,
            Command::Update(target) => target.update(context).await,
            Command::Verify(verify) => verify.run(context),
            Command::Sign(sign) => sign.run(context),
        }
    }
}
