//! What the buttons do: each is a call of the control plane, or one of the few steps that integration and provider take
//! by themselves.

use std::collections::BTreeMap;

use bytes::Bytes;
use cryptopocket_emulator::server::Fields;
use cryptopocket_emulator::{Engine, Reply, Request};
use http::Method;
use serde_json::value::RawValue;

use super::view::{self, View};

/// Carries out a form that was sent to `/dashboard/do/…`. A script gets the answer as JSON, a browser the page again.
pub(super) fn carry_out(engine: &mut Engine, request: &Request, call: &[&str]) -> Reply {
    if !from_here(request) {
        return failed("the dashboard takes forms from its own page only", 403);
    }
    let view = View::of(engine, request);
    let reply = scenario(engine, request, call).unwrap_or_else(|| control(engine, request, call));
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
    view::page(engine, &view, reply.status, Some(("bad", &text)))
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

/// A scenario comes as a field of a form, and goes on as the body of the control call.
fn scenario(engine: &mut Engine, request: &Request, call: &[&str]) -> Option<Reply> {
    if call != ["scenario"] {
        return None;
    }
    let form = Fields::page_form(request);
    let text = form.raw_text("scenario").unwrap_or_default().to_owned();
    engine.handle(&Request::post("/_sandbox/scenario", text)).reply
}

/// The same call to the control plane, its form turned into JSON.
fn control(engine: &mut Engine, request: &Request, call: &[&str]) -> Reply {
    let pairs: Vec<_> = request.form_pairs().collect();
    let delete = pairs
        .iter()
        .any(|(name, value)| name == "_method" && value == "DELETE");
    let fields: BTreeMap<&str, Box<RawValue>> = pairs
        .iter()
        .filter(|(name, value)| !value.is_empty() && name != "_method")
        .filter_map(|(name, value)| field(name, value))
        .collect();
    let body = serde_json::to_vec(&fields).unwrap_or_default();
    let mut asked = Request::post(&format!("/_sandbox/{}", call.join("/")), body);
    if delete {
        asked.method = Method::DELETE;
    }
    let reply = engine.handle(&asked).reply;
    reply.unwrap_or_else(|| failed("no answer", 500))
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
