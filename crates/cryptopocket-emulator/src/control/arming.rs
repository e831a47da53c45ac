//! The control calls that let something go wrong.

use super::http::{Refusal, done};
use crate::catalogue::EVENT_TYPES;
use crate::faults::{Fault, Misfit, Times, TransferFault, WebhookFault};
use crate::fields::{Fields, refusal};
use crate::request::Request;
use crate::routes::ROUTES;
use crate::wire::{Failure, Reply};
use crate::world::World;

/// Arms a fault for calls, webhooks or transfers, as the path says.
pub(super) fn arm(world: &mut World, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
    let mut input = Fields::json(request)?;
    match path {
        ["faults"] => {
            input.only(&["operation", "fault", "detail", "times", "skip"])?;
            let operations: Vec<&str> = ROUTES.iter().map(|route| route.operation).collect();
            let (fault, times, on) = read(&mut input, Fault::read, Some(("operation", &operations)))?;
            world.faults.arm(&on, fault, times);
        }
        ["webhook-faults"] => {
            input.only(&["event", "fault", "detail", "times", "skip"])?;
            let (fault, times, on) = read(&mut input, WebhookFault::read, Some(("event", EVENT_TYPES)))?;
            world.faults.arm_event(&on, fault, times);
        }
        _ => {
            input.only(&["fault", "detail", "times", "skip"])?;
            let (fault, times, _) = read(&mut input, TransferFault::read, None)?;
            world.faults.arm_transfer(fault, times);
        }
    }
    Ok(done())
}

/// The fault, how often it strikes, and on which of `known`; by default, and for `*`, on any.
fn read<F>(
    input: &mut Fields<'_>,
    named: impl Fn(&str, Option<&str>) -> Result<F, Misfit>,
    on: Option<(&str, &[&str])>,
) -> Result<(F, Times, String), Failure> {
    let (name, detail) = (input.required_text("fault", 64), input.id("detail"));
    let most = u64::from(u32::MAX);
    let count = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
    let times = Times {
        skip: count(input.within("skip", 0..=most)).unwrap_or(0),
        strike: count(input.within("times", 1..=most)).unwrap_or(1),
    };
    let word = on.and_then(|(field, known)| {
        let any = [known, &["*"]].concat();
        input.word(field, field, &any).map(str::to_owned)
    });
    input.check()?;
    let fault = named(&name, detail.as_deref())
        .map_err(|Misfit { field, rule, cure }| refusal(field, &rule, &cure))?;
    Ok((fault, times, word.unwrap_or_else(|| "*".to_owned())))
}
