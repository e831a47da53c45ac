//! The calls of the API: one route an operation, one module a tag.

mod banking;
mod market;
mod offramp;
mod onramp;
mod table;
mod users;
mod webhooks;

use std::collections::BTreeMap;

pub use table::{Found, ROUTES, Route, find};

use crate::fields::Fields;
use crate::request::Request;
use crate::wire::{Failure, Reply};
use crate::world::World;

/// One call under way.
#[derive(Debug)]
pub struct Call<'a> {
    pub world: &'a mut World,
    /// The integration whose token came with the call.
    pub who: usize,
    pub request: &'a Request,
    pub parameters: Vec<String>,
}

impl<'a> Call<'a> {
    fn body(&self) -> Result<Fields<'a>, Failure> {
        Fields::json(self.request)
    }

    fn query(&self) -> Fields<'a> {
        Fields::query(self.request)
    }
}

/// Authenticates and carries out.
pub fn call(world: &mut World, found: Found, request: &Request) -> Reply {
    let open = found.route.operation == "authenticate";
    let who = if open {
        Some(0)
    } else {
        request.header("auth").and_then(|token| world.holder_of(token))
    };
    let Some(who) = who else {
        return Failure::Code("authorization_incorrect").reply();
    };
    (found.handler)(&mut Call {
        world,
        who,
        request,
        parameters: found.parameters,
    })
    .unwrap_or_else(|failure| failure.reply())
}

pub fn not_found(path: &str) -> Reply {
    let message = format!("The route {} could not be found.", path.trim_start_matches('/'));
    Reply::json(404, &BTreeMap::from([("message", message)]))
}

pub fn wrong_method(method: &str, allowed: &str, path: &str) -> Reply {
    let path = path.trim_start_matches('/');
    let message =
        format!("The {method} method is not supported for route {path}. Supported methods: {allowed}.");
    let mut reply = Reply::json(405, &BTreeMap::from([("message", message)]));
    reply.headers.push(("allow", allowed.to_owned()));
    reply
}
