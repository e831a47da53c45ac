//! The guide: the Markdown pages of this crate's `docs/`, as HTML below `/docs`.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html::push_html};

/// Described by the page on scenarios, and served beside it.
pub(super) const SCENARIO_SCHEMA: &str = include_str!("../../scenario.schema.json");

macro_rules! pages {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../docs/", $name, ".md")))),*]
    };
}

/// The name of each page in its URL, and its text, in the order of the list.
const PAGES: &[(&str, &str)] = pages! {
    "start" "pages" "webhooks" "time" "refusals" "faults" "scenarios" "matching" "control-plane" "state"
    "performance" "assumptions"
};

/// The name and the title of each page.
pub(crate) fn titles() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGES.iter().map(|(name, text)| (*name, title(text)))
}

/// The title and the content of a page.
pub(super) fn page(name: &str) -> Option<(&'static str, String)> {
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
