//! What of the world is shown, as a page and as the fragments that keep the page up to date.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cryptopocket_emulator::server::Fields;
use cryptopocket_emulator::{Engine, Integration, Reply, Request};
use maud::{Markup, html};

use super::{bank, customers, log, offramps, parts, payments, side, webhooks};
use crate::web::{Inline, Page};

static STYLE: Inline = Inline::new(include_str!("dashboard.css"));
static SCRIPT: Inline = Inline::new(include_str!("dashboard.js"));

/// The sections that have pages, which are numbered in the address under their names.
const PAGED: &[&str] = &["customers", "payments", "offramps", "bank", "webhooks", "log"];
/// Pages beyond it are not looked for.
const FARTHEST: usize = 1_000_000;

/// What somebody looks for.
#[derive(Debug)]
pub(super) struct View {
    /// In lower case; empty where nothing is looked for.
    pub(super) wanted: String,
    query: String,
    /// The index of the integration.
    pub(super) integration: usize,
    /// The pages of the sections that do not show their first.
    pages: BTreeMap<&'static str, usize>,
    /// What the page shows already.
    seen: String,
    pub(super) done: bool,
}

impl View {
    pub(super) fn of(engine: &Engine, request: &Request) -> Self {
        let input = Fields::query(request);
        let text = |name| input.raw_text(name).unwrap_or_default();
        let query = text("q").trim().to_owned();
        let index = text("who").parse::<usize>().unwrap_or(0);
        Self {
            wanted: query.to_lowercase(),
            integration: index.min(engine.integrations().len().saturating_sub(1)),
            pages: PAGED
                .iter()
                .filter_map(|section| Some((*section, text(section).parse().ok()?)))
                .filter(|(_, page)| (2..=FARTHEST).contains(page))
                .collect(),
            seen: text("seen").to_owned(),
            done: text("done") == "1",
            query,
        }
    }

    /// The integration that is shown.
    pub(super) fn integration<'e>(&self, engine: &'e Engine) -> &'e Integration {
        &engine.integrations()[self.integration]
    }

    /// The query string that leads back to this view.
    pub(super) fn query(&self) -> String {
        self.query_with(&self.pages)
    }

    fn query_with(&self, pages: &BTreeMap<&str, usize>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.query.is_empty() {
            query.append_pair("q", &self.query);
        }
        if self.integration > 0 {
            query.append_pair("who", &self.integration.to_string());
        }
        for (section, page) in pages {
            query.append_pair(section, &page.to_string());
        }
        query.finish()
    }

    /// The page of a section that is looked at, counted from 1.
    pub(super) fn page(&self, section: &str) -> usize {
        self.pages.get(section).copied().unwrap_or(1)
    }

    /// The address of this view with another page of a section.
    pub(super) fn turned(&self, section: &'static str, page: usize) -> String {
        let mut pages = self.pages.clone();
        if page > 1 {
            pages.insert(section, page);
        } else {
            pages.remove(section);
        }
        format!("/?{}#{section}", self.query_with(&pages))
    }

    /// Whether one of `texts` has in it what is looked for.
    pub(super) fn finds(&self, texts: &[&str]) -> bool {
        self.wanted.is_empty()
            || texts
                .iter()
                .any(|text| text.to_lowercase().contains(&self.wanted))
    }
}

type Part = (&'static str, fn(&Engine, &View) -> Markup);

/// The parts of the page that change by themselves, by their ids.
const PARTS: &[Part] = &[
    ("live-clock", side::clock),
    ("live-switches", side::switches),
    ("live-faults", side::armed),
    ("live-customers", customers::table),
    ("live-payments", payments::table),
    ("live-offramps", offramps::table),
    ("live-bank", bank::table),
    ("live-webhooks", webhooks::tables),
    ("live-log", log::table),
];

#[derive(serde::Serialize)]
struct Feed {
    mark: String,
    parts: BTreeMap<&'static str, String>,
}

impl Feed {
    fn of(engine: &Engine, view: &View) -> Self {
        let parts: BTreeMap<&str, String> = PARTS
            .iter()
            .map(|(id, show)| (*id, show(engine, view).into_string()))
            .collect();
        let mut hasher = DefaultHasher::new();
        parts.hash(&mut hasher);
        let mark = format!("{:016x}", hasher.finish());
        Self { mark, parts }
    }
}

/// The parts as they are now; nothing where that is what the page shows.
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

const SECTIONS: &[(&str, &str)] = &[
    ("customers", "Customers"),
    ("payments", "Payments"),
    ("offramps", "Off-ramps"),
    ("bank", "Bank"),
    ("webhooks", "Webhooks"),
    ("log", "Log"),
    ("clock", "Clock"),
    ("faults", "Faults"),
];

/// The whole page; `notice` is what came of the last button, and whether that is good.
pub(super) fn page(engine: &Engine, view: &View, status: u16, notice: Option<(&str, &str)>) -> Reply {
    let feed = Feed::of(engine, view);
    let part = |id: &str| {
        html! { div .live id=(id) { (maud::PreEscaped(feed.parts.get(id).map_or("", String::as_str))) } }
    };
    let section = |id: &str, title: &str, live: &str, beside: Markup| {
        html! {
            section id=(id) aria-labelledby={ (id) "-title" } {
                h2 id={ (id) "-title" } { (title) }
                (part(live))
                (beside)
            }
        }
    };
    let (kind, text) = notice.unwrap_or(("", ""));
    let content = html! {
        div.bar {
            (search(engine, view))
            nav aria-label="Sections" {
                @for (id, title) in SECTIONS { a href={ "#" (id) } { (title) } }
                a.docs href="/docs" { "API page" }
            }
        }
        main #main data-mark=(feed.mark) {
            h1 { "CryptoPocket API, emulated" }
            p #notice .note .(kind) role="status" { (text) }
            noscript { p.note { "Without script this page does not update by itself. " a href="" { "Load it again" } "." } }
            div.columns {
                div.wide {
                    (section("customers", "Customers", "live-customers", html! {}))
                    (section("payments", "Payments", "live-payments", html! {}))
                    (section("offramps", "Off-ramps", "live-offramps", html! {}))
                    (section("bank", "Bank", "live-bank", bank::credit(engine, view)))
                    (section("webhooks", "Webhooks", "live-webhooks", html! {}))
                    (section("log", "Log of requests", "live-log", html! {}))
                }
                div.side {
                    (section("clock", "Clock", "live-clock", side::advance(view)))
                    (section("faults", "Faults", "live-faults", side::arm(view)))
                    (section("connection", "Connection", "live-switches", side::connection(engine, view)))
                }
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
            input #q type="search" name="q" value=(view.query) placeholder="Search ids, names, e-mails, references"
                autocomplete="off" spellcheck="false";
            @if engine.integrations().len() > 1 {
                label.unseen for="who" { "Integration" }
                select #who name="who" {
                    @for (place, one) in engine.integrations().iter().enumerate() {
                        option value=(place) selected[place == view.integration] { (one.key) }
                    }
                }
            }
            (parts::plain_button("Search"))
        }
    }
}
