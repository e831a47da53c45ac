//! Hosted pages: the forms and gateways behind the links in replies. Plain HTML, no script.

mod customer;
mod gateway;

use std::collections::BTreeMap;

use askama::Template;
use cryptopocket_emulator::server::{Failure, Fields, not_found};
use cryptopocket_emulator::{Engine, Reply, Request};

use crate::web::{self, refused_method};

/// Answers a request below `/pages`: shows a page, or takes its form.
pub(crate) fn answer(engine: &mut Engine, request: &Request, path: &[&str]) -> Reply {
    if let Some(reply) = refused_method(request, "GET, HEAD, POST") {
        return reply;
    }
    let form = (request.method == "POST").then(|| Fields::page_form(request));
    let reply = match path {
        [kind @ ("kyc" | "kyb"), token] => customer::verify(engine, token, *kind == "kyb", form),
        ["declaration", token] => customer::declare(engine, token, form),
        ["gateway", payment] => gateway::visit(engine, payment, form),
        _ => return not_found(&request.path),
    };
    reply.unwrap_or_else(gone)
}

#[derive(Debug, Template)]
#[template(path = "pages/hosted.html")]
struct Hosted<'a, T: Template> {
    title: &'a str,
    content: T,
}

/// A hosted page: a heading and the content below it.
fn page(status: u16, title: &str, content: impl Template) -> Reply {
    web::page(status, title, Hosted { title, content }, "", None)
}

/// The page for a link that leads nowhere.
fn gone() -> Reply {
    #[derive(Template)]
    #[template(path = "pages/gone.html")]
    struct Gone;
    page(404, "No such link", Gone)
}

/// The page at `/` for requests that may not see the dashboard.
pub(crate) fn front(engine: &Engine) -> Reply {
    #[derive(Template)]
    #[template(path = "pages/front.html")]
    struct Front<'a> {
        origin: &'a str,
    }
    let origin = &engine.settings().origin;
    page(200, "CryptoPocket API, emulated", Front { origin })
}

/// The values of a submitted form and the errors found in it; both empty for a new form.
#[derive(Debug, Default)]
struct Answers<'a> {
    form: Fields<'a>,
    errors: BTreeMap<String, Vec<String>>,
    /// The field that gets the focus: the first from the top with an error.
    focus: Option<&'static str>,
}

impl<'a> Answers<'a> {
    /// A submitted form with the errors that its readers recorded. `order` is the names of its fields from top to bottom.
    fn refused(form: Fields<'a>, order: &[&'static str]) -> Self {
        let errors = match form.check() {
            Err(Failure::Invalid(errors)) => errors,
            _ => BTreeMap::new(),
        };
        let focus = order.iter().find(|name| errors.contains_key(**name)).copied();
        Self { form, errors, focus }
    }

    fn value(&self, name: &str) -> &str {
        self.form.raw_text(name).unwrap_or_default()
    }

    /// The value of a field, or `default` if it is empty.
    fn value_or<'v>(&'v self, name: &str, default: &'v str) -> &'v str {
        self.form.raw_text(name).unwrap_or(default)
    }

    /// The first error of a field.
    fn error(&self, name: &str) -> Option<&String> {
        self.errors.get(name)?.first()
    }

    fn has_focus(&self, name: &str) -> bool {
        self.focus == Some(name)
    }
}
