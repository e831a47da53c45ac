use clap::Args;
use cryptopocket::Timestamp;
use cryptopocket::inbox::Filter;
use serde_json::json;

use super::backlog::{Next, forward_next};
use super::forward::Receiver;
use crate::connection::Context;
use crate::end::End;
use crate::failure::{Failure, Result};
use crate::store::{StoreArgument, of_store};

/// Have stored events handled again
///
/// Makes events that are done or given up due again: the service that works on the inbox, or `webhooks listen` with
/// --forward-to, handles them with all their effects. With --to, they are sent there now instead, with all others that
/// are due, signed anew if they are older than 4 minutes; exit code 8 if the receiver does not take one of them.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    store: StoreArgument,
    /// Only events received at this time or later, such as 2026-06-20T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only the event with this key, as `inbox list` shows it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Receiver to send them to, such as localhost:3000/webhooks
    #[arg(long, value_name = "URL")]
    to: Option<String>,
}

impl Replay {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let receiver = match &self.to {
            Some(url) => Some(Receiver::new("--to", url, context.api_secret()?, context)?),
            None => None,
        };
        let kept = self.store.open().await?;
        let mut filter = Filter::all();
        filter.since = self.since;
        filter.key = self.key;
        let replayed = kept.replay(filter).await?;
        let Some(receiver) = receiver else {
            kept.close().await;
            let text = format!("events due again: {replayed}");
            return context.output.said(&json!({ "replayed": replayed }), text);
        };
        let end = End::listen()?;
        let mut not_taken = 0;
        while let Next::Forwarded(forwarded) = forward_next(&kept, &receiver, &end)
            .await
            .map_err(|error| of_store(&error))?
        {
            not_taken += u32::from(!forwarded.is_taken);
            forwarded.seen.print(context)?;
        }
        kept.close().await;
        if not_taken == 0 {
            return Ok(());
        }
        Err(Failure::check(
            "not_accepted",
            format!("the receiver did not take {not_taken} of the events"),
            "They are due again later. A receiver answers 2xx once it has stored the event. Check its address, its secret \
             and its log.",
        ))
    }
}
