//! Requests that are nearly right: those of the specification, with odd values in odd places.

use super::chance::Chance;
use super::vocabulary::{CONTROL_FIELDS, ELSEWHERE, MEDIA, METHODS, VALUES};
use crate::conformance::seed::Seeded;
use crate::spec::{Document, Operation};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// What requests are made of.
pub(crate) struct Material<'a> {
    pub(crate) document: &'a Document,
    pub(crate) seeded: &'a Seeded,
    pub(crate) address: &'a str,
}

/// A request before it is bytes.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn make(material: &Material<'_>, chance: &mut Chance) -> Request {
    let mut request = if chance.one_in(6) {
        elsewhere(material, chance)
    } else {
        of_the_api(material, chance)
    };
    twist(material, &mut request, chance);
    request
}

fn of_the_api(material: &Material<'_>, chance: &mut Chance) -> Request {
    let operations = material.document.operations();
    let Some(operation) = chance.of(&operations) else {
        return elsewhere(material, chance);
    };
    let mut target = format!("/api{}", filled(operation.path, material, chance));
    let query: Vec<String> = queries(operation, material, chance);
    if !query.is_empty() {
        let _ = write!(target, "?{}", query.join("&"));
    }
    let (media, body) = body(operation, material, chance).unwrap_or_default();
    Request {
        method: operation.method.to_ascii_uppercase(),
        target,
        headers: vec![
            ("auth".to_owned(), material.seeded.token.clone()),
            ("content-type".to_owned(), media),
        ],
        body,
    }
}

fn elsewhere(material: &Material<'_>, chance: &mut Chance) -> Request {
    let (method, path) = chance.of(ELSEWHERE).copied().unwrap_or(("GET", "/"));
    let mut fields = Map::new();
    for _ in 0..chance.below(4) {
        fields.insert(chance.text(CONTROL_FIELDS).to_owned(), odd(material, chance));
    }
    let media = if path.starts_with("/pages") || path.starts_with("/dashboard") {
        MEDIA.get(1)
    } else {
        MEDIA.first()
    };
    let media = media.copied().unwrap_or_default().to_owned();
    let body = if method == "GET" {
        Vec::new()
    } else {
        written(&media, &Value::Object(fields))
    };
    Request {
        method: method.to_owned(),
        target: filled(path, material, chance),
        headers: vec![("content-type".to_owned(), media)],
        body,
    }
}

/// A path with ids in its braces, mostly such as exist.
fn filled(path: &str, material: &Material<'_>, chance: &mut Chance) -> String {
    let seeded = material.seeded;
    let pools = [
        ("user", &seeded.users),
        ("payment", &seeded.payments),
        ("offramp", &seeded.offramps),
        ("iban", &seeded.ibans),
    ];
    let parts: Vec<String> = path
        .split('/')
        .map(|part| {
            let Some(name) = part.strip_prefix('{') else {
                return part.to_owned();
            };
            let pool = pools
                .iter()
                .find(|(pool, _)| name.starts_with(pool))
                .map(|(_, ids)| ids.as_slice());
            let known = pool.and_then(|ids| chance.of(ids)).filter(|_| !chance.one_in(4));
            known.cloned().unwrap_or_else(|| plain(&odd(material, chance)))
        })
        .collect();
    parts.join("/")
}

fn queries(operation: &Operation<'_>, material: &Material<'_>, chance: &mut Chance) -> Vec<String> {
    let mut pairs = Vec::new();
    for parameter in operation.parameters() {
        if parameter.get("in") != Some(&json!("query")) || chance.one_in(3) {
            continue;
        }
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        let sample = parameter.get("example").cloned().filter(|_| !chance.one_in(3));
        let value = sample.unwrap_or_else(|| odd(material, chance));
        for _ in 0..=usize::from(chance.one_in(20)) {
            pairs.push(format!("{name}={}", plain(&value)));
        }
    }
    pairs
}

/// A sample of the specification with some fields exchanged, left out or added.
fn body(
    operation: &Operation<'_>,
    material: &Material<'_>,
    chance: &mut Chance,
) -> Option<(String, Vec<u8>)> {
    let (media, _) = operation.request()?;
    let samples = operation
        .node
        .pointer("/requestBody/content")?
        .get(media)?
        .get("examples")?
        .as_object()?;
    let samples: Vec<&Value> = samples
        .values()
        .filter_map(|sample| sample.get("value"))
        .collect();
    let mut fields = chance.of(&samples)?.as_object()?.clone();
    let names: Vec<String> = fields.keys().cloned().collect();
    for name in &names {
        match chance.below(8) {
            0 => drop(fields.remove(name)),
            1 | 2 => drop(fields.insert(name.clone(), odd(material, chance))),
            _ => known(&mut fields, name, material, chance),
        }
    }
    if chance.one_in(8) {
        fields.insert(chance.text(CONTROL_FIELDS).to_owned(), odd(material, chance));
    }
    if let Some(url) = fields.get_mut("url").filter(|_| !chance.one_in(4)) {
        // Port 9 of this machine discards.
        *url = json!("http://127.0.0.1:9/hook");
    }
    Some((media.to_owned(), written(media, &Value::Object(fields))))
}

