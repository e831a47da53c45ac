//! The calls of the API: one route for each operation, one module for each tag.

mod banking;
mod market;
mod offramp;
mod onramp;
mod table;
mod users;
mod webhooks;

use std::collections::BTreeMap;

pub(crate) use table::{Found, find, operations};
pub use table::{ROUTES, Route};

use crate::engine::Engine;
use crate::fields::Fields;
use crate::integration::{Integration, Tenant};
use crate::provider::Provider;
use crate::request::Request;
use crate::wire::{Failure, Reply};

/// What a call answers.
type Answer = Result<Reply, Failure>;

/// A call being answered.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    engine: &'a mut Engine,
    /// The index of the integration whose token came with the call.
    index: usize,
    request: &'a Request,
    parameters: Vec<String>,
}

impl<'a> Call<'a> {
    fn body(&self) -> Result<Fields<'a>, Failure> {
        Fields::json(self.request)
    }

    fn query(&self) -> Fields<'a> {
        Fields::query(self.request)
    }

    /// The first parameter in the path.
    fn parameter(&self) -> &str {
        self.parameters.first().map_or("", String::as_str)
    }

    fn provider(&self) -> &Provider {
        &self.engine.provider
    }

    fn integration(&self) -> &Integration {
        &self.engine.integrations[self.index]
    }

    fn tenant(&mut self) -> Tenant<'_> {
        self.engine.tenant(self.index)
    }
}

/// Finds the caller by the token and carries out the call.
pub(crate) fn call(engine: &mut Engine, found: Found, request: &Request) -> Reply {
    let now = engine.now();
    let index = if found.route.operation == "authenticate" {
        Some(0)
    } else {
        let token = request.header("auth").unwrap_or_default();
        engine.integrations.iter().position(|one| one.accepts(token, now))
    };
    let Some(index) = index else {
        return Failure::Code("authorization_incorrect").reply();
    };
    let mut call = Call {
        engine,
        index,
        request,
        parameters: found.parameters,
    };
    (found.handler)(&mut call).unwrap_or_else(|failure| failure.reply())
}

/// The provider's framework's answer to a path without a route.
pub fn not_found(path: &str) -> Reply {
    let message = format!("The route {} could not be found.", path.trim_start_matches('/'));
    Reply::json(404, &BTreeMap::from([("message", message)]))
}

/// The provider's framework's answer to a method that a path does not take.
pub fn wrong_method(method: &str, allowed: &str, path: &str) -> Reply {
    let path = path.trim_start_matches('/');
    let message =
        format!("The {method} method is not supported for route {path}. Supported methods: {allowed}.");
    let mut reply = Reply::json(405, &BTreeMap::from([("message", message)]));
    reply.headers.push(("allow", allowed.to_owned()));
    reply
}
