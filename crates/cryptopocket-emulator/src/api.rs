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
            ["api", path @ ..] => self.api_call(request, path).unwrap_or_else(Response::from),
            ["_sandbox", path @ ..] => self.control(request, path).into(),
            _ => not_found(&request.path).into(),
        };
        self.settle();
        response
    }

    fn api_call(&mut self, request: &Request, path: &[&str]) -> Result<Response, Reply> {
        self.provider.clock.tick();
        let (route, parameter) = routes::find(request.method.as_str(), path)?;
        let requested = request.header(FAULT_HEADER).map(fault_named).transpose()?;
        let fault = requested.or_else(|| self.provider.faults.calls.take_first(route.operation));
        let response = struck(fault.as_ref(), || routes::call(self, route, parameter, request));
        if !self.provider.settings.logs_calls {
            return Ok(response);
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
        Ok(response)
    }
}

fn fault_named(text: &str) -> Result<Fault, Reply> {
    let detail = text.split_once(':').map(|(_, detail)| detail);
    let fault = Fault::read(text.split(':').next().unwrap_or(text), detail);
    fault.map_err(|misfit| invalid(FAULT_HEADER, &format!("{FAULT_HEADER}: {misfit}.")).reply())
}

/// The response to a call with its fault. A fault "before" leaves out the call, so that it has no effect.
fn struck(fault: Option<&Fault>, call: impl FnOnce() -> Reply) -> Response {
    let (mut delay, mut cut) = (Duration::ZERO, false);
    let rewritten = |mut reply: Reply, rewrite: &dyn Fn(&Bytes) -> Bytes| {
        reply.body = rewrite(&reply.body);
        reply
    };
    let Some(fault) = fault else {
        return call().into();
    };
    let reply = match fault {
        Fault::DropBefore => return Response::default(),
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
        Fault::DropAfter => {
            drop(call());
            return Response::default();
        }
        Fault::ErrorAfter(status) => {
            drop(call());
            server_error(*status)
        }
        Fault::Slow(by) => {
            delay = *by;
            call()
        }
        Fault::TruncatedBody => {
            cut = true;
            call()
        }
        Fault::BrokenBody => rewritten(call(), &|body| body.slice(..body.len() / 2)),
        Fault::EmptyBody => rewritten(call(), &|_| Bytes::new()),
        Fault::ExtraField => rewritten(call(), &|body| {
            let text = String::from_utf8_lossy(body);
            let text = text.replacen("\"data\":{", "\"data\":{\"sandbox_extra\":true,", 1);
            text.into()
        }),
        Fault::HugeBody(size) => rewritten(call(), &|body| {
            let mut padded = body.to_vec();
            padded.resize((*size).max(body.len()), b' ');
            padded.into()
        }),
    };
    let reply = Some(reply);
    Response { reply, delay, cut }
}

fn server_error(status: u16) -> Reply {
    let message = match status {
        429 => "Too Many Attempts.",
        _ => "Server Error",
    };
    Reply::json(status, &object! { message: message })
}
