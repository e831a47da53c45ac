//! Hosted pages: the forms and gateways behind the links in replies. Plain HTML, no script.

mod declaration;
mod form;
mod gateway;
mod layout;
mod verification;

use cryptopocket_emulator::server::{Fields, not_found};
use cryptopocket_emulator::{Engine, Reply, Request};
use maud::html;

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
    let origin = &engine.settings().origin;
    let content = html! {
        p { "A stateful emulator of the API, for tests and development. It is not made by the provider." }
        dl.card.facts {
            dt { "Base URL" } dd { code { (origin) "/api" } }
            dt { "API page" } dd { a href="/docs" { (origin) "/docs" } }
        }
        p.dim { "The dashboard and the control plane do not answer this request. They answer if the emulator listens on a \
                 loopback address and is called by a loopback name, or if it was started with " code { "--control-plane" } "." }
    };
    layout::page(200, "CryptoPocket API, emulated", &content)
}
