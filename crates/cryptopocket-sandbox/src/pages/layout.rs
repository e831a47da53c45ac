//! The frame of all hosted pages, and the pages without a form.

use askama::Template;
use cryptopocket_emulator::Reply;

use crate::web::Page;

#[derive(Debug, Template)]
#[template(path = "pages/hosted.html")]
struct Hosted<'a, T: Template> {
    title: &'a str,
    content: T,
}

/// A hosted page: a heading and the content below it.
pub(super) fn page(status: u16, title: &str, content: impl Template) -> Reply {
    let page = Page {
        title,
        content: Hosted { title, content },
        style: "",
        script: None,
    };
    page.reply(status)
}

/// The result of a form, and the link back to the page that the customer came from.
#[derive(Debug, Template)]
#[template(path = "pages/result.html")]
pub(super) struct Outcome<'a> {
    /// The customer's name, if it is shown.
    pub(super) name: Option<&'a str>,
    /// The meaning of the result: `good`, `bad` or empty.
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
    pub(super) back: Option<&'a str>,
}

/// The page for a link that leads nowhere.
pub(super) fn gone() -> Reply {
    #[derive(Template)]
    #[template(path = "pages/gone.html")]
    struct Gone;
    page(404, "No such link", Gone)
}
