//! One call of the API: its route, its entry in the call log, and what a fault does to the answer.

use std::time::Duration;

use bytes::Bytes;

use crate::faults::Fault;
use crate::fields::invalid;
use crate::journal::{Entry, Kept};
use crate::request::Request;
use crate::routes;
use crate::wire::{Failure, Reply};
use crate::world::World;

const FORM: &str = "application/x-www-form-urlencoded";
/// Asks for a fault on the very request that carries it: `drop_after`, or with a detail `error_after:503`.
const FAULT_HEADER: &str = "x-sandbox-fault";

/// What happens to a connection.
#[derive(Debug)]
pub struct Outcome {
    pub after: Duration,
    pub ending: Ending,
}

#[derive(Debug)]
pub enum Ending {
    Whole(Reply),
    /// The body breaks off in the middle.
    Cut(Reply),
    HungUp,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self {
            after: Duration::ZERO,
            ending: Ending::Whole(reply),
        }
    }
}

/// Answers a call of the API; `path` is what follows `/api`.
pub fn answer(world: &mut World, request: &Request, path: &[&str]) -> Outcome {
    world.clock.tick();
    let found = match routes::find(request.method.as_str(), path) {
        Ok(found) => found,
        Err(reply) => return reply.into(),
    };
    let asked_for = match request.header(FAULT_HEADER).map(fault_named) {
        Some(Err(refusal)) => return refusal.reply().into(),
        Some(Ok(fault)) => Some(fault),
        None => None,
    };
    let route = found.route;
    let fault = asked_for.or_else(|| world.faults.take_for_call(route.operation));
    let outcome = match fault.as_ref().and_then(instead) {
        Some(outcome) => outcome,
        None => afterwards(routes::call(world, found, request), fault.as_ref()),
    };
    let (status, reply) = match &outcome.ending {
        Ending::Whole(reply) | Ending::Cut(reply) => (Some(reply.status), reply.body.clone()),
        Ending::HungUp => (None, Bytes::new()),
    };
    world.journal.write(Entry {
        at: world.clock.now(),
        operation: route.operation,
        method: request.method.clone(),
        path: request.path.clone(),
        query: request.query.clone(),
        body: Kept::received(&request.body, request.media_type() == FORM),
        status,
        reply: Kept::written(&reply),
        fault: fault.as_ref().map(Fault::name),
    });
    outcome
}

fn fault_named(text: &str) -> Result<Fault, Failure> {
    let (name, detail) = text
        .split_once(':')
        .map_or((text, None), |(name, detail)| (name, Some(detail)));
    Fault::read(name, detail).map_err(|misfit| invalid(FAULT_HEADER, &format!("{FAULT_HEADER}: {misfit}.")))
}

/// What a fault answers before anything has happened.
fn instead(fault: &Fault) -> Option<Outcome> {
    let reply = match fault {
        Fault::DropBefore => {
            return Some(Outcome {
                after: Duration::ZERO,
                ending: Ending::HungUp,
            });
        }
        Fault::ErrorBefore(status) => server_error(*status),
        Fault::RateLimit(seconds) => {
            let mut reply = server_error(429);
            reply.headers.push(("retry-after", seconds.to_string()));
            reply
        }
        Fault::Html => Reply::with_type(
            200,
            "text/html; charset=utf-8",
            &b"<html><body>Down for maintenance"[..],
        ),
        Fault::RefuseToken => Failure::Code("authorization_incorrect").reply(),
        Fault::Refuse(code) => Failure::Named(code.clone()).reply(),
        _ => return None,
    };
    Some(reply.into())
}

/// What a fault makes of the answer to a call that took effect.
fn afterwards(mut reply: Reply, fault: Option<&Fault>) -> Outcome {
    match fault {
        Some(Fault::Slow(after)) => {
            return Outcome {
                after: *after,
                ending: Ending::Whole(reply),
            };
        }
        Some(Fault::DropAfter) => {
            return Outcome {
                after: Duration::ZERO,
                ending: Ending::HungUp,
            };
        }
        Some(Fault::TruncatedBody) => {
            return Outcome {
                after: Duration::ZERO,
                ending: Ending::Cut(reply),
            };
        }
        Some(Fault::ErrorAfter(status)) => reply = server_error(*status),
        Some(Fault::BrokenBody) => reply.body = reply.body.slice(..reply.body.len() / 2),
        Some(Fault::EmptyBody) => reply.body = Bytes::new(),
        Some(Fault::HugeBody(size)) => {
            let mut body = reply.body.to_vec();
            body.resize((*size).max(body.len()), b' ');
            reply.body = body.into();
        }
        _ => {}
    }
    reply.into()
}

fn server_error(status: u16) -> Reply {
    let message = if status == 429 {
        "Too Many Attempts."
    } else {
        "Server Error"
    };
    Reply::json(status, &std::collections::BTreeMap::from([("message", message)]))
}
