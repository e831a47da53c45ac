use clap::Args;
use cryptopocket::webhooks::Subscription;
use cryptopocket::{EventType, Secret};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::suggest::warn_if_unknown;

#[derive(Debug, Args)]
pub(crate) struct Target {
    /// `PAY_IN`, `COINS_SENT`, `CRYPTO_RECEIVED` or `TRANSFER_RAMPOFF_FINISHED`
    #[arg(long, value_name = "EVENT")]
    r#type: EventType,
    /// The address that receives it
    #[arg(long)]
    url: Secret,
}

#[derive(Serialize)]
struct Subscribed {
    r#type: EventType,
    result: String,
}

impl Target {
    pub(super) async fn subscribe(self, context: &mut Context) -> Result<()> {
        // The provider might accept a mistyped event, and never send one.
        warn_if_unknown("--type", &self.r#type, EventType::ALL);
        let client = context.client()?;
        let call = client.webhooks().create_subscription(self.r#type, self.url);
        let subscription = context.act("subscribing", "subscribe_webhook", call).await?;
        print(context, subscription, "created")
    }

    pub(super) async fn update(self, context: &mut Context) -> Result<()> {
        warn_if_unknown("--type", &self.r#type, EventType::ALL);
        let client = context.client()?;
        let call = client.webhooks().update_subscription(self.r#type, self.url);
        let subscription = context
            .act("changing the subscription", "update_webhook", call)
            .await?;
        print(context, subscription, "changed")
    }
}

fn print(context: &mut Context, subscription: Subscription, change: &str) -> Result<()> {
    let effect = format!("the subscription to {} was {change}", subscription.event);
    let subscribed = Subscribed {
        r#type: subscription.event,
        result: subscription.message,
    };
    context.output.effect(&subscribed, &effect)
}
