//! Looking after an inbox of webhooks.

use clap::{ArgGroup, Args, Subcommand};
use cryptopocket::Timestamp;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket_inbox::{EventState, Filter, Inbox as Events, Quarantined, Resolution, Store, StoredEvent};

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::Part::At;
use crate::output::{Object, View, note, object};
use crate::store::{Access, StoreArgument, with_inbox};

/// How many dead letters and contents in quarantine `status` lists.
const SHOWN: u32 = 20;

#[derive(Debug, Subcommand)]
pub(crate) enum Inbox {
    /// Show counts by state, the oldest waiting event, dead letters and quarantine
    Status(StoreArgument),
    List(List),
    Retry(Retry),
    Resolve(Resolve),
}

/// List the events of an inbox, without their bodies
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    store: StoreArgument,
    /// Only events in this state: ready, scheduled, leased, done or dead
    #[arg(long, value_name = "STATE", value_parser = STATES)]
    state: Option<String>,
    /// Only events received at this time or later, such as 2026-06-20T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Maximum number to list
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

/// The states that `status` counts.
const STATES: [&str; 5] = ["ready", "scheduled", "leased", "done", "dead"];

/// An event that waits in the store is ready once it is due, and scheduled before.
fn state_of(event: &StoredEvent, now: Timestamp) -> &'static str {
    match event.state {
        EventState::Ready if event.due_at > now => "scheduled",
        state => state.as_str(),
    }
}

/// Make dead letters due again
///
/// The service that works on the inbox, or `webhooks listen` with --forward-to, handles them again.
#[derive(Debug, Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    store: StoreArgument,
    /// Only the event with this key
    #[arg(value_name = "KEY")]
    key: Option<String>,
}

/// Take a content out of quarantine
///
/// It came under the key of an event that has another content. Compare the object with `payments get` or `offramp get`
/// before you decide.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("decision").required(true).args(["release", "dismiss"])))]
pub(crate) struct Resolve {
    #[command(flatten)]
    store: StoreArgument,
    /// Number of the content, as `inbox status` shows it
    #[arg(value_name = "ID")]
    id: i64,
    /// Have it handled as an event of its own
    #[arg(long)]
    release: bool,
    /// Never have it handled
    #[arg(long)]
    dismiss: bool,
}

impl Inbox {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let (store, access) = match &self {
            Self::Status(store) | Self::List(List { store, .. }) => (store, Access::Look),
            Self::Retry(Retry { store, .. }) | Self::Resolve(Resolve { store, .. }) => {
                (store, Access::Change)
            }
        };
        with_inbox!(store.open(access).await?, inbox => {
            let result = match self {
                Self::Status(_) => status(&inbox, context).await,
                Self::List(list) => list.run(&inbox, context).await,
                Self::Retry(retry) => retry.run(&inbox, context).await,
                Self::Resolve(resolve) => resolve.run(&inbox, context).await,
            };
            inbox.close().await;
            result
        })
    }
}

const STATUS: View = &[
    ("ready", At("ready")),
    ("scheduled", At("scheduled")),
    ("leased", At("leased")),
    ("dead", At("dead")),
    ("quarantined", At("quarantined")),
    ("oldest waiting", At("oldest")),
    ("its age in seconds", At("oldest_age_seconds")),
];

fn event(event: &StoredEvent, now: Timestamp) -> Object {
    object! {
        "key": event.key,
        "type": event.name,
        "object_id": event.object_id,
        "state": state_of(event, now),
        "received_at": event.received_at,
        "due_at": event.due_at,
        "attempts": event.attempts,
        "reason": event.reason,
    }
}

const EVENTS: View = &[
    ("received", At("received_at")),
    ("key", At("key")),
    ("state", At("state")),
    (">attempts", At("attempts")),
    ("reason", At("reason")),
];

/// A content in quarantine, without its body.
fn content(content: &Quarantined) -> Object {
    object! {
        "id": content.id,
        "key": content.key,
        "received_at": content.received_at,
        "deliveries": content.deliveries,
    }
}

