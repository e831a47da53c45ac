//! The HTTP front end: which part of the emulator answers a request.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cryptopocket_emulator::server::not_found;
use cryptopocket_emulator::{Engine, Reply, Request, Response};

use crate::access::{Access, barred};
use crate::{dashboard, docs, pages};

/// Answers a request.
pub(crate) fn answer(engine: &mut Engine, access: Access, request: &Request) -> Response {
    let Some(segments) = request.segments() else {
        return not_found(&request.path).into();
    };
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        ["pages", rest @ ..] => pages::answer(engine, request, rest).into(),
        ["_sandbox", ..] => match barred(access, request) {
            Some(why) => Reply::json(403, &BTreeMap::from([("error", why)])).into(),
            None => engine.handle(request),
        },
        ["docs", rest @ ..] => docs::answer(engine, access, request, rest).into(),
        path @ ([""] | ["dashboard", ..]) => dashboard::answer(engine, access, request, path).into(),
        _ => engine.handle(request),
    }
}
