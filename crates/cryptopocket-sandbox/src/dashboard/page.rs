//! The dashboard's page, and the feed of its parts for the script.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cryptopocket_emulator::{Engine, Reply};
use maud::{Markup, PreEscaped, html};

use super::view::View;
use super::{bank, clock, connection, customers, faults, log, offramps, parts, payments, webhooks};
use crate::web::Page;

const STYLE: &str = include_str!("dashboard.css");
const SCRIPT: &str = include_str!("dashboard.js");

type Show = fn(&Engine, &View) -> Markup;

/// A section: its id, its title, the part that the feed updates, and the part that stays.
struct Section(&'static str, &'static str, Show, Show);

const WIDE: &[Section] = &[
    Section("customers", "Customers", customers::table, nothing),
    Section("payments", "Payments", payments::table, nothing),
    Section("offramps", "Off-ramps", offramps::table, nothing),
    Section("bank", "Bank", bank::table, bank::credit),
    Section("webhooks", "Webhooks", webhooks::tables, nothing),
    Section("log", "Log of requests", log::table, nothing),
];
const SIDE: &[Section] = &[
    Section("clock", "Clock", clock::show, clock::advance),
    Section("faults", "Faults", faults::armed, faults::arm),
    Section("connection", "Connection", connection::switches, connection::show),
];

fn nothing(_: &Engine, _: &View) -> Markup {
    html! {}
}

#[derive(serde::Serialize)]
struct Feed {
    mark: String,
    parts: BTreeMap<String, String>,
}

impl Feed {
    fn of(engine: &Engine, view: &View) -> Self {
        let sections = WIDE.iter().chain(SIDE);
        let parts =
            sections.map(|Section(id, _, live, _)| (format!("live-{id}"), live(engine, view).into_string()));
        let parts: BTreeMap<_, _> = parts.collect();
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        let mark = format!("{:016x}", hasher.finish());
        Self { mark, parts }
    }
}

/// The present parts; no content if the browser shows them already.
pub(super) fn feed(engine: &Engine, view: &View) -> Reply {
    let feed = Feed::of(engine, view);
    let mut reply = if feed.mark == view.seen {
        Reply {
            status: 204,
            content_type: "",
            headers: Vec::new(),
            body: bytes::Bytes::new(),
        }
    } else {
        Reply::json(200, &feed)
    };
    reply.headers.push(("cache-control", "no-store".to_owned()));
    reply
}

/// The whole page. `notice` is the result of the last button: `good` or `bad`, and a text.
pub(super) fn show(engine: &Engine, view: &View, status: u16, notice: Option<(&str, &str)>) -> Reply {
    let feed = Feed::of(engine, view);
    let sections = |sections: &[Section]| {
        html! {
            @for Section(id, title, _, fixed) in sections {
                @let live = format!("live-{id}");
                section id=(id) aria-labelledby={ (id) "-title" } {
                    h2 id={ (id) "-title" } { (title) }
                    div .live id=(live) { (PreEscaped(feed.parts.get(&live).map_or("", String::as_str))) }
                    (fixed(engine, view))
                }
            }
        }
    };
    let (kind, text) = notice.unwrap_or(("", ""));
    let content = html! {
        div.bar {
            (search(engine, view))
            nav aria-label="Sections" {
                @for Section(id, title, ..) in WIDE.iter().chain(SIDE).filter(|section| section.0 != "connection") {
                    a href={ "#" (id) } { @if *id == "log" { "Log" } @else { (title) } }
                }
                a.docs href="/docs" { "API and guide" }
            }
        }
        main #main data-mark=(feed.mark) {
            h1 { "CryptoPocket API, emulated" }
            p #notice .note .(kind) role="status" { (text) }
            noscript { p.note { "Without script this page does not update by itself. " a href="" { "Load it again" } "." } }
            div.columns {
                div.wide { (sections(WIDE)) }
                div.side { (sections(SIDE)) }
            }
        }
    };
    let page = Page {
        title: "Dashboard",
        content,
        style: STYLE,
        script: Some(SCRIPT),
    };
    page.reply(status)
}

fn search(engine: &Engine, view: &View) -> Markup {
    html! {
        form #search role="search" method="get" action="/" {
            label.unseen for="q" { "Search" }
            input #q type="search" name="q" value=(view.search) placeholder="Search ids, names, e-mails, references"
                autocomplete="off" spellcheck="false";
            @if engine.integrations().len() > 1 {
                label.unseen for="integration" { "Integration" }
                select #integration name="integration" {
                    @for (index, integration) in engine.integrations().iter().enumerate() {
                        option value=(index) selected[index == view.integration] { (integration.key) }
                    }
                }
            }
            (parts::submit("Search"))
        }
    }
}
