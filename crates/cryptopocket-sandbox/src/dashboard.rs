//! The dashboard: the emulator's state as a page, with buttons for most commands.
//!
//! It is open to the same requests as the control plane, and its forms go there as calls of the same path.

mod list;
mod page;
mod view;

use std::collections::BTreeMap;

use cryptopocket_emulator::server::{Fields, not_found, wrong_method};
use cryptopocket_emulator::{Engine, Reply, Request};
use http::Method;
use serde_json::Value;
use view::View;

use crate::front::{Access, barred, has_own_origin};
use crate::pages;

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
        ("POST", ["dashboard", "do", command @ ..]) => carry_out(engine, request, command),
        (_, [""] | ["dashboard", "feed"]) => wrong_method(method, "GET, HEAD", &request.path),
        (_, ["dashboard", "do", ..]) => wrong_method(method, "POST", &request.path),
        _ => not_found(&request.path),
    }
}

/// Carries out a form posted to `/dashboard/do/…`. A script gets the control plane's answer, a browser the page.
pub(super) fn carry_out(engine: &mut Engine, request: &Request, command: &[&str]) -> Reply {
    if !has_own_origin(request) {
        return failed("the dashboard takes forms from its own page only", 403);
    }
    let view = View::of(engine, request);
    let reply = engine.handle(&control_call(request, command)).reply;
    let reply = reply.unwrap_or_else(|| failed("no answer", 500));
    let accepted = request.header("accept").unwrap_or_default();
    if accepted.contains("application/json") {
        return reply;
    }
    if reply.status == 200 {
        return back(&view, command);
    }
    page::show(engine, &view, reply.status, Some(("bad", &complaint(&reply))))
}

fn failed(text: &str, status: u16) -> Reply {
    Reply::json(status, &BTreeMap::from([("error", text)]))
}

/// The control call of a form.
fn control_call(request: &Request, command: &[&str]) -> Request {
    let path = format!("/_sandbox/{}", command.join("/"));
    let form = Fields::page_form(request);
    if command == ["scenario"] {
        // The scenario is a field of the form, and the body of the call.
        return Request::post(&path, form.raw_text("scenario").unwrap_or_default().to_owned());
    }
    let pairs = request.form_pairs();
    let filled = pairs.filter(|(name, value)| !value.is_empty() && name != "_method");
    let fields: serde_json::Map<String, Value> = filled.map(|(name, value)| field(&name, &value)).collect();
    let mut call = Request::post(&path, serde_json::to_vec(&fields).unwrap_or_default());
    if form.raw_text("_method") == Some("DELETE") {
        call.method = Method::DELETE;
    }
    call
}

/// A field of a form as JSON: a number if its name ends in `:number`, true or false if it ends in `:flag`. What is
/// neither stays text, which the control plane refuses with its rule.
fn field(name: &str, text: &str) -> (String, Value) {
    let (name, kind) = name.split_once(':').unwrap_or((name, ""));
    let value = match kind {
        "number" => text.parse().map(|number: u64| number.into()).ok(),
        "flag" => text.parse().map(Value::Bool).ok(),
        _ => None,
    };
    (name.to_owned(), value.unwrap_or_else(|| text.into()))
}

/// The control plane's error as a sentence.
fn complaint(reply: &Reply) -> String {
    let body: BTreeMap<String, Value> = serde_json::from_slice(&reply.body).unwrap_or_default();
    let text = body.get("error").or_else(|| body.get("message"));
    let text = text.and_then(Value::as_str).unwrap_or("The command was refused");
    format!("{}.", text.trim_end_matches('.'))
}

/// Redirects to the section of the button.
fn back(view: &View, command: &[&str]) -> Reply {
    let section = match command.first().copied().unwrap_or_default() {
        section @ ("customers" | "payments" | "offramps" | "bank" | "clock") => section,
        "deliveries" => "webhooks",
        "faults" | "webhook-faults" | "transfer-faults" => "faults",
        _ => "connection",
    };
    let query = view.query();
    let and = if query.is_empty() { "" } else { "&" };
    let mut reply = Reply::with_type(303, "", "");
    let place = format!("/?{query}{and}done=1#{section}");
    reply.headers.push(("location", place));
    reply
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn only_marked_fields_become_numbers_and_flags() {
        let json = |name, value| field(name, value).1.to_string();
        assert_eq!(json("seconds:number", "0060"), "60");
        assert_eq!(json("seconds:number", "0"), "0");
        assert_eq!(json("seconds:number", "6e9"), "\"6e9\"");
        assert_eq!(json("banned:flag", "true"), "true");
        assert_eq!(json("banned:flag", "yes"), "\"yes\"");
        assert_eq!(json("status", "\"x\""), "\"\\\"x\\\"\"");
        assert_eq!(field("seconds:number", "1").0, "seconds");
    }
}
