//! The pages below `/docs`: the specification with the grade of every fact and a form for each call, and the guide: the
//! Markdown pages of this crate's `docs/`.

mod node;

use std::sync::LazyLock;

use askama::Template;
use cryptopocket_emulator::server::not_found;
use cryptopocket_emulator::{Engine, Reply, Request};
use node::Node;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html::push_html};
use yaml_serde::Value;

use crate::front::{Access, barred};
use crate::web::{self, refused_method, rendered};

/// A copy of `spec/openapi.yaml`, for the published crate.
const DOCUMENT: &str = include_str!("docs/openapi.yaml");

const STYLE: &str = include_str!("docs/docs.css");
const SCRIPT: &str = include_str!("docs/docs.js");
/// The parts that do not depend on the request: the list of operations, and the operations.
static PARTS: LazyLock<(String, String)> = LazyLock::new(|| {
    let document: Value = yaml_serde::from_str(DOCUMENT).unwrap_or_default();
    let root = Node(&document);
    (rendered(List { root }), rendered(Calls { root }))
});

#[derive(Debug, Template)]
#[template(path = "docs/list.html")]
struct List<'a> {
    root: Node<'a>,
}

#[derive(Debug, Template)]
#[template(path = "docs/calls.html")]
struct Calls<'a> {
    root: Node<'a>,
}

/// A page beside the list of pages, which on the API page ends with the operations.
#[derive(Debug, Template)]
#[template(path = "docs/page.html")]
struct Columns {
    list: Option<&'static str>,
    content: String,
}

/// The page of the API. Key and secret are filled in for requests that may see the dashboard.
#[derive(Debug, Template)]
#[template(path = "docs/api.html")]
struct Api<'a> {
    key: &'a str,
    secret: &'a str,
    calls: &'static str,
}

/// Answers a request below `/docs`; `path` is what follows it.
pub(crate) fn answer(engine: &Engine, access: Access, request: &Request, path: &[&str]) -> Reply {
    if let Some(reply) = refused_method(request, "GET, HEAD") {
        return reply;
    }
    match path {
        [] | [""] => api_page(engine, access, request),
        ["openapi.yaml"] => file("application/yaml", "openapi.yaml", DOCUMENT),
        ["scenario.schema.json"] => file("application/schema+json", "scenario.schema.json", SCENARIO_SCHEMA),
        [name] => match guide_page(name) {
            Some((title, content)) => page(title, None, content),
            None => not_found(&request.path),
        },
        _ => not_found(&request.path),
    }
}

fn file(content_type: &'static str, name: &str, text: &'static str) -> Reply {
    let mut reply = Reply::with_type(200, content_type, text);
    reply.headers.extend([
        ("content-disposition", format!("attachment; filename=\"{name}\"")),
        ("x-content-type-options", "nosniff".to_owned()),
    ]);
    reply
}

fn api_page(engine: &Engine, access: Access, request: &Request) -> Reply {
    let (list, calls) = &*PARTS;
    let first = engine.integrations().first();
    let first = first.filter(|_| barred(access, request).is_none());
    let (key, secret) = first.map_or(("", ""), |first| (&first.key, &first.secret));
    page("API", Some(list), rendered(Api { key, secret, calls }))
}

/// A page with the list of pages; with `list`, that of the API and its script.
fn page(title: &str, list: Option<&'static str>, content: String) -> Reply {
    let script = list.map(|_| SCRIPT);
    web::page(200, title, Columns { list, content }, STYLE, script)
}

/// Described by the page on scenarios, and served beside it.
const SCENARIO_SCHEMA: &str = include_str!("../scenario.schema.json");

macro_rules! pages {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../docs/", $name, ".md")))),*]
    };
}

/// The pages of the guide: the name of each in its URL, and its text, in the order of the list.
const PAGES: &[(&str, &str)] = pages! {
    "start" "pages" "webhooks" "time" "refusals" "faults" "scenarios" "matching" "control-plane" "state"
    "performance" "assumptions"
};

/// The name and the title of each page of the guide.
pub(crate) fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().map(|(name, text)| (*name, title(text)))
}

/// The title and the content of a page of the guide.
fn guide_page(name: &str) -> Option<(&'static str, String)> {
    let (_, text) = PAGES.iter().find(|(page, _)| *page == name)?;
    Some((
        title(text),
        format!("<div class=\"guide\">{}</div>", render(text)),
    ))
}

fn title(text: &'static str) -> &'static str {
    text.lines().next().unwrap_or_default().trim_start_matches("# ")
}

/// Markdown as HTML. Raw HTML is left out: in the pages it is only comments, by which tests find the examples.
pub(crate) fn render(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES);
    let mut events: Vec<_> = events
        .filter(|event| !matches!(event, Event::Html(_) | Event::InlineHtml(_)))
        .collect();
    for index in 1..events.len() {
        let (before, [event, ..]) = events.split_at_mut(index) else {
            break;
        };
        match (&mut before[index - 1], event) {
            (Event::Start(Tag::Heading { id, .. }), Event::Text(text)) => *id = Some(anchor(text).into()),
            (Event::Start(Tag::Link { dest_url, .. }), _) => *dest_url = address(dest_url).into(),
            _ => {}
        }
    }
    let mut out = String::new();
    push_html(&mut out, events.into_iter());
    out
}

/// The anchor of a heading, as GitHub writes it.
fn anchor(heading: &str) -> String {
    let text = heading.to_lowercase().replace(' ', "-");
    text.chars()
        .filter(|c| c.is_alphanumeric() || *c == '-')
        .collect()
}

/// The address on the server of a link between files of this crate.
fn address(link: &CowStr<'_>) -> String {
    link.trim_start_matches("../").replacen(".md", "", 1)
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT, PARTS};
    use cryptopocket_emulator::ROUTES;

    #[test]
    fn page_shows_every_operation_once() {
        let (list, calls) = &*PARTS;
        for route in ROUTES {
            assert!(
                list.contains(&format!("#{}\"", route.operation)),
                "{}",
                route.operation
            );
            assert!(
                calls.contains(&format!(
                    "data-method=\"{}\" data-path=\"{}\"",
                    route.method, route.path
                )),
                "{}",
                route.operation
            );
        }
        assert_eq!(calls.matches("<article").count(), ROUTES.len());
    }

    #[test]
    fn specification_is_the_workspace_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/openapi.yaml");
        // A published crate has no workspace around it.
        let Ok(document) = std::fs::read_to_string(path) else {
            return;
        };
        assert!(
            document == DOCUMENT,
            "src/docs/openapi.yaml is out of date. Cure: cargo xtask regen"
        );
    }
}
