//! Requests of the specification and of other paths, with unusual values.

use super::chance::Chance;
use crate::conformance::seed::Seeded;
use crate::spec::{Document, Node, Operation};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const FORM: &str = "application/x-www-form-urlencoded";

/// The words that requests are made of: `judges/fuzz.yaml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Vocabulary {
    /// JSON texts, one on each line.
    values: String,
    methods: Vec<String>,
    media: Vec<String>,
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

pub(crate) struct Material<'a> {
    pub(crate) document: &'a Document,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) seeded: &'a Seeded,
    pub(crate) address: &'a str,
}

/// The fields of a body. Each value is a JSON text: some are numbers that no float holds.
type Fields = BTreeMap<String, String>;

/// A request before it is bytes.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Material<'_> {
    pub(crate) fn request(&self, chance: &mut Chance) -> Request {
        let operations = self.document.operations();
        let mut request = match chance.of(&operations) {
            Some(operation) if !chance.one_in(6) => self.of_the_api(operation, chance),
            _ => self.elsewhere(chance),
        };
        self.twist(&mut request, chance);
        request
    }

    fn of_the_api(&self, operation: &Operation<'_>, chance: &mut Chance) -> Request {
        let mut query = Vec::new();
        for parameter in operation.parameters() {
            if parameter.word("in") != "query" || chance.one_in(3) {
                continue;
            }
            let sample = parameter.get("example").filter(|_| !chance.one_in(3));
            let value = sample.map_or_else(|| self.odd(chance), Value::to_string);
            for _ in 0..=usize::from(chance.one_in(20)) {
                query.push(format!("{}={}", parameter.word("name"), plain(&value)));
            }
        }
        let mark = if query.is_empty() { "" } else { "?" };
        let path = self.filled(operation.path, chance);
        let (media, body) = self.body(operation, chance).unwrap_or_default();
        Request {
            method: operation.method.to_ascii_uppercase(),
            target: format!("/api{path}{mark}{}", query.join("&")),
            headers: vec![("auth", self.seeded.token.clone()), ("content-type", media)],
            body,
        }
    }

    fn elsewhere(&self, chance: &mut Chance) -> Request {
        let call = chance.text(&self.vocabulary.paths);
        let (method, path) = call.split_once(' ').unwrap_or(("GET", "/"));
        let fields = 0..chance.below(4);
        let fields: Fields = fields
            .map(|_| (chance.text(&self.vocabulary.fields), self.odd(chance)))
            .collect();
        let is_page = path.starts_with("/pages") || path.starts_with("/dashboard");
        let media = if is_page { FORM } else { "application/json" };
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
        let parts = path.split('/').map(|part| match part.strip_prefix('{') {
            None => part.to_owned(),
            Some(name) => match chance.of(self.pool(name)) {
                Some(id) if !chance.one_in(4) => id.clone(),
                _ => plain(&self.odd(chance)),
            },
        });
        parts.collect::<Vec<_>>().join("/")
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

    /// A sample of the specification with some fields exchanged, left out or added.
    fn body(&self, operation: &Operation<'_>, chance: &mut Chance) -> Option<(String, Vec<u8>)> {
        let (media, _) = operation.request()?;
        let content = operation.node.pointer("/requestBody/content")?.get(media)?;
        let samples: Vec<_> = content
            .fields("examples")
            .filter_map(|(_, sample)| sample.get("value"))
            .collect();
        let mut fields = Fields::new();
        for (name, value) in chance.of(&samples)?.as_object()? {
            let pool = if name.ends_with("_id") {
                self.pool(name)
            } else {
                &[]
            };
            let value = match (chance.below(8), chance.of(pool)) {
                (0, _) => continue,
                (1 | 2, _) => self.odd(chance),
                (_, Some(id)) if id.parse::<u64>().is_ok() => id.clone(),
                (_, Some(id)) => json!(id).to_string(),
                // Port 9 of this machine discards.
                _ if name == "url" => json!("http://127.0.0.1:9/hook").to_string(),
                _ => value.to_string(),
            };
            fields.insert(name.clone(), value);
        }
        if chance.one_in(8) {
            fields.insert(chance.text(&self.vocabulary.fields), self.odd(chance));
        }
        Some((media.to_owned(), written(media, &fields)))
    }

    fn odd(&self, chance: &mut Chance) -> String {
        match chance.below(10) {
            0 => json!("x".repeat(chance.below(70_000))).to_string(),
            1 => chance.below(usize::MAX).to_string(),
            2 => {
                let name = chance.text(&["user", "payment", "transaction"]);
                json!(chance.of(self.pool(&name))).to_string()
            }
            _ => chance.text(&self.vocabulary.values.lines().collect::<Vec<_>>()),
        }
    }

    /// Changes something beside the values.
    fn twist(&self, request: &mut Request, chance: &mut Chance) {
        let Request {
            target,
            headers,
            body,
            ..
        } = request;
        match chance.below(40) {
            0 => request.method = chance.text(&self.vocabulary.methods),
            1 => target.insert_str(0, &"/a".repeat(chance.below(300))),
            2 => *target = target.replace('/', &chance.text(&["//", "/./", "/%2f", "/%", "/%ff"])),
            3 => headers.retain(|(name, _)| *name != "auth"),
            4 => headers.push(("auth", self.seeded.token.clone())),
            5 => headers.push(("auth", "x".repeat(chance.below(20_000)))),
            6 => {
                headers.retain(|(name, _)| *name != "content-type");
                headers.push(("content-type", chance.text(&self.vocabulary.media)));
            }
            7 => *body = (0..chance.below(300)).map(|_| chance.byte()).collect(),
            8 => body.truncate(chance.below(body.len())),
            9 => *body = ["[".repeat(20_000), "]".repeat(20_000)].join("1").into_bytes(),
            10 => body.clear(),
            11 => body.extend_from_slice(b"{}"),
            12 => {
                let name = chance.of(&["x-forwarded-host", "origin", "cookie", "accept"]);
                headers.extend(name.map(|name| (*name, "é<>".to_owned())));
            }
            13 => {
                let ends = ["?", "?&&=&", "?a=%", "?page=1&page=x", "?%ff=%ff", "#x", "/"];
                *target += &chance.text(&ends);
            }
            _ => {}
        }
        headers.push(("host", self.address.to_owned()));
        headers.push(("connection", "close".to_owned()));
    }
}

/// A value in a query, a path or a form, percent-encoded.
fn plain(value: &str) -> String {
    utf8_percent_encode(value.trim_matches('"'), NON_ALPHANUMERIC).to_string()
}

fn written(media: &str, fields: &Fields) -> Vec<u8> {
    let is_form = media == FORM;
    let pairs = fields.iter().map(|(name, value)| {
        if is_form {
            format!("{name}={}", plain(value))
        } else {
            format!("{name:?}:{value}")
        }
    });
    let pairs: Vec<String> = pairs.collect();
    let body = if is_form {
        pairs.join("&")
    } else {
        format!("{{{}}}", pairs.join(","))
    };
    body.into_bytes()
}

impl Request {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "content-length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}
