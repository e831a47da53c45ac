//! Parts of all hosted pages.

use cryptopocket_emulator::Reply;
use maud::{Markup, html};

use crate::web::Page;

/// A hosted page: a heading and the content below it.
pub(super) fn page(status: u16, title: &str, content: &Markup) -> Reply {
    let page = Page {
        title,
        content: html! { main #main { h1 { (title) } (content) } },
        style: "",
        script: None,
    };
    page.reply(status)
}

/// A result, in a frame of its `kind`: `good`, `bad` or empty.
pub(super) fn state(kind: &str, text: &str) -> Markup {
    html! { div .note .(kind) role="status" { p #state { (text) } } }
}

/// The link back to the page that the customer came from, if that is known.
pub(super) fn way_back(url: Option<&str>, lead: bool) -> Markup {
    html! {
        @if let Some(url) = url {
            p.row { a #back .button .plain[!lead] rel="noreferrer" href=(url) { "Back to the shop" } }
        }
    }
}

/// The page for a link that leads nowhere.
pub(super) fn gone() -> Reply {
    let text = html! { p { "This emulator did not issue this link, or the link has expired." } };
    page(404, "No such link", &text)
}
