//! Looking after an inbox of webhooks.

use clap::{ArgGroup, Args, Subcommand};
use cryptopocket::Timestamp;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket_inbox::{EventState, Filter, Inbox as Events, Resolution, Store, StoredEvent};

use crate::prelude::*;
use crate::store::{Access, StoreArgument, with_inbox};

/// How many dead letters and contents in quarantine `status` lists.
const SHOWN: u32 = 20;

#[derive(Debug, Subcommand)]
pub(crate) enum Inbox {
    /// Show counts by state, the oldest waiting event, dead letters and quarantine
    Status {
        #[command(flatten)]
        store: StoreArgument,
        /// Count finished events too, a moment after the others; on SQLite this reads the whole store
        #[arg(long)]
        done: bool,
    },
    List(List),
    /// Make dead letters due again
    ///
    /// The service that works on the inbox, or `webhooks listen` with --forward-to, handles them again.
    Retry {
        #[command(flatten)]
        store: StoreArgument,
        /// Only the event with this key
        #[arg(value_name = "KEY")]
        key: Option<String>,
    },
    /// Take a content out of quarantine
    ///
    /// It came under the key of an event that has another content. Compare the object with `payments get` or `offramp get`
    /// before you decide.
    #[command(group(ArgGroup::new("decision").required(true).args(["release", "dismiss"])))]
    Resolve {
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
    },
}

/// List the events of an inbox, without their bodies
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    store: StoreArgument,
    /// Only events in this state: ready, scheduled, leased, done or dead
    #[arg(long, value_name = "STATE", value_parser = ["ready", "scheduled", "leased", "done", "dead"])]
    state: Option<String>,
    /// Only events received at this time or later, such as 2026-06-20T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Maximum number to list
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

impl Inbox {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let (store, access) = match &self {
            Self::Status { store, .. } | Self::List(List { store, .. }) => (store, Access::Look),
            Self::Retry { store, .. } | Self::Resolve { store, .. } => (store, Access::Change),
        };
        with_inbox!(store.open(access).await?, inbox => {
            let result = self.work(&inbox, context).await;
            inbox.close().await;
            result
        })
    }

    async fn work<S: Store>(self, inbox: &Events<S>, context: &mut Context) -> Result<()> {
        match self {
            Self::Status { done, .. } => status(inbox, done, context).await,
            Self::List(list) => list.run(inbox, context).await,
            Self::Retry { key, .. } => {
                let mut filter = Filter::all().state(EventState::Dead);
                let is_one = key.is_some();
                filter.key = key;
                let retried = inbox.replay(filter).await?;
                if is_one && retried == 0 {
                    return Err(nothing("no dead letter has this key, or its body was erased"));
                }
                let text = format!("dead letters due again: {retried}");
                context.output.said(&object! { "retried": retried }, text)
            }
            Self::Resolve { id, release, .. } => {
                let (resolution, word) = if release {
                    (Resolution::Release, "released")
                } else {
                    (Resolution::Dismiss, "dismissed")
                };
                if !inbox.resolve(id, resolution).await? {
                    return Err(nothing("nothing with this number is in quarantine"));
                }
                let resolved = object! { "id": id, "resolution": word };
                context.output.said(&resolved, format!("content {id} is {word}"))
            }
        }
    }
}

fn nothing(message: &str) -> Failure {
    Failure::check("not_found", message, "`inbox status` lists what there is.")
}

/// An event that waits in the store is ready once it is due, and scheduled before.
fn state_of(event: &StoredEvent, now: Timestamp) -> &'static str {
    match event.state {
        EventState::Ready if event.due_at > now => "scheduled",
        state => state.as_str(),
    }
}

fn event(event: &StoredEvent, now: Timestamp) -> Object {
    object! {
        event => key, type: event.name, object_id, state: state_of(event, now), received_at, due_at, attempts, reason,
    }
}

async fn status<S: Store>(inbox: &Events<S>, counts_done: bool, context: &mut Context) -> Result<()> {
    let counts = inbox.counts().await?;
    let done = if counts_done {
        Some(inbox.done().await?)
    } else {
        None
    };
    let now = SystemClock.now();
    let age = counts.oldest.and_then(|oldest| now.duration_since(oldest));
    let dead = inbox.list(Filter::all().state(EventState::Dead), SHOWN).await?;
    let dead: Vec<_> = dead.iter().map(|dead| event(dead, now)).collect();
    let quarantine = inbox.quarantined(SHOWN).await?.into_iter();
    let quarantine = quarantine.map(|content| object! { content => id, key, received_at, deliveries });
    let quarantine: Vec<_> = quarantine.collect();
    let status = object! {
        counts => ready, scheduled, leased, dead, quarantined, oldest,
        oldest_age_seconds: age.map(|age| age.as_secs()), dead_letters: dead, quarantine: quarantine,
    };
    let status = status.maybe("done", done);
    let output = &mut context.output;
    output.one(&status, view::INBOX_STATUS)?;
    if !dead.is_empty() && !output.is_json() {
        output.line("\ndead letters")?;
        output.table(&dead, view::INBOX_EVENTS)?;
        note("`inbox retry` makes dead letters due again");
    }
    if !quarantine.is_empty() && !output.is_json() {
        output.line("\nquarantine: contents that differ from the first one of their event")?;
        output.table(&quarantine, view::QUARANTINE)?;
        note("`inbox resolve ID` releases or dismisses one");
    }
    Ok(())
}

impl List {
    async fn run<S: Store>(self, inbox: &Events<S>, context: &mut Context) -> Result<()> {
        let now = SystemClock.now();
        let wanted = self.state.as_deref();
        // The store does not tell scheduled from ready.
        let stored = wanted.map(|state| if state == "scheduled" { "ready" } else { state });
        let mut filter = Filter::all();
        let mut states = EventState::ALL.iter().copied();
        filter.state = states.find(|state| Some(state.as_str()) == stored);
        filter.since = self.since;
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        while entries.len() < most {
            let page = inbox.list(filter.clone(), self.limit).await?;
            let Some(last) = page.last() else { break };
            filter.after = Some(last.seq);
            let is_wanted = |event: &&StoredEvent| wanted.is_none_or(|state| state == state_of(event, now));
            entries.extend(page.iter().filter(is_wanted).map(|chosen| event(chosen, now)));
        }
        entries.truncate(most);
        let output = &mut context.output;
        if output.is_json() {
            return entries.iter().try_for_each(|entry| output.json(entry));
        }
        output.table(&entries, view::INBOX_EVENTS)
    }
}
