//! The control plane: commands and queries as HTTP, below `/_sandbox`.
//!
//! A command has one path and one JSON form, which [`decode`] reads and [`Command::encode`] writes.

mod decode;
mod encode;

use serde::Serialize;
use std::collections::BTreeMap;

use crate::engine::Engine;
use crate::error::CommandError;
use crate::fields::{Fields, refusal};
use crate::queries::{DeliveryDetails, OfframpDetails, PaymentDetails};
use crate::request::Request;
use crate::routes::{ROUTES, not_found, wrong_method};
use crate::wire::{Failure, Reply};
use decode::{decode, number};
pub use encode::ControlCall;

/// Every path, with `*` for an id, and the methods it takes.
const PATHS: &[(&str, &str)] = &[
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
    ("customers/*/verification", "POST"),
    ("customers/*/declaration", "POST"),
    ("payments/*", "GET, HEAD"),
    ("payments/*/method", "POST"),
    ("payments/*/pay", "POST"),
    ("payments/*/fail", "POST"),
    ("payments/*/transfer", "POST"),
    ("payments/*/announce", "POST"),
    ("payments/*/coins", "POST"),
    ("payments/*/status", "POST"),
    ("offramps/*", "GET, HEAD"),
    ("offramps/*/deposit", "POST"),
    ("offramps/*/payout", "POST"),
    ("offramps/*/status", "POST"),
    ("clock/advance", "POST"),
    ("bank/credits", "POST"),
    ("bank/reconcile", "POST"),
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
enum Refusal {
    /// A field is not valid.
    Input(Failure),
    Command(CommandError),
    NoSuchCall,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Input(failure)
    }
}

impl From<CommandError> for Refusal {
    fn from(error: CommandError) -> Self {
        Self::Command(error)
    }
}

impl Engine {
    /// Answers a request below `/_sandbox`; `path` is what follows it.
    pub(crate) fn control(&mut self, request: &Request, path: &[&str]) -> Reply {
        let path = path.strip_suffix(&[""]).unwrap_or(path);
        let Some(methods) = methods_of(path) else {
            return not_found(&request.path);
        };
        let method = request.method.as_str();
        if !methods.split(", ").any(|one| one == method) {
            return wrong_method(method, methods, &request.path);
        }
        let answer = match method {
            "GET" | "HEAD" => self.query(request, path),
            _ => self.command(request, path),
        };
        answer.unwrap_or_else(|refusal| match refusal {
            Refusal::NoSuchCall => not_found(&request.path),
            Refusal::Input(failure) => failure.reply(),
            Refusal::Command(error) => {
                let status = match error {
                    CommandError::NotFound(_) => 404,
                    CommandError::WrongState(_) | CommandError::Refused(_) => 409,
                    CommandError::Invalid(_) => 422,
                };
                Reply::json(status, &BTreeMap::from([("error", error.to_string())]))
            }
        })
    }

    fn command(&mut self, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
        if !request.query.is_empty() {
            let cure = "write its fields into a JSON object in the body";
            return Err(refusal("query", "this call takes none", cure).into());
        }
        let command = decode(self, request, path)?;
        Ok(Reply::json(200, &self.execute(command)?))
    }

    fn query(&self, request: &Request, path: &[&str]) -> Result<Reply, Refusal> {
        let mut input = Fields::query(request);
        input.only(if path == ["journal"] { &["after"] } else { &[] })?;
        match path {
            [] | ["state"] => shown(&self.state()),
            ["routes"] => {
                let routes = ROUTES.iter().map(|one| (one.operation, one.method, one.path));
                shown(&routes.collect::<Vec<_>>())
            }
            ["journal"] => {
                let after = input.text("after", 20).map_or(Ok(0), |text| text.parse());
                input.check()?;
                let after = after.map_err(|_| {
                    let cure = "write the `number` of the last entry that you have seen";
                    refusal("after", "it must be a whole number", cure)
                })?;
                shown(&self.call_log().since(after))
            }
            ["faults"] => shown(&self.armed_faults()),
            ["timers"] => shown(&self.timers()),
            ["transfers"] => shown(&self.transfers()),
            ["misattributed"] => shown(&self.misattributed()),
            ["export"] => Ok(Reply::with_type(200, "application/json", self.export())),
            ["deliveries"] => shown(&self.deliveries().map(DeliveryDetails::from).collect::<Vec<_>>()),
            ["payments", id] => {
                let (_, payment) = self.payment(id).ok_or(CommandError::NotFound("payment"))?;
                shown(&PaymentDetails::from(payment))
            }
            ["offramps", id] => {
                let offramp = self.offramp(number("an off-ramp", id)?);
                let (_, offramp) = offramp.ok_or(CommandError::NotFound("off-ramp"))?;
                shown(&OfframpDetails::from(offramp))
            }
            _ => Err(Refusal::NoSuchCall),
        }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "every query ends with it")]
fn shown<T: Serialize>(answer: &T) -> Result<Reply, Refusal> {
    Ok(Reply::json(200, answer))
}

/// The methods that a path takes; `None` if there is no such path.
fn methods_of(path: &[&str]) -> Option<&'static str> {
    let fits = |pattern: &str| {
        let parts = pattern.split('/').filter(|part| !part.is_empty());
        parts.clone().count() == path.len()
            && parts.zip(path).all(|(part, given)| part == "*" || part == *given)
    };
    let found = PATHS.iter().find(|(pattern, _)| fits(pattern));
    found.map(|(_, methods)| *methods)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::PATHS;
    use crate::engine::Engine;
    use crate::request::Request;
    use crate::wire::Reply;

    fn asked(method: &str, path: &str) -> Reply {
        let request = Request {
            method: method.parse().unwrap(),
            path: format!("/_sandbox/{path}"),
            query: String::new(),
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
        };
        Engine::new(1).handle(&request).reply.unwrap()
    }

    #[test]
    fn every_path_takes_its_methods_and_no_other() {
        for (pattern, methods) in PATHS {
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
