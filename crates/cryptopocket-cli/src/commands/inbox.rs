//! Looking after an inbox of webhooks.

use clap::{ArgGroup, Args, Subcommand};
use cryptopocket::Timestamp;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket_inbox::{EventState, Filter, Inbox as Events, Quarantined, Resolution, Store, Summary};
use serde::Serialize;
use serde_json::json;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::{Cell, View, cell, note};
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
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<State>,
    /// Only events received at this time or later, such as 2026-06-20T10:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Maximum number to list
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

/// The states that `status` counts: an event that waits in the store is ready once it is due, and scheduled before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Scheduled,
    Stored(EventState),
}

impl State {
    fn of(event: &Summary, now: Timestamp) -> Self {
        match event.state {
            EventState::Ready if event.due_at > now => Self::Scheduled,
            state => Self::Stored(state),
        }
    }

    const fn stored(self) -> EventState {
        match self {
            Self::Scheduled => EventState::Ready,
            Self::Stored(state) => state,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Stored(state) => state.as_str(),
        }
    }
}

fn state(text: &str) -> Result<State, String> {
    let stored = EventState::ALL.iter().copied().map(State::Stored);
    let known = stored
        .chain([State::Scheduled])
        .find(|state| state.as_str() == text);
    known.ok_or_else(|| "must be ready, scheduled, leased, done or dead".to_owned())
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

#[derive(Serialize)]
struct Status {
    ready: u64,
    scheduled: u64,
    leased: u64,
    dead: u64,
    quarantined: u64,
    oldest: Option<Timestamp>,
    oldest_age_seconds: Option<u64>,
    dead_letters: Vec<Entry>,
    quarantine: Vec<Content>,
}

impl View for Status {
    fn cells(&self) -> Vec<Cell> {
        let age = self
            .oldest_age_seconds
            .map(|seconds| format!(", {seconds} s ago"));
        let oldest = self
            .oldest
            .map(|oldest| format!("{oldest}{}", age.unwrap_or_default()));
        vec![
            cell("ready", Some(self.ready)),
            cell("scheduled", Some(self.scheduled)),
            cell("leased", Some(self.leased)),
            cell("dead", Some(self.dead)),
            cell("quarantined", Some(self.quarantined)),
            cell("oldest waiting", oldest),
        ]
    }
}

#[derive(Serialize)]
struct Entry {
    key: String,
    r#type: String,
    object_id: Option<String>,
    state: &'static str,
    received_at: Timestamp,
    due_at: Timestamp,
    attempts: u32,
    reason: Option<String>,
}

impl Entry {
    fn at(event: Summary, now: Timestamp) -> Self {
        Self {
            state: State::of(&event, now).as_str(),
            key: event.key,
            r#type: event.name,
            object_id: event.object_id,
            received_at: event.received_at,
            due_at: event.due_at,
            attempts: event.attempts,
            reason: event.reason,
        }
    }
}

impl View for Entry {
    fn cells(&self) -> Vec<Cell> {
        vec![
            cell("RECEIVED", Some(self.received_at)),
            cell("KEY", Some(&self.key)),
            cell("STATE", Some(self.state)),
            cell(">ATTEMPTS", Some(self.attempts)),
            cell("REASON", self.reason.as_ref()),
        ]
    }
}

/// A content in quarantine, without its body.
#[derive(Serialize)]
struct Content {
    id: i64,
    key: String,
    received_at: Timestamp,
    deliveries: u32,
}

impl From<Quarantined> for Content {
    fn from(content: Quarantined) -> Self {
        Self {
            id: content.id,
            key: content.key,
            received_at: content.received_at,
            deliveries: content.deliveries,
        }
    }
}

impl View for Content {
    fn cells(&self) -> Vec<Cell> {
        vec![
            cell(">ID", Some(self.id)),
            cell("RECEIVED", Some(self.received_at)),
            cell("KEY", Some(&self.key)),
            cell(">DELIVERIES", Some(self.deliveries)),
        ]
    }
}

async fn status<S: Store>(inbox: &Events<S>, context: &mut Context) -> Result<()> {
    let counts = inbox.counts().await?;
    let dead_letters = inbox.list(Filter::all().state(EventState::Dead), SHOWN).await?;
    let now = SystemClock.now();
    let status = Status {
        ready: counts.ready,
        scheduled: counts.scheduled,
        leased: counts.leased,
        dead: counts.dead,
        quarantined: counts.quarantined,
        oldest: counts.oldest,
        oldest_age_seconds: counts
            .oldest
            .and_then(|oldest| Some(now.duration_since(oldest)?.as_secs())),
        dead_letters: dead_letters
            .into_iter()
            .map(|event| Entry::at(event, now))
            .collect(),
        quarantine: inbox
            .quarantined(SHOWN)
            .await?
            .into_iter()
            .map(Content::from)
            .collect(),
    };
    context.output.one(&status)?;
    if context.output.is_json() {
        return Ok(());
    }
    if !status.dead_letters.is_empty() {
        context.output.line("\ndead letters")?;
        context.output.table(&status.dead_letters)?;
        note("`inbox retry` makes dead letters due again");
    }
    if !status.quarantine.is_empty() {
        context
            .output
            .line("\nquarantine: contents that differ from the first one of their event")?;
        context.output.table(&status.quarantine)?;
        note("`inbox resolve ID` releases or dismisses one");
    }
    Ok(())
}

impl List {
    async fn run<S: Store>(self, inbox: &Events<S>, context: &mut Context) -> Result<()> {
        let now = SystemClock.now();
        let mut filter = Filter::all();
        filter.state = self.state.map(State::stored);
        filter.since = self.since;
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        while entries.len() < most {
            let page = inbox.list(filter.clone(), self.limit).await?;
            let Some(last) = page.last() else { break };
            filter.after = Some(last.seq);
            let chosen = page
                .into_iter()
                .filter(|event| self.state.is_none_or(|state| state == State::of(event, now)));
            entries.extend(chosen.map(|event| Entry::at(event, now)));
        }
        entries.truncate(most);
        if context.output.is_json() {
            return entries.iter().try_for_each(|entry| context.output.json(entry));
        }
        context.output.table(&entries)
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
        context.output.said(&json!({ "retried": retried }), text)
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
            .said(&json!({ "id": self.id, "resolution": word }), text)
    }
}

fn nothing(message: &str) -> Failure {
    Failure::check("not_found", message, "`inbox status` lists what there is.")
}
