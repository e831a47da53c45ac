//! Webhook subscriptions, and receiving, forwarding, signing and verifying of webhooks.

mod backlog;
mod forward;
mod listen;
mod replay;
mod seen;
mod signature;
mod trigger;

use clap::{Args, Subcommand};
use cryptopocket::{EventType, Secret};

use crate::prelude::*;
use crate::suggest::warn_if_unknown;
use signature::refused;

#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
    /// Subscribe to one type of event
    Subscribe(Target),
    /// Send one type of event to another address
    Update(Target),
    Listen(Box<listen::Listen>),
    Trigger(trigger::Trigger),
    Replay(replay::Replay),
    Verify(signature::Verify),
    Sign(signature::Sign),
}

#[derive(Debug, Args)]
pub(crate) struct Target {
    /// `PAY_IN`, `COINS_SENT`, `CRYPTO_RECEIVED` or `TRANSFER_RAMPOFF_FINISHED`
    #[arg(long, value_name = "EVENT")]
    r#type: EventType,
    /// The address that receives it
    #[arg(long)]
    url: Secret,
}

impl Webhooks {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        match self {
            Self::Subscribe(target) => target.run(true, context).await,
            Self::Update(target) => target.run(false, context).await,
            Self::Listen(listen) => listen.run(context).await,
            Self::Trigger(trigger) => trigger.run(context).await,
            Self::Replay(replay) => replay.run(context).await,
            Self::Verify(verify) => verify.run(context),
            Self::Sign(sign) => sign.run(context),
        }
    }
}

impl Target {
    async fn run(self, is_new: bool, context: &mut Context) -> Result<()> {
        // The provider might accept a mistyped event, and never send one.
        warn_if_unknown("--type", &self.r#type, EventType::ALL);
        let client = context.client()?;
        let webhooks = client.webhooks();
        let (subscription, change) = if is_new {
            let call = webhooks.create_subscription(self.r#type, self.url);
            (context.act("subscribe_webhook", call).await?, "created")
        } else {
            let call = webhooks.update_subscription(self.r#type, self.url);
            (context.act("update_webhook", call).await?, "changed")
        };
        let effect = format!("the subscription to {} was {change}", subscription.event);
        let subscribed = object! { "type": subscription.event, "result": subscription.message };
        let subscribed = subscribed.extra(&subscription.extra);
        context.output.after(&*effect).said(&subscribed, clean(&effect))
    }
}
