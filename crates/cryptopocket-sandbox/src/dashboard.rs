//! The dashboard: the emulator's state as a page, with a button for every command.
//!
//! It is open to the same requests as the control plane, and its buttons send the same commands.

mod list;
mod page;
mod submission;
mod view;

use cryptopocket_emulator::server::{not_found, wrong_method};
use cryptopocket_emulator::{Engine, Reply, Request};

use crate::access::{Access, allows};
use crate::pages;
use crate::web::refused_method;
use view::View;

/// Answers `/`: the dashboard, or a page without state if the request may not see it.
pub(crate) fn front(engine: &Engine, access: Access, request: &Request) -> Reply {
    if let Some(reply) = refused_method(request, "GET, HEAD") {
        return reply;
    }
    if !allows(access, request) {
        return pages::front(engine);
    }
    let view = View::of(engine, request);
    let notice = view.done.then_some(("good", "Done."));
    page::show(engine, &view, 200, notice)
}

/// Answers a request below `/dashboard`.
pub(crate) fn answer(engine: &mut Engine, access: Access, request: &Request, path: &[&str]) -> Reply {
    if !allows(access, request) {
        return not_found(&request.path);
    }
    match (request.method.as_str(), path) {
        ("GET" | "HEAD", ["feed"]) => page::feed(engine, &View::of(engine, request)),
        ("POST", ["do", command @ ..]) => submission::carry_out(engine, request, command),
        (method, ["feed"]) => wrong_method(method, "GET, HEAD", &request.path),
        (method, ["do", ..]) => wrong_method(method, "POST", &request.path),
        _ => not_found(&request.path),
    }
}
