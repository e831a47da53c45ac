use clap::{ArgGroup, Args};
use cryptopocket::{Secret, Timestamp};
use cryptopocket_inbox::{Filter, Inbox, Store};

use super::forward::{Receiver, not_taken};
use super::seen::Seen;
use crate::prelude::*;
use crate::store::{Access, StoreArgument, with_inbox};

/// Events read at a time.
const PAGE: u32 = 100;

/// Have stored events handled again, or send copies of them to a receiver
///
/// Without --to, events that are done or given up become due again: the service that works on the inbox, or
/// `webhooks listen` with --forward-to, handles them once more, with all their effects. Choose them with --key or --since;
/// --all takes every one.
///
/// With --to, each chosen event is sent there once, in the order of arrival, whatever its state. The inbox stays as it is,
/// and no other event is sent. An event older than 4 minutes is signed anew, with the present time, since a receiver
/// refuses old signatures. Exit code 8 if the receiver does not take one of them.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("choice").required(true).multiple(true).args(["since", "key", "all", "to"])))]
pub(crate) struct Replay {
    #[command(flatten)]
    store: StoreArgument,
    /// Only events received at this time or later, such as 2026-06-20T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Only the event with this key, as `inbox list` shows it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// All events
    #[arg(long, conflicts_with_all = ["since", "key"])]
    all: bool,
    /// Receiver to send copies to, such as localhost:3000/webhooks
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Secret that the receiver verifies with [default: the API secret]
    #[arg(long, value_name = "SECRET", requires = "to")]
    secret: Option<Secret>,
}

impl Replay {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let mut filter = Filter::all();
        (filter.since, filter.key) = (self.since, self.key);
        let receiver = Receiver::at("--to", self.to, self.secret, context)?;
        let access = if receiver.is_some() {
            Access::Look
        } else {
            Access::Change
        };
        with_inbox!(self.store.open(access).await?, inbox => {
            let result = match receiver {
                Some(receiver) => send(&inbox, filter, &receiver, context).await,
                None => match inbox.replay(filter).await {
                    Ok(replayed) => {
                        let text = format!("events due again: {replayed}");
                        context.output.said(&object! { "replayed": replayed }, text)
                    }
                    Err(error) => Err(error.into()),
                },
            };
            inbox.close().await;
            result
        })
    }
}

/// Sends copies. Goes on after one that is not taken, and ends with the failure of the first such event.
async fn send<S: Store>(
    inbox: &Inbox<S>,
    mut filter: Filter,
    receiver: &Receiver,
    context: &mut Context,
) -> Result<()> {
    let (mut sent, mut erased, mut missed, mut first) = (0_u32, 0_u32, 0_u32, None::<Failure>);
    loop {
        let page = inbox.read(filter.clone(), PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        filter.after = Some(*last);
        for (_, delivery) in page {
            let Some(delivery) = delivery else {
                erased += 1;
                continue;
            };
            let answer = receiver.send_stored(&delivery).await;
            sent += 1;
            let seen = Seen::verified(delivery.received_at(), delivery.event());
            seen.forwarded(answer.as_ref().ok().copied()).print(context)?;
            if let Some(failure) = not_taken(&answer) {
                missed += 1;
                first.get_or_insert(failure);
            }
        }
    }
    if erased > 0 {
        let why = "events cannot be sent: their bodies were erased, or are sealed";
        warn(&format!("{erased} {why}"));
    }
    if sent == 0 {
        note("no stored event was chosen");
    }
    first.map_or(Ok(()), |mut failure| {
        if sent > 1 {
            let others = format!("; {missed} of {sent} events were not taken");
            failure.message.push_str(&others);
        }
        Err(failure)
    })
}
