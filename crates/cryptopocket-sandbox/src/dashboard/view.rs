//! The view of the dashboard: search, integration and pages, from the query.

use std::collections::BTreeMap;
use std::fmt::Display;

use cryptopocket_emulator::server::Fields;
use cryptopocket_emulator::{Engine, Integration, Request};

/// The sections with pages. Their page numbers are query parameters of the same names.
const PAGED: &[&str] = &["customers", "payments", "offramps", "bank", "webhooks", "log"];
const MAX_PAGE: usize = 1_000_000;

/// The view of the dashboard: search, integration and pages.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The search, as typed; empty for everything.
    pub(super) search: String,
    /// The index of the integration.
    pub(super) integration: usize,
    /// Pages by section; the first if it is missing.
    pages: BTreeMap<&'static str, usize>,
    /// The mark of the feed that the browser shows.
    pub(super) seen: String,
    /// Whether a command was carried out just now.
    pub(super) done: bool,
}

impl View {
    pub(super) fn of(engine: &Engine, request: &Request) -> Self {
        let input = Fields::query(request);
        let text = |name| input.raw_text(name).unwrap_or_default();
        let pages = PAGED
            .iter()
            .filter_map(|section| Some((*section, text(section).parse().ok()?)))
            .filter(|(_, page)| (1..=MAX_PAGE).contains(page));
        let index = text("integration").parse::<usize>().unwrap_or(0);
        Self {
            search: text("q").trim().to_owned(),
            integration: index.min(engine.integrations().len().saturating_sub(1)),
            pages: pages.collect(),
            seen: text("seen").to_owned(),
            done: text("done") == "1",
        }
    }

    /// The integration of this view.
    pub(super) fn integration<'e>(&self, engine: &'e Engine) -> &'e Integration {
        &engine.integrations()[self.integration]
    }

    /// The query string of this view.
    pub(super) fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        if self.integration > 0 {
            query.append_pair("integration", &self.integration.to_string());
        }
        for (section, page) in self.pages.iter().filter(|(_, page)| **page > 1) {
            query.append_pair(section, &page.to_string());
        }
        query.finish()
    }

    /// The page of a section, counted from 1.
    pub(super) fn page(&self, section: &str) -> usize {
        self.pages.get(section).copied().unwrap_or(1)
    }

    /// The URL of this view with another page of a section.
    pub(super) fn with_page(&self, section: &'static str, page: usize) -> String {
        let mut turned = self.clone();
        turned.pages.insert(section, page);
        format!("/?{}#{section}", turned.query())
    }

    /// The URL that a form posts to for a control-plane path.
    pub(super) fn action(&self, command: impl Display) -> String {
        let query = self.query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/dashboard/do/{command}{mark}{query}")
    }
}
