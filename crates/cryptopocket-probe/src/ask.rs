//! One call: with its values, until its path and the names of its parameters are settled.

use std::collections::BTreeMap;

use cryptopocket_core::shape::{Shape, ShapeRecord};
use cryptopocket_core::{Error, ErrorKind, Idempotency, Method, Session};
use serde_json::{Map, Value};

use crate::outline::Outline;

/// The values of parameters and of the fields of the body, by their names in the specification.
pub(crate) type Values = BTreeMap<&'static str, Value>;

/// What a call came to. It has no `Debug`, since a reply holds personal data.
pub(crate) enum Outcome {
    Reply(Value),
    /// A business code.
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
    pub(crate) names: BTreeMap<String, String>,
}

impl Call {
    /// The call as the session would make it.
    pub(crate) fn new(session: &Session, outline: &'static Outline) -> Self {
        let choice = session.choices().of(&outline.id);
        let path = choice.and_then(|choice| choice.path.clone());
        let parameters = outline.parameters.iter().map(|it| (&it.name, &it.wire));
        let fields = outline.request.iter().map(|it| (&it.path, &it.wire));
        let known = parameters.chain(fields);
        let known = known.filter_map(|(name, wire)| Some((name.clone(), wire.clone()?)));
        let mut names: BTreeMap<String, String> = known.collect();
        if let Some(choice) = choice {
            names.extend(choice.request.clone());
            names.extend(choice.parameters.clone());
        }
        Self {
            session: session.clone(),
            outline,
            path: path.unwrap_or_else(|| outline.path.clone()),
            names,
        }
    }

    pub(crate) fn wire<'n>(&'n self, name: &'n str) -> &'n str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// The same call with another name of a parameter.
    pub(crate) fn renamed(&self, name: &str, wire: &str) -> Self {
        let mut call = self.clone();
        call.names.insert(name.to_owned(), wire.to_owned());
        call
    }

    pub(crate) async fn send(&self, values: &Values, records: &mut Vec<ShapeRecord>) -> Outcome {
        let outline = self.outline;
        let method = Method::from_bytes(outline.method.as_bytes()).unwrap_or(Method::GET);
        let class = if outline.reads {
            Idempotency::Safe
        } else {
            Idempotency::Unsafe
        };
        let mut request = self.session.raw(method, &self.path).idempotency(class);
        let mut query = Map::new();
        let mut body = Map::new();
        for segment in self.path.split('/').filter(|segment| segment.starts_with('{')) {
            let name = segment.trim_matches(['{', '}']);
            request = request.path(&values.get(name).map(text).unwrap_or_default());
        }
        for (name, value) in values {
            match outline.parameter(name) {
                Some(parameter) if parameter.in_path => {}
                Some(_) => drop(query.insert(self.wire(name).to_owned(), value.clone())),
                None => drop(body.insert(self.wire(name).to_owned(), value.clone())),
            }
        }
        for (name, value) in &query {
            request = request.query(name, value);
        }
        if !outline.request.is_empty() {
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
            let refused = if answer.is_err() && class == 2 {
                "-refused"
            } else {
                ""
            };
            let outcome = format!("{class}xx{refused}");
            let mut record = ShapeRecord::new(&outline.id, &outline.method, &self.path, &outcome);
            record.query = Shape::of_json(&Value::Object(query).to_string());
            if !outline.request.is_empty() {
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

/// A value as it stands in a path.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Makes the call, and tries candidates of its path and of its names as long as the provider knows neither. Returns it as it
/// was answered.
pub(crate) async fn settle(
    mut call: Call,
    values: &Values,
    records: &mut Vec<ShapeRecord>,
) -> (Call, Outcome) {
    let mut outcome = call.send(values, records).await;
    if matches!(outcome, Outcome::NoSuchPath) {
        for path in &call.outline.candidates {
            let other = Call {
                path: path.clone(),
                ..call.clone()
            };
            let answer = other.send(values, records).await;
            if !matches!(answer, Outcome::NoSuchPath) {
                (call, outcome) = (other, answer);
                break;
            }
        }
    }
    for _ in 0..values.len() {
        let Some((name, wire)) = rename(&call, values, &outcome) else {
            break;
        };
        call.names.insert(name, wire);
        outcome = call.send(values, records).await;
    }
    (call, outcome)
}

/// The name that the provider asks for, if it is a candidate of one that was sent.
fn rename(call: &Call, values: &Values, outcome: &Outcome) -> Option<(String, String)> {
    let Outcome::Invalid(fields) = outcome else {
        return None;
    };
    let outline = call.outline;
    let parameters = outline.parameters.iter().map(|it| (&it.name, &it.candidates));
    let names = parameters.chain(outline.request.iter().map(|it| (&it.path, &it.candidates)));
    let mut sent =
        names.filter(|(name, _)| values.contains_key(name.as_str()) && !call.names.contains_key(*name));
    sent.find_map(|(name, candidates)| {
        let wire = candidates.iter().find(|candidate| fields.contains(candidate))?;
        Some((name.clone(), wire.clone()))
    })
}
