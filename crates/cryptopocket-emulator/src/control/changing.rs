//! The control calls on the emulator as a whole and on its integrations.

use std::time::Duration;

use super::http::{Refusal, done, number};
use super::shown::State;
use super::{ControlError, steps};
use crate::catalogue::PAYMENT_TYPES;
use crate::fields::{Fields, invalid, refusal};
use crate::near::shown;
use crate::request::Request;
use crate::wire::Reply;
use crate::world::{Incoming, Outage, UnknownOutage, World};

const CREDIT: &[&str] = &[
    "amount",
    "iban",
    "concept",
    "payer_name",
    "payer_iban",
    "end_to_end_id",
    "meant_for",
    "api_key",
];

/// Carries out a call on the emulator as a whole, or on an integration.
pub(super) fn change(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::json(request)?;
    match path {
        ["clock", "advance"] => {
            input.only(&["seconds"])?;
            input.require("seconds");
            let seconds = input.within("seconds", 0..=LONGEST_LEAP).unwrap_or(0);
            input.check()?;
            world.advance(Duration::from_secs(seconds));
            return Ok(Reply::json(200, &State::of(world)));
        }
        ["bank", "credits"] => {
            input.only(CREDIT)?;
            let who = integration(world, &mut input)?;
            input.require("amount");
            let amount = input.signed("amount").unwrap_or_default();
            let incoming = Incoming {
                iban: input.text("iban", 42),
                amount,
                concept: input.id("concept"),
                payer_name: input.text("payer_name", 255),
                payer_iban: input.text("payer_iban", 42),
                end_to_end_id: input.text("end_to_end_id", 64),
                meant_for: input.id("meant_for"),
            };
            input.check()?;
            let transaction_id = steps::credit(world, who, incoming)?;
            return Ok(Reply::json(
                200,
                &std::collections::BTreeMap::from([("transaction_id", transaction_id)]),
            ));
        }
        ["tokens", "expire"] => {
            input.only(&[])?;
            world.expire_tokens();
        }
        ["whitelist"] => {
            input.only(&["listed", "api_key"])?;
            let (who, listed) = (integration(world, &mut input)?, input.flag("listed"));
            input.check()?;
            world.integrations[who].whitelisted = listed;
        }
        ["methods"] => {
            input.only(&["payment_type", "barred", "api_key"])?;
            let who = integration(world, &mut input)?;
            input.require("payment_type");
            let method = input.word("payment_type", "payment method", PAYMENT_TYPES);
            let barred = input.flag("barred");
            input.check()?;
            world.bar_method(who, method.unwrap_or_default(), barred);
        }
        ["outages"] => {
            input.only(&["part", "down", "api_key"])?;
            let who = integration(world, &mut input)?;
            let (part, down) = (input.required_text("part", 64), input.flag("down"));
            input.check()?;
            let outage: Outage = part.parse().map_err(|error: UnknownOutage| {
                refusal(
                    "part",
                    &format!("`{}` is not known", shown(&part)),
                    &error.to_string(),
                )
            })?;
            world.set_outage(who, outage, down);
        }
        ["deliveries", id, "redeliver"] => {
            input.only(&[])?;
            steps::redeliver(world, number("a delivery", id)?)?;
        }
        ["integrations"] => {
            input.only(&[])?;
            let who = world.add_integration(None, None);
            let one = &world.integrations[who];
            let credentials = [("api_key", &one.key), ("api_secret", &one.secret)];
            return Ok(Reply::json(200, &std::collections::BTreeMap::from(credentials)));
        }
        ["reset"] => {
            input.only(&[])?;
            world.reset();
        }
        _ => return Err(Refusal::NoSuchCall),
    }
    Ok(done())
}

/// The scenario stands in the body, as YAML or JSON.
pub(super) fn restage(world: &mut World, request: &Request) -> Result<Reply, Refusal> {
    let text =
        std::str::from_utf8(&request.body).map_err(|_| invalid("body", "The scenario must be text."))?;
    let Some(read) = world.scenario_reader else {
        return Err(ControlError::Invalid("this emulator reads no scenario files".to_owned()).into());
    };
    let scenario = read(text).map_err(|error| ControlError::Invalid(error.to_string()))?;
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
    place.ok_or_else(|| {
        let rule = format!("`{}` is the key of no integration", shown(&key));
        let cure = "use one that `GET state` lists, or leave it out for the first";
        refusal("api_key", &rule, cure).into()
    })
}
