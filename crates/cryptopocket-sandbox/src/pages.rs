//! Hosted pages: the forms and gateways behind the links in replies. Plain HTML, no script.

mod declaration;
mod form;
mod gateway;
mod layout;
mod verification;

use askama::Template;
use cryptopocket_emulator::server::{Fields, not_found};
use cryptopocket_emulator::{Engine, Reply, Request};

use crate::web::refused_method;

/// Answers a request below `/pages`: shows a page, or takes its form.
pub(crate) fn answer(engine: &mut Engine, request: &Request, path: &[&str]) -> Reply {
    if let Some(reply) = refused_method(request, "GET, HEAD, POST") {
        return reply;
    }
    let form = (request.method == "POST").then(|| Fields::page_form(request));
    match path {
        [kind @ ("kyc" | "kyb"), token] => verification::visit(engine, token, *kind == "kyb", form),
        ["declaration", token] => declaration::visit(engine, token, form),
        ["gateway", payment] => gateway::visit(engine, payment, form),
        _ => not_found(&request.path),
    }
}

/// The page at `/` for requests that may not see the dashboard.
pub(crate) fn front(engine: &Engine) -> Reply {
    #[derive(Template)]
    #[template(path = "pages/front.html")]
    struct Front<'a> {
        origin: &'a str,
    }
    let origin = &engine.settings().origin;
    layout::page(200, "CryptoPocket API, emulated", Front { origin })
}