/// Puts an id that exists where one belongs.
fn known(fields: &mut Map<String, Value>, name: &str, material: &Material<'_>, chance: &mut Chance) {
    let seeded = material.seeded;
    let pool = match name {
        "user_id" => &seeded.users,
        "payment_id" => &seeded.payments,
        "transaction_id" => &seeded.transactions,
        _ => return,
    };
    if let Some(id) = chance.of(pool) {
        let number = id.parse::<u64>().map(Value::from);
        fields.insert(name.to_owned(), number.unwrap_or_else(|_| json!(id)));
    }
}

/// A value nobody would send. Numbers that no float holds come as text in `$raw`, and are written as they are.
fn odd(material: &Material<'_>, chance: &mut Chance) -> Value {
    match chance.below(10) {
        0 => json!("x".repeat(chance.below(70_000))),
        1 => json!(chance.next()),
        2 => {
            let ids = [
                &material.seeded.users,
                &material.seeded.payments,
                &material.seeded.transactions,
            ];
            let pool = chance.of(&ids).map_or(&[][..], |ids| ids.as_slice());
            json!(chance.of(pool))
        }
        _ => json!({ "$raw": chance.text(VALUES) }),
    }
}

/// A value as it stands in a query, a path or a form, percent-encoded.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => map
            .get("$raw")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned(),
        other => other.to_string(),
    };
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn written(media: &str, fields: &Value) -> Vec<u8> {
    let fields = fields.as_object().into_iter().flatten();
    if media == "application/x-www-form-urlencoded" {
        let pairs: Vec<String> = fields
            .map(|(name, value)| format!("{name}={}", plain(value)))
            .collect();
        return pairs.join("&").into_bytes();
    }
    let raw = |value: &Value| match value.get("$raw").and_then(Value::as_str) {
        Some(raw) => raw.to_owned(),
        None => value.to_string(),
    };
    let pairs: Vec<String> = fields
        .map(|(name, value)| format!("{}:{}", json!(name), raw(value)))
        .collect();
    format!("{{{}}}", pairs.join(",")).into_bytes()
}

/// Something about the request that is not its values.
fn twist(material: &Material<'_>, request: &mut Request, chance: &mut Chance) {
    match chance.below(40) {
        0 => chance.text(METHODS).clone_into(&mut request.method),
        1 => request.target = format!("/{}{}", "a/".repeat(chance.below(300)), request.target),
        2 => {
            request.target = request
                .target
                .replace('/', chance.text(&["//", "/./", "/%2f", "/%", "/%ff"]));
        }
        3 => request.headers.retain(|(name, _)| name != "auth"),
        4 => request
            .headers
            .push(("auth".to_owned(), material.seeded.token.clone())),
        5 => request
            .headers
            .push(("auth".to_owned(), "x".repeat(chance.below(20_000)))),
        6 => {
            request.headers.retain(|(name, _)| name != "content-type");
            request
                .headers
                .push(("content-type".to_owned(), chance.text(MEDIA).to_owned()));
        }
        7 => {
            request.body = (0..chance.below(300))
                .map(|_| chance.next().to_le_bytes()[0])
                .collect();
        }
        8 => request.body.truncate(chance.below(request.body.len())),
        9 => request.body = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes(),
        10 => request.body.clear(),
        11 => request.body.extend_from_slice(b"{}"),
        12 => request.headers.push((
            chance
                .text(&["x-forwarded-host", "origin", "cookie", "accept"])
                .to_owned(),
            "é<>".to_owned(),
        )),
        13 => request.target.push_str(chance.text(&[
            "?",
            "?&&=&",
            "?a=%",
            "?page=1&page=x",
            "?%ff=%ff",
            "#x",
            "/",
        ])),
        _ => {}
    }
    request
        .headers
        .push(("host".to_owned(), material.address.to_owned()));
    request
        .headers
        .push(("connection".to_owned(), "close".to_owned()));
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
