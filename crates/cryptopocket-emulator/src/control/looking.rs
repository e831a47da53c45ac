//! The control calls that only look.

use super::ControlError;
use super::http::{Refusal, number};
use super::judging::{misattributed, transfers};
use super::shown::{DeliveryShown, OfframpShown, PaymentShown, State};
use super::upcoming::{armed_faults, timers};
use crate::fields::{Fields, refusal};
use crate::request::Request;
use crate::routes::ROUTES;
use crate::wire::Reply;
use crate::world::World;

/// Answers the calls that change nothing.
pub(super) fn look(world: &World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::query(request);
    input.only(if path == ["journal"] { &["after"] } else { &[] })?;
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
            let after = input.text("after", 20).map_or(Ok(0), |text| text.parse());
            input.check()?;
            let after = after.map_err(|_| {
                let cure = "write the `number` of the last entry that you have seen";
                refusal("after", "it must be a whole number", cure)
            })?;
            Ok(Reply::json(200, &world.journal.since(after)))
        }
        ["faults"] => Ok(Reply::json(200, &armed_faults(world))),
        ["timers"] => Ok(Reply::json(200, &timers(world))),
        ["transfers"] => Ok(Reply::json(200, &transfers(world))),
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
            let id = number("an off-ramp", id)?;
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
