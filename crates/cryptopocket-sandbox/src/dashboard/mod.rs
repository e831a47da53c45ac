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

use crate::control;
use crate::pages;
use crate::request::Request;
use crate::routes::{not_found, wrong_method};
use crate::wire::Reply;
use crate::world::World;

use view::View;

/// Answers `/`, with the dashboard where the request may see it.
pub(crate) fn front(world: &mut World, request: &Request) -> Reply {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return wrong_method(request.method.as_str(), "GET, HEAD", &request.path);
    }
    if !control::allows(world, request) {
        return pages::front(world);
    }
    let view = View::of(world, request);
    let notice = view.done.then_some(("good", "Done."));
    view::page(world, &view, 200, notice)
}

/// Answers a request below `/dashboard`.
pub(crate) fn answer(world: &mut World, request: &Request, path: &[&str]) -> Reply {
    if !control::allows(world, request) {
        return not_found(&request.path);
    }
    match (request.method.as_str(), path) {
        ("GET" | "HEAD", ["feed"]) => view::feed(world, &View::of(world, request)),
        ("POST", ["do", call @ ..]) => act::carry_out(world, request, call),
        (method, ["feed"]) => wrong_method(method, "GET, HEAD", &request.path),
        (method, ["do", ..]) => wrong_method(method, "POST", &request.path),
        _ => not_found(&request.path),
    }
}
