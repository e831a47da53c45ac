//! Requests of the specification and of other paths, with unusual values.

use super::chance::Chance;
use crate::conformance::seed::Seeded;
use crate::spec::{Document, Node, Operation};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const FORM: &str = "application/x-www-form-urlencoded";

/// The words that requests are made of: `judges/fuzz.yaml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Vocabulary {
    /// JSON texts, one on each line.
    values: String,
    methods: Vec<String>,
    media: Vec<String>,
    /// Method and path.
    paths: Vec<String>,
    fields: Vec<String>,
    /// Pieces of bytes that break HTTP parsers.
    pub(crate) pieces: Vec<String>,
}

impl Vocabulary {
    pub(crate) fn read() -> Result<Self, String> {
        yaml_serde::from_str(include_str!("../../../judges/fuzz.yaml")).map_err(|e| format!("fuzz.yaml: {e}"))
    }
}

/// The material of requests.
pub(crate) struct Material<'a> {
    pub(crate) document: &'a Document,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) seeded: &'a Seeded,
    pub(crate) address: &'a str,
}

/// A request before it is bytes.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(crate) fn make(material: &Material<'_>, chance: &mut Chance) -> Request {
    let mut request = if chance.one_in(6) {
        material.elsewhere(chance)
    } else {
        material.of_the_api(chance)
    };
    request.twist(material, chance);
    request
}

impl Material<'_> {
    fn of_the_api(&self, chance: &mut Chance) -> Request {
        let operations = self.document.operations();
        let Some(operation) = chance.of(&operations) else {
            return self.elsewhere(chance);
        };
        let mut target = format!("/api{}", self.filled(operation.path, chance));
        let query = self.query(operation, chance).join("&");
        if !query.is_empty() {
            let _ = write!(target, "?{query}");
        }
        let (media, body) = self.body(operation, chance).unwrap_or_default();
        Request {
            method: operation.method.to_ascii_uppercase(),
            target,
            headers: vec![("auth", self.seeded.token.clone()), ("content-type", media)],
            body,
        }
    }

    fn elsewhere(&self, chance: &mut Chance) -> Request {
        let call = chance.text(&self.vocabulary.paths);
        let (method, path) = call.split_once(' ').unwrap_or(("GET", "/"));
        let mut fields = Map::new();
        for _ in 0..chance.below(4) {
            fields.insert(chance.text(&self.vocabulary.fields), self.odd(chance));
        }
        let page = path.starts_with("/pages") || path.starts_with("/dashboard");
        let media = if page { FORM } else { "application/json" };
        Request {
            method: method.to_owned(),
            target: self.filled(path, chance),
            headers: vec![("content-type", media.to_owned())],
            body: if method == "GET" {
                Vec::new()
            } else {
                written(media, &fields)
            },
        }
    }

    /// A path with ids in its braces, mostly existing ones.
    fn filled(&self, path: &str, chance: &mut Chance) -> String {
        let part = |part: &str| {
            let Some(name) = part.strip_prefix('{') else {
                return part.to_owned();
            };
            let pool = self.pool(name);
            match chance.of(pool) {
                Some(id) if !chance.one_in(4) => id.clone(),
                _ => plain(&self.odd(chance)),
            }
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// The ids that exist for a field or a part of a path.
    fn pool(&self, name: &str) -> &[String] {
        match name.split(['_', '}']).next().unwrap_or_default() {
            "user" => &self.seeded.users,
            "payment" => &self.seeded.payments,
            "offramp" => &self.seeded.offramps,
            "transaction" => &self.seeded.transactions,
            "iban" => &self.seeded.ibans,
            _ => &[],
        }
    }

    fn query(&self, operation: &Operation<'_>, chance: &mut Chance) -> Vec<String> {
        let mut pairs = Vec::new();
        for parameter in operation.parameters() {
            if parameter.word("in") != "query" || chance.one_in(3) {
                continue;
            }
            let sample = parameter.get("example").cloned().filter(|_| !chance.one_in(3));
            let value = plain(&sample.unwrap_or_else(|| self.odd(chance)));
            for _ in 0..=usize::from(chance.one_in(20)) {
                pairs.push(format!("{}={value}", parameter.word("name")));
            }
        }
        pairs
    }

    /// A sample of the specification with some fields exchanged, left out or added.
    fn body(&self, operation: &Operation<'_>, chance: &mut Chance) -> Option<(String, Vec<u8>)> {
        let (media, _) = operation.request()?;
        let content = operation.node.pointer("/requestBody/content")?.get(media)?;
        let samples: Vec<_> = content
            .fields("examples")
            .filter_map(|(_, sample)| sample.get("value"))
            .collect();
        let mut fields = chance.of(&samples)?.as_object()?.clone();
        for name in fields.keys().cloned().collect::<Vec<_>>() {
            match chance.below(8) {
                0 => drop(fields.remove(&name)),
                1 | 2 => drop(fields.insert(name, self.odd(chance))),
                _ if ["user_id", "payment_id", "transaction_id"].contains(&name.as_str()) => {
                    if let Some(id) = chance.of(self.pool(&name)) {
                        let number = id.parse::<u64>().map(Value::from);
                        fields.insert(name, number.unwrap_or_else(|_| json!(id)));
                    }
                }
                _ => {}
            }
        }
        if chance.one_in(8) {
            fields.insert(chance.text(&self.vocabulary.fields), self.odd(chance));
        }
        if let Some(url) = fields.get_mut("url").filter(|_| !chance.one_in(4)) {
            // Port 9 of this machine discards.
            *url = json!("http://127.0.0.1:9/hook");
        }
        Some((media.to_owned(), written(media, &fields)))
    }

    /// An unusual value. Texts of the vocabulary stay as they are in `$raw`: some are numbers that no float holds.
    fn odd(&self, chance: &mut Chance) -> Value {
        match chance.below(10) {
            0 => json!("x".repeat(chance.below(70_000))),
            1 => json!(chance.next()),
            2 => {
                let name = chance.text(&["user", "payment", "transaction"]);
                json!(chance.of(self.pool(&name)))
            }
            _ => {
                let values: Vec<&str> = self.vocabulary.values.lines().collect();
                json!({ "$raw": chance.text(&values) })
            }
        }
    }
}

/// A value in a query, a path or a form, percent-encoded.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => map.word("$raw").trim_matches('"').to_owned(),
        other => other.to_string(),
    };
    utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string()
}

