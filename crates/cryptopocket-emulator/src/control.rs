//! The control plane: commands and queries as HTTP, below `/_sandbox`.

use http::Method;
use serde::Serialize;

use crate::command::Command;
use crate::engine::Engine;
use crate::error::{CommandError, wrong};
use crate::fields::{Fields, invalid};
use crate::input;
use crate::queries::{delivery_details, offramp_details, payment_details};
use crate::request::{Request, capture};
use crate::routes::ROUTES;
use crate::scenario::Scenario;
use crate::wire::{Reply, not_found, wrong_method};

type Answer = Result<Reply, CommandError>;
type Query = fn(&Engine, &str) -> Answer;

/// The queries: the path of each, with an id in braces, and its answer.
const QUERIES: &[(&str, Query)] = &[
    ("", |engine, _| json(engine.state())),
    ("state", |engine, _| json(engine.state())),
    ("routes", |_, _| {
        list(ROUTES.iter().map(|one| (one.operation, one.method, one.path)))
    }),
    ("journal", |engine, after| {
        let cure = "write the `number` of the last entry that you have seen";
        let number = after.parse();
        let number = number.or_else(|_| wrong("after", "it must be a whole number", cure));
        number.and_then(|number| json(engine.call_log().since(number)))
    }),
    ("export", |engine, _| {
        Ok(Reply::with_type(200, "application/json", engine.export()))
    }),
    ("misattributed", |engine, _| json(engine.misattributed())),
    ("transfers", |engine, _| json(engine.transfers())),
    ("timers", |engine, _| json(engine.timers())),
    ("faults", |engine, _| json(engine.armed_faults())),
    ("deliveries", |engine, _| {
        list(engine.deliveries().map(delivery_details))
    }),
    ("payments/{id}", |engine, id| {
        let (_, payment) = engine.payment(id).ok_or(CommandError::NotFound("payment"))?;
        json(payment_details(payment))
    }),
    ("offramps/{id}", |engine, id| {
        let offramp = engine.offramp(input::id("an off-ramp", id)?);
        let (_, offramp) = offramp.ok_or(CommandError::NotFound("off-ramp"))?;
        json(offramp_details(offramp))
    }),
];

#[allow(clippy::unnecessary_wraps, reason = "every query ends with it")]
fn json(answer: impl Serialize) -> Answer {
    Ok(Reply::json(200, &answer))
}

fn list<T: Serialize>(items: impl Iterator<Item = T>) -> Answer {
    json(items.collect::<Vec<_>>())
}

impl Engine {
    /// Answers a request below `/_sandbox`; `path` is the path below it.
    pub(crate) fn control(&mut self, request: &Request, path: &[&str]) -> Reply {
        let path = path.strip_suffix(&[""]).unwrap_or(path);
        let (methods, method) = (methods_of(path), request.method.as_str());
        let answer = match method {
            _ if methods.is_empty() => return not_found(&request.path),
            _ if !methods.contains(&method) => {
                return wrong_method(method, &methods.join(", "), &request.path);
            }
            "GET" | "HEAD" => self.query(request, path),
            _ => self.command(request, path),
        };
        answer.unwrap_or_else(Reply::from)
    }

    fn command(&mut self, request: &Request, path: &[&str]) -> Answer {
        if !request.query.is_empty() {
            let cure = "write its fields into a JSON object in the body";
            return wrong("query", "this call takes none", cure);
        }
        let command = if path == ["scenario"] {
            let text = std::str::from_utf8(&request.body);
            let text = text.map_err(|_| invalid("body", "The scenario must be text."))?;
            Command::Restage(Box::new(text.parse::<Scenario>()?))
        } else {
            let no_body = request.method == Method::DELETE && request.body.is_empty();
            let mut input = if no_body {
                Fields::default()
            } else {
                Fields::json(request)?
            };
            let command = Command::read(&request.method, path, &mut input)?;
            input.finish()?;
            command
        };
        json(self.execute(command)?)
    }

    fn query(&self, request: &Request, path: &[&str]) -> Answer {
        let mut input = Fields::query(request);
        let after = (path == ["journal"]).then(|| input.text("after", 20).unwrap_or_else(|| "0".to_owned()));
        input.finish()?;
        let mut queries = QUERIES.iter();
        let found = queries.find_map(|(pattern, query)| Some((capture(pattern, path)?, query)));
        let (id, query) = found.ok_or(CommandError::NotFound("query"))?;
        query(self, after.as_deref().unwrap_or(id))
    }
}

