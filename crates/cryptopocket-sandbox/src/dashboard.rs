//! The dashboard: the emulator's state as a page, with a button for every command.
//!
//! It is open to the same requests as the control plane, and its buttons send the same commands.

mod list;
mod page;
mod submission;
mod view;

use cryptopocket_emulator::server::{not_found, wrong_method};
use cryptopocket_emulator::{Engine, Reply, Request};

use crate::access::{Access, barred};
use crate::pages;
use view::View;

/// Answers `/`, with the dashboard or a page without state if the request may not see it, and requests below
/// `/dashboard`.
pub(crate) fn answer(engine: &mut Engine, access: Access, request: &Request, path: &[&str]) -> Reply {
    let (allowed, method) = (barred(access, request).is_none(), request.method.as_str());
    match (method, path) {
        ("GET" | "HEAD", [""]) if !allowed => pages::front(engine),
        ("GET" | "HEAD", [""]) => {
            let view = View::of(engine, request);
            let notice = view.done.then_some(("good", "Done."));
            page::show(engine, &view, 200, notice)
        }
        (_, ["dashboard", ..]) if !allowed => not_found(&request.path),
        ("GET" | "HEAD", ["dashboard", "feed"]) => page::feed(engine, &View::of(engine, request)),
        ("POST", ["dashboard", "do", command @ ..]) => submission::carry_out(engine, request, command),
        (_, [""] | ["dashboard", "feed"]) => wrong_method(method, "GET, HEAD", &request.path),
        (_, ["dashboard", "do", ..]) => wrong_method(method, "POST", &request.path),
        _ => not_found(&request.path),
    }
}