fn written(media: &str, fields: &Map<String, Value>) -> Vec<u8> {
    if media == FORM {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", plain(value)));
        return pairs.collect::<Vec<_>>().join("&").into_bytes();
    }
    let pairs = fields
        .iter()
        .map(|(name, value)| match value.get("$raw").and_then(Value::as_str) {
            Some(raw) => format!("{}:{raw}", json!(name)),
            None => format!("{}:{value}", json!(name)),
        });
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(",")).into_bytes()
}

impl Request {
    /// Changes something beside the values.
    fn twist(&mut self, material: &Material<'_>, chance: &mut Chance) {
        match chance.below(40) {
            0 => self.method = chance.text(&material.vocabulary.methods),
            1 => self.target = format!("/{}{}", "a/".repeat(chance.below(300)), self.target),
            2 => {
                self.target = self
                    .target
                    .replace('/', &chance.text(&["//", "/./", "/%2f", "/%", "/%ff"]));
            }
            3 => self.headers.retain(|(name, _)| *name != "auth"),
            4 => self.headers.push(("auth", material.seeded.token.clone())),
            5 => self.headers.push(("auth", "x".repeat(chance.below(20_000)))),
            6 => {
                self.headers.retain(|(name, _)| *name != "content-type");
                self.headers
                    .push(("content-type", chance.text(&material.vocabulary.media)));
            }
            7 => {
                self.body = (0..chance.below(300))
                    .map(|_| chance.next().to_le_bytes()[0])
                    .collect();
            }
            8 => self.body.truncate(chance.below(self.body.len())),
            9 => self.body = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes(),
            10 => self.body.clear(),
            11 => self.body.extend_from_slice(b"{}"),
            12 => {
                let names = ["x-forwarded-host", "origin", "cookie", "accept"];
                self.headers
                    .extend(chance.of(&names).map(|name| (*name, "é<>".to_owned())));
            }
            13 => {
                let ends = ["?", "?&&=&", "?a=%", "?page=1&page=x", "?%ff=%ff", "#x", "/"];
                self.target += &chance.text(&ends);
            }
            _ => {}
        }
        self.headers.push(("host", material.address.to_owned()));
        self.headers.push(("connection", "close".to_owned()));
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "content-length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}
