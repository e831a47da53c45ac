//! What all hosted pages have in common.

use cryptopocket_emulator::Reply;
use maud::{Markup, html};

use crate::web::Page;

/// A hosted page: a heading and what is below it.
pub(super) fn page(status: u16, title: &str, content: &Markup) -> Reply {
    let page = Page {
        title,
        content: html! { main #main { h1 { (title) } (content) } },
        style: None,
        script: None,
    };
    page.reply(status)
}

/// What became of something, in a frame that says whether it is good.
pub(super) fn state(kind: &str, text: &str) -> Markup {
    html! { div .note .(kind) role="status" { p #state { (text) } } }
}

/// The way back to where the customer came from, if that is known.
pub(super) fn way_back(url: Option<&str>, lead: bool) -> Markup {
    html! {
        @if let Some(url) = url {
            p.row { a #back .button .plain[!lead] rel="noreferrer" href=(url) { "Go back to the shop" } }
        }
    }
}

pub(super) fn gone() -> Reply {
    let text = html! { p { "This link was never given out by this emulator, or it has run out." } };
    page(404, "No such link", &text)
}
