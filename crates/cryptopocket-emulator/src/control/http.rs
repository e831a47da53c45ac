//! The control plane over HTTP: what the typed methods do, for other languages.

use super::access::barred;
use super::arming::arm;
use super::changing::{change, restage};
use super::looking::look;
use super::{ControlError, steps};
use crate::fields::{Fields, refusal};
use crate::request::Request;
use crate::routes::{not_found, wrong_method};
use crate::wire::{Failure, Reply};
use crate::world::World;

/// Every path, with `*` for an id, and the methods it takes.
const CALLS: &[(&str, &str)] = &[
    ("", "GET, HEAD"),
    ("state", "GET, HEAD"),
    ("routes", "GET, HEAD"),
    ("journal", "GET, HEAD"),
    ("export", "GET, HEAD"),
    ("misattributed", "GET, HEAD"),
    ("transfers", "GET, HEAD"),
    ("timers", "GET, HEAD"),
    ("deliveries", "GET, HEAD"),
    ("deliveries/*/redeliver", "POST"),
    ("customers/*/kyc", "POST"),
    ("customers/*/ban", "POST"),
    ("payments/*", "GET, HEAD"),
    ("payments/*/pay", "POST"),
    ("payments/*/fail", "POST"),
    ("payments/*/transfer", "POST"),
    ("payments/*/announce", "POST"),
    ("payments/*/status", "POST"),
    ("offramps/*", "GET, HEAD"),
    ("offramps/*/deposit", "POST"),
    ("offramps/*/status", "POST"),
    ("clock/advance", "POST"),
    ("bank/credits", "POST"),
    ("tokens/expire", "POST"),
    ("whitelist", "POST"),
    ("methods", "POST"),
    ("outages", "POST"),
    ("faults", "GET, HEAD, POST, DELETE"),
    ("webhook-faults", "POST"),
    ("transfer-faults", "POST"),
    ("integrations", "POST"),
    ("scenario", "POST"),
    ("reset", "POST"),
];

/// Why a control call was refused.
pub(super) enum Refusal {
    Input(Failure),
    Control(ControlError),
    NoSuchCall,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Input(failure)
    }
}

impl<E: Into<ControlError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Control(error.into())
    }
}

/// Answers a request below `/_sandbox`.
pub fn answer(world: &mut World, request: &Request, path: &[&str]) -> Reply {
    if let Some(why) = barred(world, request) {
        return problem(403, &why);
    }
    let path = path.strip_suffix(&[""]).unwrap_or(path);
    let Some(methods) = methods_of(path) else {
        return not_found(&request.path);
    };
    let method = request.method.as_str();
    if !methods.split(", ").any(|one| one == method) {
        return wrong_method(method, methods, &request.path);
    }
    match carry_out(world, request, path) {
        Ok(reply) => reply,
        Err(Refusal::NoSuchCall) => not_found(&request.path),
        Err(Refusal::Input(failure)) => failure.reply(),
        Err(Refusal::Control(error)) => {
            let status = match error {
                ControlError::NotFound(_) => 404,
                ControlError::WrongState(_) => 409,
                ControlError::Invalid(_) => 422,
                ControlError::Refused { status, .. } => status,
                ControlError::Unreachable(_) => 502,
            };
            problem(status, &error.to_string())
        }
    }
}

/// The methods that a path takes; `None` where there is no such path.
fn methods_of(path: &[&str]) -> Option<&'static str> {
    let fits = |pattern: &str| {
        let parts = pattern.split('/').filter(|part| !part.is_empty());
        parts.clone().count() == path.len()
            && parts.zip(path).all(|(part, given)| part == "*" || part == *given)
    };
    let found = CALLS.iter().find(|(pattern, _)| fits(pattern));
    found.map(|(_, methods)| *methods)
}

fn problem(status: u16, text: &str) -> Reply {
    Reply::json(status, &std::collections::BTreeMap::from([("error", text)]))
}

pub(super) fn done() -> Reply {
    Reply::json(200, &std::collections::BTreeMap::from([("done", true)]))
}

/// The number that a path names a `what` by.
pub(super) fn number(what: &str, text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| {
        let text = crate::near::shown(text);
        let why = format!("path: `{text}` is no id of {what}; write the number that the emulator gave it");
        ControlError::Invalid(why).into()
    })
}

