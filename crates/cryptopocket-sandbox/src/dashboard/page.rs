//! The dashboard's page, and the feed of its parts for the script.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use askama::Template;
use cryptopocket_emulator::server::{EVENT_TYPES, Entry, PAYMENT_TYPES};
use cryptopocket_emulator::{
    BankTransaction, Delivery, Engine, Fault, Integration, Outage, ROUTES, Reinforcement, Reply,
    TransferFault, WebhookFault,
};

use super::list::Rows;
use super::view::View;
use crate::web::{self, rendered};

const STYLE: &str = include_str!("dashboard.css");
const SCRIPT: &str = include_str!("dashboard.js");

/// The sections, each with its id and its title.
const WIDE: &[(&str, &str)] = &[
    ("customers", "Customers"),
    ("payments", "Payments"),
    ("offramps", "Off-ramps"),
    ("bank", "Bank"),
    ("webhooks", "Webhooks"),
    ("log", "Log of requests"),
];
const SIDE: &[(&str, &str)] = &[
    ("clock", "Clock"),
    ("faults", "Faults"),
    ("connection", "Connection"),
];

/// A part of a section.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "dashboard/section.html")]
struct Part<'a> {
    section: &'a str,
    /// Whether it is the part that the feed updates, or the part that stays.
    live: bool,
    engine: &'a Engine,
    view: &'a View,
    integration: &'a Integration,
}

impl<'a> Part<'a> {
    fn deliveries(&self) -> Rows<'a, Delivery> {
        let own = |delivery: &&Delivery| delivery.integration == self.view.integration;
        Rows::of(self.view, "webhooks", self.engine.deliveries().rev().filter(own))
    }

    /// The payment whose concept a credit carries.
    fn suggestion(&self, transaction: &BankTransaction) -> Option<&'a str> {
        let concept = transaction.concept.as_deref()?.trim().parse().ok()?;
        let found = self.integration.with_concept(concept)?;
        Some(&found.id)
    }

    /// The virtual time until the next timer fires.
    fn next_pause(&self) -> Option<Duration> {
        let (next, now) = (self.engine.next_timer()?, self.engine.now());
        (next > now).then(|| next.since(now))
    }
}

/// The meaning of an answer of the API.
pub(super) fn meaning_of_answer(call: &Entry) -> &'static str {
    match call.status {
        Some(200..300) if !call.word().starts_with("error") => "good",
        Some(200..300) => "warn",
        _ => "bad",
    }
}

#[derive(Debug, serde::Serialize)]
struct Feed {
    mark: String,
    parts: BTreeMap<String, String>,
}

impl Feed {
    fn of(engine: &Engine, view: &View) -> Self {
        let sections = WIDE.iter().chain(SIDE);
        let parts = sections.map(|(id, _)| (format!("live-{id}"), part(engine, view, id, true)));
        let parts: BTreeMap<_, _> = parts.collect();
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        let mark = format!("{:016x}", hasher.finish());
        Self { mark, parts }
    }

    fn part(&self, section: &str) -> &str {
        let part = self.parts.get(&format!("live-{section}"));
        part.map_or("", String::as_str)
    }
}

/// The part of a section that the feed updates, or the part that stays.
fn part(engine: &Engine, view: &View, section: &str, live: bool) -> String {
    let integration = view.integration(engine);
    rendered(Part {
        section,
        live,
        engine,
        view,
        integration,
    })
}

/// The present parts; no content if the browser shows them already.
pub(super) fn feed(engine: &Engine, view: &View) -> Reply {
    let feed = Feed::of(engine, view);
    let mut reply = if feed.mark == view.seen {
        Reply::with_type(204, "", "")
    } else {
        Reply::json(200, &feed)
    };
    reply.headers.push(("cache-control", "no-store".to_owned()));
    reply
}

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "dashboard/page.html")]
struct Dashboard<'a> {
    engine: &'a Engine,
    view: &'a View,
    feed: Feed,
    kind: &'a str,
    text: &'a str,
}

/// The whole page. `notice` is the result of the last button: `good` or `bad`, and a text.
pub(super) fn show(engine: &Engine, view: &View, status: u16, notice: Option<(&str, &str)>) -> Reply {
    let (kind, text) = notice.unwrap_or(("", ""));
    let feed = Feed::of(engine, view);
    let content = Dashboard {
        engine,
        view,
        feed,
        kind,
        text,
    };
    web::page(status, "Dashboard", content, STYLE, Some(SCRIPT))
}