/// The methods that a path takes; none if no call has this path.
fn methods_of(path: &[&str]) -> Vec<&'static str> {
    let fits = |pattern: &str| capture(pattern, path).is_some();
    let is_query = QUERIES.iter().any(|(pattern, _)| fits(pattern));
    let mut methods = if is_query { vec!["GET", "HEAD"] } else { Vec::new() };
    let commands = Command::PATHS.iter().filter(|(_, pattern)| fits(pattern));
    methods.extend(commands.map(|(method, _)| *method));
    methods
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{QUERIES, methods_of};
    use crate::command::Command;
    use crate::engine::Engine;
    use crate::request::Request;
    use crate::settings::Settings;
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
        let queries = QUERIES.iter().map(|(pattern, _)| *pattern);
        for pattern in queries.chain(Command::PATHS.iter().map(|(_, pattern)| *pattern)) {
            let parts = pattern.split('/').filter(|part| !part.is_empty());
            let path: Vec<_> = parts
                .map(|part| if part.starts_with('{') { "1" } else { part })
                .collect();
            let (methods, path) = (methods_of(&path), path.join("/"));
            for method in ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"] {
                let reply = asked(method, &path);
                let told = String::from_utf8_lossy(&reply.body).into_owned();
                if methods.contains(&method) {
                    assert!(!told.contains("could not be found"), "{method} {path}: {told}");
                    assert_ne!(reply.status, 405, "{method} {path}");
                } else {
                    assert_eq!(reply.status, 405, "{method} {path}: {told}");
                    assert_eq!(reply.headers, [("allow", methods.join(", "))]);
                }
            }
        }
        assert_eq!(asked("POST", "no/such/call").status, 404);
    }

    /// The texts of a refusal's field errors; none of any other reply.
    fn field_errors(path: &str, query: &str, body: &str) -> Vec<String> {
        field_errors_of(&mut Engine::new(1), path, query, body)
    }

    fn field_errors_of(engine: &mut Engine, path: &str, query: &str, body: &str) -> Vec<String> {
        let mut request = Request::post(&format!("/_sandbox/{path}"), body.to_owned());
        if body.is_empty() {
            request.method = http::Method::GET;
        }
        query.clone_into(&mut request.query);
        let reply = engine.handle(&request).reply.unwrap();
        let told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        let fields = told["errors"]
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::values);
        let texts = fields.flat_map(|errors| errors.as_array().unwrap());
        texts.map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_field_error_is_one_sentence() {
        let values = ["null", "true", "-1", "0.001", "\"\"", "\"x\"", "{}", "\"2.\""];
        let mut errors = field_errors("journal", "after=x", "");
        errors.extend(field_errors("state", "before=1", ""));
        errors.extend(field_errors("reset", "now=1", "{}"));
        for text in [
            "[]",
            "speed: warp",
            "limits: {min_purchase: -1}",
            "faults: [{fault: x}]",
        ] {
            errors.extend(field_errors("scenario", "", text));
        }
        let commands = Command::PATHS
            .iter()
            .filter(|(method, path)| *method == "POST" && *path != "scenario");
        for (_, pattern) in commands {
            for id in ["1", "x"] {
                let parts = pattern.split('/');
                let path: Vec<_> = parts
                    .map(|part| if part.starts_with('{') { id } else { part })
                    .collect();
                let path = path.join("/");
                let unknown = field_errors(&path, "", "{\"zz\": 1}");
                assert!(!unknown.is_empty(), "{path}");
                let known = unknown[0]
                    .split_once("use one of ")
                    .map_or("", |(_, known)| known);
                for name in known.trim_end_matches('.').split(", ") {
                    for value in values {
                        let found = field_errors(&path, "", &format!("{{\"{name}\": {value}}}"));
                        errors.extend(found);
                    }
                }
                errors.extend(unknown);
                errors.extend(field_errors(&path, "", "[]"));
            }
        }
        // Values that fit their field, and are refused by the rule of the command.
        for (path, body) in [
            ("payments/x/method", "{\"payment_type\": \"x\"}"),
            ("methods", "{\"payment_type\": \"x\", \"barred\": true}"),
            ("bank/credits", "{\"amount\": 0}"),
            ("bank/credits", "{\"amount\": 1, \"iban\": \"x\"}"),
            ("bank/credits", "{\"amount\": 1, \"meant_for\": \"x\"}"),
            (
                "bank/reconcile",
                "{\"payment_id\": \"x\", \"transaction_id\": \"sandbox:x\"}",
            ),
            ("whitelist", "{\"listed\": true, \"api_key\": \"x\"}"),
            ("faults", "{\"operation\": \"x\", \"fault\": \"html\"}"),
            ("webhook-faults", "{\"event\": \"x\", \"fault\": \"lost\"}"),
        ] {
            let found = field_errors(path, "", body);
            assert!(!found.is_empty(), "{path} {body}");
            errors.extend(found);
        }
        // Deposits are judged by the off-ramp, so it has to exist.
        let scenario = "customers: [{name: Ana, email: ana@example.com}]\n\
            offramps: [{customer: ana@example.com, amount: 5, symbol: USDC, iban: ES9121000418450200051332}]";
        let mut settings = Settings::new(1);
        settings.stage(scenario.parse().unwrap());
        let mut engine = Engine::with(settings);
        for amount in ["0", "-1", "0.0000000000000000001"] {
            let body = format!("{{\"amount\": {amount}}}");
            let found = field_errors_of(&mut engine, "offramps/70001/deposit", "", &body);
            assert_eq!(found.len(), 1, "{amount}: {found:?}");
            errors.extend(found);
        }
        assert!(errors.len() > 400, "{}", errors.len());
        for error in errors {
            assert!(error.ends_with('.') && !error.ends_with(".."), "{error}");
        }
    }
}
