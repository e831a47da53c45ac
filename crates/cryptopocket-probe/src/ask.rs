//! One call: with its values, until its path and the names of its parameters are settled.

use std::collections::BTreeMap;

use cryptopocket_core::shape::{Shape, ShapeRecord};
use cryptopocket_core::{Error, ErrorKind, Idempotency, Method, Session};
use serde_json::{Map, Value};

use crate::outline::Outline;

/// What a call came to. It has no `Debug`, since a reply holds personal data.
pub(crate) enum Outcome {
    Reply(Value),
    Refused(String),
    /// Parameters or fields that the provider named, in its own names.
    Invalid(Vec<String>),
    NoSuchPath,
    Failed(String),
}

/// How a call is made: the path and the names that the provider is asked with.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    session: Session,
    pub(crate) outline: &'static Outline,
    pub(crate) path: String,
    /// Names on the wire, by those in the specification.
    pub(crate) names: BTreeMap<String, String>,
}

impl Call {
    /// The call as the session would make it.
    pub(crate) fn new(session: &Session, outline: &'static Outline) -> Self {
        let choice = session.choices().of(&outline.id).cloned().unwrap_or_default();
        let known = outline
            .asked()
            .filter_map(|it| Some((it.path.clone(), it.wire.clone()?)));
        Self {
            session: session.clone(),
            outline,
            path: choice.path.unwrap_or_else(|| outline.path.clone()),
            names: known.chain(choice.request).chain(choice.parameters).collect(),
        }
    }

    pub(crate) fn wire<'n>(&'n self, name: &'n str) -> &'n str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// Makes the call with values of parameters and of fields of the body, by their names in the specification.
    pub(crate) async fn send(&self, values: &Value) -> Outcome {
        self.recorded(values, &mut Vec::new()).await
    }

    async fn recorded(&self, values: &Value, records: &mut Vec<ShapeRecord>) -> Outcome {
        let outline = self.outline;
        let method = Method::from_bytes(outline.method.as_bytes()).unwrap_or(Method::GET);
        let class = if outline.reads {
            Idempotency::Safe
        } else {
            Idempotency::Unsafe
        };
        let mut request = self.session.raw(method, &self.path).idempotency(class);
        for segment in self.path.split('/').filter(|segment| segment.starts_with('{')) {
            let name = segment.trim_matches(['{', '}']);
            request = request.path(&values.get(name).map(text).unwrap_or_default());
        }
        let (mut query, mut body) = (Map::new(), Map::new());
        for (name, value) in values.as_object().into_iter().flatten() {
            let part = match outline.parameter(name) {
                Some(_) if outline.is_in_path(name) => continue,
                Some(_) => &mut query,
                None => &mut body,
            };
            part.insert(self.wire(name).to_owned(), value.clone());
        }
        for (name, value) in &query {
            request = request.query(name, value);
        }
        let has_body = !outline.request.is_empty();
        if has_body {
            request = if outline.form {
                request.form(&body)
            } else {
                request.json(&body)
            };
        }
        let answer = request.send().await;
        let (status, said) = match &answer {
            Ok(reply) => (Some(reply.status()), Some(&reply.body()[..])),
            Err(error) => (error.status(), error.raw_body()),
        };
        if let (Some(status), Some(said)) = (status, said) {
            let class = status / 100;
            let is_refused = answer.is_err() && class == 2;
            let outcome = format!("{class}xx{}", if is_refused { "-refused" } else { "" });
            let mut record = ShapeRecord::new(&outline.id, &outline.method, &self.path, &outcome);
            record.query = Shape::of_json(&Value::Object(query).to_string());
            if has_body {
                record.request = Shape::of_json(&Value::Object(body).to_string());
            }
            record.reply = Shape::of_json(&String::from_utf8_lossy(said));
            records.push(record);
        }
        match answer.map(|reply| serde_json::from_slice(reply.body())) {
            Ok(Ok(reply)) => Outcome::Reply(reply),
            Ok(Err(_)) => Outcome::Failed("the reply is no JSON".to_owned()),
            Err(error) => outcome(&error),
        }
    }

    /// Makes the call, and tries candidates of its path and of its names as long as the provider knows neither. Returns it as
    /// it was answered.
    pub(crate) async fn settle(mut self, values: &Value, records: &mut Vec<ShapeRecord>) -> (Self, Outcome) {
        let mut outcome = self.recorded(values, records).await;
        let asked = self.path.clone();
        for path in &self.outline.candidates {
            if !matches!(outcome, Outcome::NoSuchPath) {
                break;
            }
            self.path.clone_from(path);
            outcome = self.recorded(values, records).await;
        }
        if matches!(outcome, Outcome::NoSuchPath) {
            self.path = asked;
        }
        while let Some((name, wire)) = self.rename(values, &outcome) {
            self.names.insert(name, wire);
            outcome = self.recorded(values, records).await;
        }
        (self, outcome)
    }

    /// The name that the provider asks for, if it is a candidate of one that was sent and has no other name yet.
    fn rename(&self, values: &Value, outcome: &Outcome) -> Option<(String, String)> {
        let Outcome::Invalid(fields) = outcome else {
            return None;
        };
        let is_sent = |name: &str| values.get(name).is_some() && !self.names.contains_key(name);
        let mut sent = self.outline.asked().filter(|it| is_sent(&it.path));
        sent.find_map(|it| {
            let wire = it.candidates.iter().find(|wire| fields.contains(wire))?;
            Some((it.path.clone(), wire.clone()))
        })
    }
}

fn outcome(error: &Error) -> Outcome {
    let is_html = error
        .raw_body()
        .is_some_and(|body| body.trim_ascii_start().starts_with(b"<"));
    if !error.field_errors().is_empty() {
        let fields = error.field_errors().iter().map(|field| field.field().to_owned());
        return Outcome::Invalid(fields.collect());
    }
    if let Some(code) = error.code() {
        // It is told if it is a word of letters: another text may hold a value.
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        let is_word = code.as_str().len() <= 40 && code.as_str().bytes().all(is_letter);
        return Outcome::Refused(if is_word { code.as_str() } else { "another code" }.to_owned());
    }
    match error.status() {
        Some(301 | 302 | 307 | 308 | 404 | 405 | 410 | 501) => Outcome::NoSuchPath,
        Some(200..=499) if is_html => Outcome::NoSuchPath,
        Some(422) => Outcome::Invalid(Vec::new()),
        Some(status) => Outcome::Failed(format!("HTTP {status}, {}", error.kind())),
        None if error.kind() == ErrorKind::InvalidInput => Outcome::Failed("it cannot be asked".to_owned()),
        None => Outcome::Failed(error.kind().to_string()),
    }
}

pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
