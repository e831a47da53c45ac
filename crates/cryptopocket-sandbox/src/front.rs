//! The HTTP front end: which part of the emulator answers a request, and who may use the control plane and the dashboard.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use cryptopocket_emulator::server::{not_found, shortened};
use cryptopocket_emulator::{Engine, Reply, Request, Response};

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

/// The requests that may use the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// No request, by `Builder::control_plane(false)`.
    Off,
    /// No request, because other machines can reach this address.
    Exposed(SocketAddr),
    /// Requests whose `Host` is a loopback name, and whose `Origin`, if any, is the emulator's own. That keeps out web pages
    /// of other origins, also after DNS rebinding.
    Local,
    /// Every request.
    Anyone,
}

const OPEN: &str = "or open it to every client that reaches the port with `Builder::control_plane(true)` (`--control-plane`)";

/// Why a request may not use the control plane and the dashboard, and what to do; `None` if it may.
pub(crate) fn barred(access: Access, request: &Request) -> Option<String> {
    let why = match access {
        Access::Anyone => return None,
        Access::Off => {
            return Some("the control plane is closed by `Builder::control_plane(false)`".to_owned());
        }
        Access::Exposed(address) => {
            format!("the emulator listens on {address}, which other machines can reach; listen on 127.0.0.1")
        }
        Access::Local => not_local(request)?,
    };
    Some(format!(
        "the control plane is not open to this request: {why}, {OPEN}"
    ))
}

fn not_local(request: &Request) -> Option<String> {
    let Some(host) = request.header("host") else {
        return Some("it has no Host header, or several; send one, such as 127.0.0.1".to_owned());
    };
    if !is_local(host) {
        let host = shortened(host);
        return Some(format!(
            "its Host header is `{host}`, which is no name of this machine; call it by 127.0.0.1, [::1] or localhost"
        ));
    }
    if has_own_origin(request) {
        return None;
    }
    let origin = shortened(request.header("origin").unwrap_or_default());
    Some(format!(
        "its Origin header says that a page of `{origin}` sends it; send it without that header"
    ))
}

/// Whether a page of the emulator sends the request, or a client that is no browser and names no origin. The port must
/// match too: a page of another server on this machine is not trusted.
pub(crate) fn has_own_origin(request: &Request) -> bool {
    let Some(origin) = request.header("origin") else {
        return !request.headers.contains_key("origin");
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let host = request.header("host");
    authority.is_some_and(|authority| host.is_some_and(|host| host.eq_ignore_ascii_case(authority)))
}

fn is_local(authority: &str) -> bool {
    authority.parse::<http::uri::Authority>().is_ok_and(|authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let host = host.strip_suffix('.').unwrap_or(host);
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}
