//! Hosted pages: what a customer's browser opens at the links that replies carry. Plain HTML and forms, no script, and
//! each says that it is the emulator's.

mod declaration;
mod form;
mod front;
mod gateway;
mod layout;
mod verification;

use crate::fields::Fields;
use crate::request::Request;
use crate::routes::{not_found, wrong_method};
use crate::wire::Reply;
use crate::world::World;

pub(crate) use front::front;

/// What a page is asked to do: show itself, or take its form.
#[derive(Debug)]
pub(crate) enum Visit<'a> {
    Show,
    Submit(Fields<'a>),
}

/// Answers a request below `/pages`.
pub(crate) fn answer(world: &mut World, request: &Request, path: &[&str]) -> Reply {
    let visit = match request.method.as_str() {
        "GET" | "HEAD" => Visit::Show,
        "POST" => Visit::Submit(Fields::page_form(request)),
        method => return wrong_method(method, "GET, HEAD, POST", &request.path),
    };
    match path {
        [kind @ ("kyc" | "kyb"), token] => verification::visit(world, token, *kind == "kyb", visit),
        ["declaration", token] => declaration::visit(world, token, visit),
        ["gateway", payment] => gateway::visit(world, payment, visit),
        _ => not_found(&request.path),
    }
}