const QUARANTINE: View = &[
    (">id", At("id")),
    ("received", At("received_at")),
    ("key", At("key")),
    (">deliveries", At("deliveries")),
];

async fn status<S: Store>(inbox: &Events<S>, context: &mut Context) -> Result<()> {
    let counts = inbox.counts().await?;
    let now = SystemClock.now();
    let age = counts.oldest.and_then(|oldest| now.duration_since(oldest));
    let dead = inbox.list(Filter::all().state(EventState::Dead), SHOWN).await?;
    let dead: Vec<_> = dead.iter().map(|dead| event(dead, now)).collect();
    let quarantine = inbox.quarantined(SHOWN).await?;
    let quarantine: Vec<_> = quarantine.iter().map(content).collect();
    let status = object! {
        "ready": counts.ready,
        "scheduled": counts.scheduled,
        "leased": counts.leased,
        "dead": counts.dead,
        "quarantined": counts.quarantined,
        "oldest": counts.oldest,
        "oldest_age_seconds": age.map(|age| age.as_secs()),
        "dead_letters": dead,
        "quarantine": quarantine,
    };
    context.output.one(&status, STATUS)?;
    if context.output.is_json() {
        return Ok(());
    }
    if !dead.is_empty() {
        context.output.line("\ndead letters")?;
        context.output.table(&dead, EVENTS)?;
        note("`inbox retry` makes dead letters due again");
    }
    if !quarantine.is_empty() {
        context
            .output
            .line("\nquarantine: contents that differ from the first one of their event")?;
        context.output.table(&quarantine, QUARANTINE)?;
        note("`inbox resolve ID` releases or dismisses one");
    }
    Ok(())
}

impl List {
    async fn run<S: Store>(self, inbox: &Events<S>, context: &mut Context) -> Result<()> {
        let now = SystemClock.now();
        let mut filter = Filter::all();
        filter.state = EventState::ALL
            .iter()
            .copied()
            .find(|state| match self.state.as_deref() {
                Some("scheduled") => *state == EventState::Ready,
                wanted => wanted == Some(state.as_str()),
            });
        filter.since = self.since;
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        while entries.len() < most {
            let page = inbox.list(filter.clone(), self.limit).await?;
            let Some(last) = page.last() else { break };
            filter.after = Some(last.seq);
            let wanted = self.state.as_deref();
            let chosen = page
                .iter()
                .filter(|event| wanted.is_none_or(|state| state == state_of(event, now)));
            entries.extend(chosen.map(|chosen| event(chosen, now)));
        }
        entries.truncate(most);
        if context.output.is_json() {
            return entries.iter().try_for_each(|entry| context.output.json(entry));
        }
        context.output.table(&entries, EVENTS)
    }
}

impl Retry {
    async fn run<S: Store>(self, inbox: &Events<S>, context: &mut Context) -> Result<()> {
        let mut filter = Filter::all().state(EventState::Dead);
        let is_one = self.key.is_some();
        filter.key = self.key;
        let retried = inbox.replay(filter).await?;
        if is_one && retried == 0 {
            return Err(nothing("no dead letter has this key, or its body was erased"));
        }
        let text = format!("dead letters due again: {retried}");
        context.output.said(&object! { "retried": retried }, text)
    }
}

impl Resolve {
    async fn run<S: Store>(self, inbox: &Events<S>, context: &mut Context) -> Result<()> {
        let (resolution, word) = if self.release {
            (Resolution::Release, "released")
        } else {
            (Resolution::Dismiss, "dismissed")
        };
        if !inbox.resolve(self.id, resolution).await? {
            return Err(nothing("nothing with this number is in quarantine"));
        }
        let text = format!("content {} is {word}", self.id);
        context
            .output
            .said(&object! { "id": self.id, "resolution": word }, text)
    }
}

fn nothing(message: &str) -> Failure {
    Failure::check("not_found", message, "`inbox status` lists what there is.")
}
