//! The control plane over HTTP: what the typed methods do, for other languages.

use std::net::IpAddr;
use std::time::Duration;

use super::ControlError;
use super::shown::{DeliveryShown, OfframpShown, PaymentShown, State};
use super::types::misattributed;
use crate::faults::{Fault, Misfit, Times, TransferFault, WebhookFault};
use crate::fields::{Fields, invalid};
use crate::request::Request;
use crate::routes::{ROUTES, not_found};
use crate::scenario::{Scenario, ScenarioError};
use crate::wire::{Failure, Reply};
use crate::world::{Due, Incoming, Outage, World};

/// Who may use the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Controls {
    Off,
    /// Whoever says that they speak to this machine by one of its own names; that keeps web pages out.
    Local,
    Anyone,
}

/// Why a control call was refused.
enum Refusal {
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
pub(crate) fn answer(world: &mut World, request: &Request, path: &[&str]) -> Reply {
    if !allows(world, request) {
        return problem(403, "the control plane is not open to this request");
    }
    let path = path.strip_suffix(&[""]).unwrap_or(path);
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

/// Whether a request may control the emulator, and see all of it.
pub(crate) fn allows(world: &World, request: &Request) -> bool {
    match world.controls {
        Controls::Off => false,
        Controls::Local => is_local(request),
        Controls::Anyone => true,
    }
}

fn is_local(request: &Request) -> bool {
    let local = |authority: &str| {
        authority.parse::<http::uri::Authority>().is_ok_and(|authority| {
            let host = authority.host().trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        })
    };
    let origin = request
        .header("origin")
        .map(|origin| origin.trim_start_matches("http://"));
    request.header("host").is_some_and(local) && origin.is_none_or(local)
}

fn problem(status: u16, text: &str) -> Reply {
    Reply::json(status, &std::collections::BTreeMap::from([("error", text)]))
}

fn done() -> Reply {
    Reply::json(200, &std::collections::BTreeMap::from([("done", true)]))
}

fn number(text: &str) -> Result<u64, Refusal> {
    text.parse()
        .map_err(|_| ControlError::Invalid(format!("`{text}` is no number")).into())
}

fn carry_out(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    match (request.method.as_str(), path) {
        ("GET" | "HEAD", path) => look(world, request, path),
        ("POST", ["customers" | "payments" | "offramps", ..]) => move_object(world, request, path),
        ("POST", ["faults" | "webhook-faults" | "transfer-faults"]) => arm(world, request, path),
        ("DELETE", ["faults"]) => {
            world.faults.clear();
            Ok(done())
        }
        ("POST", ["scenario"]) => restage(world, request),
        ("POST", path) => change(world, request, path),
        _ => Err(Refusal::NoSuchCall),
    }
}

fn look(world: &World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    match path {
        [] | ["state"] => Ok(Reply::json(200, &State::of(world))),
        ["routes"] => {
            let routes: Vec<_> = ROUTES
                .iter()
                .map(|one| (one.operation, one.method, one.path))
                .collect();
            Ok(Reply::json(200, &routes))
        }
        ["journal"] => {
            let mut input = Fields::query(request);
            let after = input.text("after", 20).map_or(Ok(0), |text| number(&text))?;
            Ok(Reply::json(200, &world.journal.since(after)))
        }
        ["misattributed"] => Ok(Reply::json(200, &misattributed(world))),
        ["export"] => Ok(Reply::with_type(200, "application/json", world.export())),
        ["deliveries"] => Ok(Reply::json(
            200,
            &world.post.iter().map(DeliveryShown::of).collect::<Vec<_>>(),
        )),
        ["payments", id] => {
            let who = world.owner_of_payment(id)?;
            let payment = world.integrations[who]
                .payments
                .get(id)
                .ok_or(ControlError::NotFound("payment"))?;
            Ok(Reply::json(200, &PaymentShown::of(&payment)))
        }
        ["offramps", id] => {
            let id = number(id)?;
            let who = world.owner_of_offramp(id)?;
            let offramp = world.integrations[who]
                .offramps
                .get(&id)
                .ok_or(ControlError::NotFound("off-ramp"))?;
            Ok(Reply::json(200, &OfframpShown::of(offramp)))
        }
        _ => Err(Refusal::NoSuchCall),
    }
}

fn move_object(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::json(request)?;
    match path {
        ["customers", user, "kyc"] => {
            let status = input.required_text("status", 64);
            input.check()?;
            world.set_kyc(number(user)?, &status)?;
        }
        ["customers", user, "ban"] => {
            let (user, banned) = (number(user)?, input.flag("banned"));
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
            world.pay(id, holder.as_deref(), wallet.as_deref())?;
        }
        ["payments", id, "fail"] => world.set_payment_status(id, "payment_rejected")?,
        ["payments", id, "transfer"] => world.pay_transfer(id)?,
        ["payments", id, "announce"] => world.announce_transfer(id)?,
        ["payments", id, "status"] => {
            let status = input.required_text("status", 64);
            input.check()?;
            world.set_payment_status(id, &status)?;
        }
        ["offramps", id, "deposit"] => {
            let amount = input.signed("amount");
            input.check()?;
            world.deposit(number(id)?, amount)?;
        }
        ["offramps", id, "status"] => {
            let status = input.required_text("status", 64);
            input.check()?;
            world.set_offramp_status(number(id)?, &status)?;
        }
        _ => return Err(Refusal::NoSuchCall),
    }
    Ok(done())
}

fn arm(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::json(request)?;
    let (name, detail) = (input.required_text("fault", 64), input.id("detail"));
    let count = |input: &mut Fields<'_>, name, default| {
        let count = input.whole(name);
        count.map_or(default, |count| u32::try_from(count).unwrap_or(u32::MAX))
    };
    let times = Times {
        skip: count(&mut input, "skip", 0),
        strike: count(&mut input, "times", 1),
    };
    let on = if path == ["faults"] { "operation" } else { "event" };
    let on = input.text(on, 64).unwrap_or_else(|| "*".to_owned());
    input.check()?;
    let (detail, faults) = (detail.as_deref(), &mut world.faults);
    let misfit = |misfit: Misfit| ControlError::Invalid(misfit.to_string());
    match path {
        ["faults"] => {
            if on != "*" && !ROUTES.iter().any(|route| route.operation == on) {
                return Err(ControlError::NotFound("operation").into());
            }
            let fault = Fault::read(&name, detail).map_err(misfit)?;
            faults.arm(&on, fault, times);
        }
        ["webhook-faults"] => {
            let fault = WebhookFault::read(&name, detail).map_err(misfit)?;
            faults.arm_event(&on, fault, times);
        }
        _ => {
            let fault = TransferFault::read(&name, detail).map_err(misfit)?;
            faults.arm_transfer(fault, times);
        }
    }
    Ok(done())
}

fn change(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::json(request)?;
    match path {
        ["clock", "advance"] => {
            let seconds = input.whole("seconds").unwrap_or(0).min(LONGEST_LEAP);
            input.check()?;
            world.advance(Duration::from_secs(seconds));
            return Ok(Reply::json(200, &State::of(world)));
        }
        ["bank", "credits"] => {
            let who = integration(world, &mut input)?;
            let amount = input.signed("amount").unwrap_or_default();
            let incoming = Incoming {
                iban: input.text("iban", 42),
                amount,
                concept: input.id("concept"),
                payer_name: input.text("payer_name", 255),
                payer_iban: input.text("payer_iban", 42),
                end_to_end_id: input.text("end_to_end_id", 64),
                meant_for: input.text("meant_for", 64),
            };
            input.check()?;
            let transaction_id = world.credit(who, incoming)?;
            return Ok(Reply::json(
                200,
                &std::collections::BTreeMap::from([("transaction_id", transaction_id)]),
            ));
        }
        ["tokens", "expire"] => world.expire_tokens(),
        ["whitelist"] => {
            let (who, listed) = (integration(world, &mut input)?, input.flag("listed"));
            input.check()?;
            world.integrations[who].whitelisted = listed;
        }
        ["methods"] => {
            let who = integration(world, &mut input)?;
            let (method, barred) = (input.required_text("payment_type", 64), input.flag("barred"));
            input.check()?;
            world.bar_method(who, &method, barred);
        }
        ["outages"] => {
            let who = integration(world, &mut input)?;
            let (part, down) = (input.required_text("part", 64), input.flag("down"));
            input.check()?;
            let outage: Outage = part
                .parse()
                .map_err(|error| ControlError::Invalid(format!("{error}")))?;
            world.set_outage(who, outage, down);
        }
        ["deliveries", id, "redeliver"] => {
            let id = number(id)?;
            world.post.get(id).ok_or(ControlError::NotFound("delivery"))?;
            world.timers.set(world.now(), Due::Attempt(id));
        }
        ["integrations"] => {
            let who = world.add_integration(None, None);
            let one = &world.integrations[who];
            let credentials = [("api_key", &one.key), ("api_secret", &one.secret)];
            return Ok(Reply::json(200, &std::collections::BTreeMap::from(credentials)));
        }
        ["reset"] => world.reset(),
        _ => return Err(Refusal::NoSuchCall),
    }
    Ok(done())
}

/// The scenario stands in the body, as YAML or JSON.
fn restage(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let text =
        std::str::from_utf8(&request.body).map_err(|_| invalid("body", "The scenario must be text."))?;
    let scenario: Scenario = text
        .parse()
        .map_err(|error: ScenarioError| ControlError::Invalid(error.to_string()))?;
    world.restage(scenario);
    Ok(done())
}

/// A century.
const LONGEST_LEAP: u64 = 3_155_760_000;

/// The integration that `api_key` names; the first where it names none.
fn integration(world: &World, input: &mut Fields<'_>) -> Result<usize, Refusal> {
    let Some(key) = input.text("api_key", 255) else {
        return Ok(0);
    };
    let place = world.integrations.iter().position(|one| one.key == key);
    Ok(place.ok_or(ControlError::NotFound("integration"))?)
}
