//! Hosted pages: what a customer's browser opens at the links that replies carry. Plain HTML and forms, no script, and
//! each says that it is the emulator's.

use cryptopocket_emulator::server::{Fields, not_found, wrong_method};
use cryptopocket_emulator::{Engine, Reply, Request};

mod declaration;
mod form;
mod front;
mod gateway;
mod layout;
mod verification;

pub(crate) use front::front;

/// What a page is asked to do: show itself, or take its form.
#[derive(Debug)]
pub(crate) enum Visit<'a> {
    Show,
    Submit(Fields<'a>),
}

/// Answers a request below `/pages`.
pub(crate) fn answer(engine: &mut Engine, request: &Request, path: &[&str]) -> Reply {
    let visit = match request.method.as_str() {
        "GET" | "HEAD" => Visit::Show,
        "POST" => Visit::Submit(Fields::page_form(request)),
        method => return wrong_method(method, "GET, HEAD, POST", &request.path),
    };
    match path {
        [kind @ ("kyc" | "kyb"), token] => verification::visit(engine, token, *kind == "kyb", visit),
        ["declaration", token] => declaration::visit(engine, token, visit),
        ["gateway", payment] => gateway::visit(engine, payment, visit),
        _ => not_found(&request.path),
    }
}
