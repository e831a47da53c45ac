//! The dashboard's page, and the parts of it that a script keeps up to date.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cryptopocket_emulator::{Engine, Reply};
use maud::{Markup, PreEscaped, html};

use super::view::View;
use super::{bank, clock, connection, customers, faults, log, offramps, parts, payments, webhooks};
use crate::web::{Inline, Page};

static STYLE: Inline = Inline::new(include_str!("dashboard.css"));
static SCRIPT: Inline = Inline::new(include_str!("dashboard.js"));

type Show = fn(&Engine, &View) -> Markup;

/// A section of the page.
struct Section {
    id: &'static str,
    title: &'static str,
    /// The id of the part that is kept up to date, and what shows it.
    live: (&'static str, Show),
    /// What follows it and stays.
    fixed: Show,
}

const fn section(id: &'static str, title: &'static str, live: (&'static str, Show), fixed: Show) -> Section {
    Section {
        id,
        title,
        live,
        fixed,
    }
}

fn nothing(_: &Engine, _: &View) -> Markup {
    html! {}
}

const WIDE: &[Section] = &[
    section(
        "customers",
        "Customers",
        ("live-customers", customers::table),
        nothing,
    ),
    section(
        "payments",
        "Payments",
        ("live-payments", payments::table),
        nothing,
    ),
    section(
        "offramps",
        "Off-ramps",
        ("live-offramps", offramps::table),
        nothing,
    ),
    section("bank", "Bank", ("live-bank", bank::table), bank::credit),
    section(
        "webhooks",
        "Webhooks",
        ("live-webhooks", webhooks::tables),
        nothing,
    ),
    section("log", "Log of requests", ("live-log", log::table), nothing),
];
const SIDE: &[Section] = &[
    section("clock", "Clock", ("live-clock", clock::show), clock::advance),
    section("faults", "Faults", ("live-faults", faults::armed), faults::arm),
    section(
        "connection",
        "Connection",
        ("live-switches", connection::switches),
        connection::show,
    ),
];

#[derive(serde::Serialize)]
struct Feed {
    mark: String,
    parts: BTreeMap<&'static str, String>,
}

impl Feed {
    fn of(engine: &Engine, view: &View) -> Self {
        let sections = WIDE.iter().chain(SIDE);
        let parts = sections.map(|section| (section.live.0, (section.live.1)(engine, view).into_string()));
        let parts: BTreeMap<_, _> = parts.collect();
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        let mark = format!("{:016x}", hasher.finish());
        Self { mark, parts }
    }
}

/// The parts as they are now; no content if the browser shows them already.
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

/// The whole page. `notice` is the outcome of the last button: `good` or `bad`, and a text.
pub(super) fn show(engine: &Engine, view: &View, status: u16, notice: Option<(&str, &str)>) -> Reply {
    let feed = Feed::of(engine, view);
    let sections = |sections: &[Section]| {
        html! {
            @for Section { id, title, live: (live, _), fixed } in sections {
                section id=(id) aria-labelledby={ (id) "-title" } {
                    h2 id={ (id) "-title" } { (title) }
                    div .live id=(live) { (PreEscaped(feed.parts.get(live).map_or("", String::as_str))) }
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
                @for Section { id, title, .. } in WIDE.iter().chain(SIDE).filter(|section| section.id != "connection") {
                    a href={ "#" (id) } { @if *id == "log" { "Log" } @else { (title) } }
                }
                a.docs href="/docs" { "API page" }
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
        style: Some(&STYLE),
        script: Some(&SCRIPT),
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
                label.unseen for="who" { "Integration" }
                select #who name="who" {
                    @for (index, integration) in engine.integrations().iter().enumerate() {
                        option value=(index) selected[index == view.integration] { (integration.key) }
                    }
                }
            }
            (parts::submit("Search"))
        }
    }
}
