use clap::Args;
use cryptopocket::webhooks::Subscription;
use cryptopocket::{EventType, Secret};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::open_word::doubt;
use crate::output::People;

/// Subscribe to one type of event
#[derive(Debug, Args)]
pub(crate) struct Subscribe {
    #[command(flatten)]
    target: Target,
}

/// Send one type of event to another address
#[derive(Debug, Args)]
pub(crate) struct Update {
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Args)]
struct Target {
    /// `PAY_IN`, `COINS_SENT`, `CRYPTO_RECEIVED` or `TRANSFER_RAMPOFF_FINISHED`
    #[arg(long, value_name = "EVENT")]
    r#type: EventType,
    /// Your address that receives it
    #[arg(long)]
    url: Secret,
}

impl Target {
    /// A subscription to a mistyped event might be taken, and nothing would ever come of it.
    fn doubt(&self) {
        if let Some(doubt) = doubt("--type", &self.r#type, EventType::ALL) {
            doubt.warn();
        }
    }
}

#[derive(Serialize)]
struct Subscribed {
    r#type: EventType,
    result: String,
}

impl From<Subscription> for Subscribed {
    fn from(subscription: Subscription) -> Self {
        Self {
            r#type: subscription.event,
            result: subscription.message,
        }
    }
}

impl People for Subscribed {
    fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("event", self.r#type.to_string()),
            ("result", self.result.clone()),
        ]
    }
}

impl Subscribe {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        self.target.doubt();
        let client = context.client()?;
        let call = client
            .webhooks()
            .create_subscription(self.target.r#type, self.target.url);
        let done = context.progress("subscribing").during(call).await?;
        let effect = format!("the subscription to {} was created", done.event);
        context.output.done(&Subscribed::from(done), &effect)
    }
}

impl Update {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        self.target.doubt();
        let client = context.client()?;
        let call = client
            .webhooks()
            .update_subscription(self.target.r#type, self.target.url);
        let done = context.progress("changing the subscription").during(call).await?;
        let effect = format!("the subscription to {} was changed", done.event);
        context.output.done(&Subscribed::from(done), &effect)
    }
}
