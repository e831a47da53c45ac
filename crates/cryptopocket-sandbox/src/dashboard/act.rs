//! What the buttons do: each is a call of the control plane, or one of the few steps that integration and provider take
//! by themselves.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::HeaderValue;
use http::{HeaderMap, Method};
use serde_json::value::RawValue;

use super::view::{self, View};
use crate::control;
use crate::fields::Fields;
use crate::request::Request;
use crate::scenario::Scenario;
use crate::wire::Reply;
use crate::world::World;

/// Carries out a form that was sent to `/dashboard/do/…`. A script gets the answer as JSON, a browser the page again.
pub(super) fn carry_out(world: &mut World, request: &Request, call: &[&str]) -> Reply {
    if !from_here(request) {
        return failed("the dashboard takes forms from its own page only", 403);
    }
    let view = View::of(world, request);
    let reply = step(world, view.who, request, call).unwrap_or_else(|| control(world, request, call));
    let wants_json = request
        .header("accept")
        .is_some_and(|accept| accept.contains("application/json"));
    if wants_json {
        return reply;
    }
    if reply.status == 200 {
        return back(&view, call);
    }
    let text = complaint(&reply);
    view::page(world, &view, reply.status, Some(("bad", &text)))
}

/// Whether a browser says that the form stands on a page of this very origin. What is no browser says nothing.
fn from_here(request: &Request) -> bool {
    let Some(origin) = request.header("origin") else {
        return !request.headers.contains_key("origin");
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == request.header("host")
}

fn failed(text: &str, status: u16) -> Reply {
    Reply::json(status, &BTreeMap::from([("error", text)]))
}

fn done() -> Reply {
    Reply::json(200, &BTreeMap::from([("done", true)]))
}

/// Steps that the control plane leaves to time or to the API.
fn step(world: &mut World, who: usize, request: &Request, call: &[&str]) -> Option<Reply> {
    match call {
        ["payments", id, "coins"] => world.send_coins(who, id),
        ["offramps", id, "payout"] => world.pay_out(who, id.parse().ok()?),
        ["bank", "reconcile"] => {
            let form = Fields::page_form(request);
            let text = |name| form.raw_text(name).unwrap_or_default().trim();
            let called = world.payments_called(who, text("payment_id"));
            let payment = match called.as_slice() {
                [only] => only,
                _ => text("payment_id"),
            };
            let outcome = world.reconcile(who, payment, text("transaction_id"), None);
            if let Err(failure) = outcome {
                let mut reply = failure.reply();
                reply.status = 409;
                return Some(reply);
            }
        }
        ["scenario"] => {
            let form = Fields::page_form(request);
            match form.raw_text("scenario").unwrap_or_default().parse::<Scenario>() {
                Ok(scenario) => world.restage(scenario.0),
                Err(error) => return Some(failed(&error.to_string(), 422)),
            }
        }
        _ => return None,
    }
    Some(done())
}

/// The same call to the control plane, its form turned into JSON.
fn control(world: &mut World, request: &Request, call: &[&str]) -> Reply {
    let pairs: Vec<_> = request.form_pairs().collect();
    let delete = pairs
        .iter()
        .any(|(name, value)| name == "_method" && value == "DELETE");
    let fields: BTreeMap<&str, Box<RawValue>> = pairs
        .iter()
        .filter(|(name, value)| !value.is_empty() && name != "_method")
        .filter_map(|(name, value)| field(name, value))
        .collect();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    if let Some(host) = request.headers.get("host") {
        headers.insert("host", host.clone());
    }
    let asked = Request {
        method: if delete { Method::DELETE } else { Method::POST },
        path: format!("/_sandbox/{}", call.join("/")),
        query: String::new(),
        headers,
        body: serde_json::to_vec(&fields).map(Bytes::from).unwrap_or_default(),
    };
    control::answer(world, &asked, call)
}

/// A field of a form as JSON: a number where its name ends in `:number`, true or false where it ends in `:flag`.
fn field<'a>(name: &'a str, value: &str) -> Option<(&'a str, Box<RawValue>)> {
    let (name, kind) = name.split_once(':').unwrap_or((name, ""));
    let plain = match kind {
        "number" => !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
        "flag" => matches!(value, "true" | "false"),
        _ => false,
    };
    let json = if plain {
        RawValue::from_string(value.trim_start_matches('0').to_owned())
            .or_else(|_| RawValue::from_string("0".to_owned()))
    } else {
        serde_json::value::to_raw_value(value)
    };
    Some((name, json.ok()?))
}

/// What is wrong, in words for people.
fn complaint(reply: &Reply) -> String {
    #[derive(serde::Deserialize)]
    struct Complaint {
        error: Option<String>,
        message: Option<String>,
    }
    let complaint: Option<Complaint> = serde_json::from_slice(&reply.body).ok();
    let text = complaint.and_then(|complaint| complaint.error.or(complaint.message));
    text.map_or_else(|| "That was not possible.".to_owned(), |text| format!("{text}."))
        .replace("..", ".")
}

/// The way back to the section that the button stands in.
fn back(view: &View, call: &[&str]) -> Reply {
    let section = match call.first().copied().unwrap_or_default() {
        section @ ("customers" | "payments" | "offramps" | "bank" | "clock") => section,
        "deliveries" => "webhooks",
        "faults" | "webhook-faults" | "transfer-faults" => "faults",
        _ => "connection",
    };
    let query = view.query();
    let and = if query.is_empty() { "" } else { "&" };
    Reply {
        status: 303,
        content_type: "",
        headers: vec![("location", format!("/?{query}{and}done=1#{section}"))],
        body: Bytes::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn numbers_and_flags_are_json_and_all_else_is_text() {
        let json = |name, value| field(name, value).unwrap().1.get().to_owned();
        assert_eq!(json("seconds:number", "0060"), "60");
        assert_eq!(json("seconds:number", "0"), "0");
        assert_eq!(json("seconds:number", "6e9"), "\"6e9\"");
        assert_eq!(json("banned:flag", "true"), "true");
        assert_eq!(json("banned:flag", "yes"), "\"yes\"");
        assert_eq!(json("status", "\"x\""), "\"\\\"x\\\"\"");
        assert_eq!(field("seconds:number", "1").unwrap().0, "seconds");
    }
}
