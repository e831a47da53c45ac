//! The front door: which room a request is for.

pub(crate) use cryptopocket_emulator::api::{Ending, Outcome};

use crate::control;
use crate::dashboard;
use crate::docs;
use crate::pages;
use crate::request::Request;
use crate::routes;
use crate::world::World;

/// Where the API lives below the origin.
pub(crate) const API: &str = "api";

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Outcome {
    let Some(segments) = request.segments() else {
        return routes::not_found(&request.path).into();
    };
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        [API, rest @ ..] => cryptopocket_emulator::api::answer(world, request, rest),
        ["pages", rest @ ..] => pages::answer(world, request, rest).into(),
        ["_sandbox", rest @ ..] => control::answer(world, request, rest).into(),
        [""] => dashboard::front(world, request).into(),
        ["docs"] | ["docs", ""] => docs::answer(world, request).into(),
        ["docs", "openapi.yaml"] => docs::document(request).into(),
        ["dashboard", rest @ ..] => dashboard::answer(world, request, rest).into(),
        _ => routes::not_found(&request.path).into(),
    }
}