fn carry_out(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let method = request.method.as_str();
    if !matches!(method, "GET" | "HEAD") && !request.query.is_empty() {
        let cure = "write its fields into a JSON object in the body";
        return Err(refusal("query", "this call takes none", cure).into());
    }
    match (method, path) {
        ("GET" | "HEAD", path) => look(world, request, path),
        ("POST", ["customers" | "payments" | "offramps", ..]) => move_object(world, request, path),
        ("POST", ["faults" | "webhook-faults" | "transfer-faults"]) => arm(world, request, path),
        ("DELETE", ["faults"]) => {
            if !request.body.is_empty() {
                Fields::json(request)?.only(&[])?;
            }
            world.faults.clear();
            Ok(done())
        }
        ("POST", ["scenario"]) => restage(world, request),
        ("POST", path) => change(world, request, path),
        _ => Err(Refusal::NoSuchCall),
    }
}

fn move_object(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::json(request)?;
    input.only(match path.last().copied().unwrap_or_default() {
        "kyc" | "status" => &["status"],
        "ban" => &["banned"],
        "pay" => &["holder", "wallet"],
        "deposit" => &["amount"],
        _ => &[],
    })?;
    match path {
        ["customers", user, "kyc"] => {
            let status = input.required_text("status", 64);
            input.check()?;
            world.set_kyc(number("a customer", user)?, &status)?;
        }
        ["customers", user, "ban"] => {
            let (user, banned) = (number("a customer", user)?, input.flag("banned"));
            input.check()?;
            let who = world.owner_of_customer(user)?;
            world
                .customer_mut(who, user)
                .ok_or(ControlError::NotFound("customer"))?
                .banned = banned;
        }
        ["payments", id, "pay"] => {
            let (holder, wallet) = (input.text("holder", 255), input.text("wallet", 128));
            input.check()?;
            steps::pay(world, id, holder.as_deref(), wallet.as_deref())?;
        }
        ["payments", id, "fail"] => world.fail_payment(id)?,
        ["payments", id, "transfer"] => steps::pay_transfer(world, id)?,
        ["payments", id, "announce"] => steps::announce_transfer(world, id)?,
        ["payments", id, "status"] => {
            let status = input.required_text("status", 64);
            input.check()?;
            world.set_payment_status(id, &status)?;
        }
        ["offramps", id, "deposit"] => {
            let amount = input.signed("amount");
            input.check()?;
            steps::deposit(world, number("an off-ramp", id)?, amount)?;
        }
        ["offramps", id, "status"] => {
            let status = input.required_text("status", 64);
            input.check()?;
            world.set_offramp_status(number("an off-ramp", id)?, &status)?;
        }
        _ => return Err(Refusal::NoSuchCall),
    }
    Ok(done())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use cryptopocket_types::ManualClock;

    use super::super::Controls;
    use super::{CALLS, answer};
    use crate::clock::{Speed, VirtualClock};
    use crate::request::Request;
    use crate::wire::Reply;
    use crate::world::{Limits, World};

    fn asked(method: &str, path: &str) -> Reply {
        let wall = Arc::new(ManualClock::new(std::time::UNIX_EPOCH.into()));
        let clock = VirtualClock::new(wall, Speed::Manual, None);
        let mut world = World::new(1, clock, Limits::default(), Duration::from_secs(3_600));
        world.controls = Controls::Anyone;
        world.add_integration(None, None);
        let request = Request {
            method: method.parse().unwrap(),
            path: format!("/_sandbox/{path}"),
            query: String::new(),
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
        };
        let path: Vec<&str> = path.split('/').collect();
        answer(&mut world, &request, &path)
    }

    #[test]
    fn every_call_of_the_list_is_one_and_takes_no_other_method() {
        for (pattern, methods) in CALLS {
            let path = pattern.replace('*', "1");
            for method in ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"] {
                let reply = asked(method, &path);
                let told = String::from_utf8_lossy(&reply.body).into_owned();
                if methods.split(", ").any(|one| one == method) {
                    assert!(!told.contains("could not be found"), "{method} {path}: {told}");
                    assert_ne!(reply.status, 405, "{method} {path}");
                } else {
                    assert_eq!(reply.status, 405, "{method} {path}: {told}");
                    assert_eq!(reply.headers, [("allow", (*methods).to_owned())]);
                }
            }
        }
        assert_eq!(asked("POST", "no/such/call").status, 404);
    }
}
