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

use clap::Subcommand;

use crate::connection::Context;
use crate::failure::Result;
use signature_input::refused;

#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
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
        match self {
            Self::Subscribe(target) => target.subscribe(context).await,
            Self::Update(target) => target.update(context).await,
            Self::Listen(listen) => listen.run(context).await,
            Self::Trigger(trigger) => trigger.run(context).await,
            Self::Replay(replay) => replay.run(context).await,
            Self::Verify(verify) => verify.run(context),
            Self::Sign(sign) => sign.run(context),
        }
    }
}
