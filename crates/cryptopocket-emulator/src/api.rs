//! Answering a request: its route, its fault, and its entry in the call log.

use std::time::Duration;

use bytes::Bytes;

use crate::call_log::{Entry, received, redacted_query, written};
use crate::engine::Engine;
use crate::faults::{Fault, NamedFault as _};
use crate::fields::invalid;
use crate::request::Request;
use crate::routes;
use crate::wire::{Failure, Reply, Response, not_found, object};

const FORM: &str = "application/x-www-form-urlencoded";
/// The header that requests a fault for its call: `drop_after`, or with a detail `error_after:503`.
const FAULT_HEADER: &str = "x-sandbox-fault";

impl Engine {
    /// Answers a request below `/api` (the API) or `/_sandbox` (the control plane), and fires the timers due after it.
    ///
    /// It checks tokens, but not who may use the control plane.
    pub fn handle(&mut self, request: &Request) -> Response {
        let Some(segments) = request.segments() else {
            return not_found(&request.path).into();
        };
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let response = match segments.as_slice() {
            ["api", path @ ..] => self.api_call(request, path),
            ["_sandbox", path @ ..] => self.control(request, path).into(),
            _ => not_found(&request.path).into(),
        };
        self.settle();
        response
    }

    fn api_call(&mut self, request: &Request, path: &[&str]) -> Response {
        self.provider.clock.tick();
        let found = match routes::find(request.method.as_str(), path) {
            Ok(found) => found,
            Err(reply) => return reply.into(),
        };
        let requested = match request.header(FAULT_HEADER).map(fault_named) {
            Some(Err(refusal)) => return refusal.reply().into(),
            Some(Ok(fault)) => Some(fault),
            None => None,
        };
        let route = found.route;
        let fault = requested.or_else(|| self.provider.faults.calls.take_first(route.operation));
        let response = match fault.as_ref().and_then(before_call) {
            Some(response) => response,
            None => after_call(routes::call(self, &found, request), fault.as_ref()),
        };
        if !self.provider.settings.logs_calls {
            return response;
        }
        let reply = response.reply.as_ref();
        self.call_log.add(Entry {
            number: 0,
            at: self.now().to_string(),
            operation: route.operation.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            query: redacted_query(&request.query),
            body: received(&request.body, request.media_type() == FORM),
            status: reply.map(|reply| reply.status),
            reply: written(reply.map_or(&[][..], |reply| &reply.body)),
            fault: fault.as_ref().map(|fault| fault.name().to_owned()),
        });
        response
    }
}

fn fault_named(text: &str) -> Result<Fault, Failure> {
    let (name, detail) = text
        .split_once(':')
        .map_or((text, None), |(name, detail)| (name, Some(detail)));
    Fault::read(name, detail).map_err(|misfit| invalid(FAULT_HEADER, &format!("{FAULT_HEADER}: {misfit}.")))
}

/// The response of a fault that strikes before the call has any effect.
fn before_call(fault: &Fault) -> Option<Response> {
    let reply = match fault {
        Fault::DropBefore => return Some(Response::default()),
        Fault::ErrorBefore(status) => server_error(*status),
        Fault::RateLimit(seconds) => {
            let mut reply = server_error(429);
            reply.headers.push(("retry-after", seconds.to_string()));
            reply
        }
        Fault::Html => {
            let page = &b"<html><body>Down for maintenance"[..];
            Reply::with_type(200, "text/html; charset=utf-8", page)
        }
        Fault::RefuseToken => Failure::Code("authorization_incorrect").reply(),
        Fault::Refuse(code) => Reply::json(200, &object! { status: "error", error: code }),
        _ => return None,
    };
    Some(reply.into())
}

/// The response to a call that took effect, with its fault.
fn after_call(mut reply: Reply, fault: Option<&Fault>) -> Response {
    let (mut delay, mut cut) = (Duration::ZERO, false);
    match fault {
        Some(Fault::DropAfter) => return Response::default(),
        Some(Fault::Slow(by)) => delay = *by,
        Some(Fault::TruncatedBody) => cut = true,
        Some(Fault::ErrorAfter(status)) => reply = server_error(*status),
        Some(Fault::BrokenBody) => reply.body = reply.body.slice(..reply.body.len() / 2),
        Some(Fault::EmptyBody) => reply.body = Bytes::new(),
        Some(Fault::ExtraField) => {
            let body = String::from_utf8_lossy(&reply.body);
            let body = body.replacen("\"data\":{", "\"data\":{\"sandbox_extra\":true,", 1);
            reply.body = body.into();
        }
        Some(Fault::HugeBody(size)) => {
            let mut body = reply.body.to_vec();
            body.resize((*size).max(body.len()), b' ');
            reply.body = body.into();
        }
        _ => {}
    }
    let reply = Some(reply);
    Response { reply, delay, cut }
}

fn server_error(status: u16) -> Reply {
    let too_many = status == 429;
    let message = if too_many {
        "Too Many Attempts."
    } else {
        "Server Error"
    };
    Reply::json(status, &object! { message: message })
}
