//! Subscriptions, and signatures tried by hand.

mod given;
mod sign;
mod subscribe;
mod verify;

use clap::{Args, Subcommand};

use crate::connection::Context;
use crate::failure::Result;

/// Subscribe to events, and check or make their signatures
#[derive(Debug, Args)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Subscribe(subscribe::Subscribe),
    Update(subscribe::Update),
    Verify(verify::Verify),
    Sign(sign::Sign),
}

impl Webhooks {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self.command {
            Command::Subscribe(subscribe) => subscribe.run(context).await,
            Command::Update(update) => update.run(context).await,
            Command::Verify(verify) => verify.run(context),
            Command::Sign(sign) => sign.run(context),
        }
    }
}
