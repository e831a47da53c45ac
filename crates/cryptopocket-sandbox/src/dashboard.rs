//! The dashboard: everything the emulator knows, and a button for everything that can happen. It is the control plane
//! for people: open to the same requests, and every button is one of its calls.

mod act;
mod bank;
mod customers;
mod find;
mod log;
mod offramps;
mod parts;
mod payments;
mod side;
mod view;
mod webhooks;

use crate::access::{Access, allows};
use crate::pages;
use cryptopocket_emulator::server::{not_found, wrong_method};
use cryptopocket_emulator::{Engine, Reply, Request};

use view::View;

/// Answers `/`, with the dashboard where the request may see it.
pub(crate) fn front(engine: &mut Engine, access: Access, request: &Request) -> Reply {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return wrong_method(request.method.as_str(), "GET, HEAD", &request.path);
    }
    if !allows(access, request) {
        return pages::front(engine);
    }
    let view = View::of(engine, request);
    let notice = view.done.then_some(("good", "Done."));
    view::page(engine, &view, 200, notice)
}

/// Answers a request below `/dashboard`.
pub(crate) fn answer(engine: &mut Engine, access: Access, request: &Request, path: &[&str]) -> Reply {
    if !allows(access, request) {
        return not_found(&request.path);
    }
    match (request.method.as_str(), path) {
        ("GET" | "HEAD", ["feed"]) => view::feed(engine, &View::of(engine, request)),
        ("POST", ["do", call @ ..]) => act::carry_out(engine, request, call),
        (method, ["feed"]) => wrong_method(method, "GET, HEAD", &request.path),
        (method, ["do", ..]) => wrong_method(method, "POST", &request.path),
        _ => not_found(&request.path),
    }
}
