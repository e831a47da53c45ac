//! Replies as bytes: JSON objects, envelopes of success and failure, and the records in the API's spelling.

mod records;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::Decimal;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::store::Page;
pub(crate) use records::{account, asset, customer, method, offramp, payment, transaction};

/// A JSON object whose fields keep their order.
#[derive(Debug, Default)]
pub(crate) struct Object(Vec<(&'static str, Box<RawValue>)>);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        // Only a map with keys that are not text cannot be written, and replies have none.
        let value = to_raw_value(&value).unwrap_or_else(|_| RawValue::NULL.to_owned());
        self.0.push((name, value));
        self
    }

    /// Adds a field unless it is `None`.
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// An [`Object`] with these fields.
macro_rules! object {
    ($($name:ident: $value:expr),* $(,)?) => {
        $crate::wire::Object::new()$(.with(stringify!($name), $value))*
    };
}
pub(crate) use object;

/// A JSON number with the digits of the decimal, never through a float.
pub(crate) fn number(value: Decimal) -> Box<RawValue> {
    // A decimal is written as JSON writes numbers.
    RawValue::from_string(value.to_string()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// An HTTP reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Empty if there is no body.
    pub content_type: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// A reply with a JSON body.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Self {
        // Only a map with keys that are not text cannot be written, and replies have none.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::with_type(status, "application/json", body)
    }

    /// A reply with a body of any type.
    pub fn with_type(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// The headers, the content type included.
    pub fn header_map(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !self.content_type.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        }
        for (name, value) in &self.headers {
            if let Ok(value) = value.parse() {
                headers.insert(*name, value);
            }
        }
        headers
    }

    /// Success with `data`.
    pub(crate) fn data(data: impl Serialize) -> Self {
        Self::json(200, &object! { status: "ok", data: data })
    }

    /// Success with one of the provider's two other words for it, and a message.
    pub(crate) fn created(status: &str, message: &str, data: Object) -> Self {
        Self::json(200, &object! { status: status, message: message, data: data })
    }

    /// Success with a page of a list.
    pub(crate) fn page<T>(page: &Page<'_, T>, item: impl Fn(&T) -> Object) -> Self {
        let items: Vec<Object> = page.items.iter().map(|record| item(record)).collect();
        let last = page.total.div_ceil(page.per_page).max(1);
        let (current, total) = (page.current, page.total);
        let pagination =
            object! { current_page: current, per_page: page.per_page, total: total, last_page: last };
        Self::json(
            200,
            &object! { status: "ok", data: items, pagination: pagination },
        )
    }
}

/// The provider's framework's answer to a path without a route.
pub fn not_found(path: &str) -> Reply {
    let message = format!("The route {} could not be found.", path.trim_start_matches('/'));
    Reply::json(404, &object! { message: message })
}

/// The provider's framework's answer to a method that a path does not take.
pub fn wrong_method(method: &str, allowed: &str, path: &str) -> Reply {
    let path = path.trim_start_matches('/');
    let message =
        format!("The {method} method is not supported for route {path}. Supported methods: {allowed}.");
    let mut reply = Reply::json(405, &object! { message: message });
    reply.headers.push(("allow", allowed.to_owned()));
    reply
}

/// The response to a request, with the effect of a fault. By default the connection is closed without a reply.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Response {
    /// The reply; `None` if the connection is closed without one.
    pub reply: Option<Reply>,
    /// The delay of the reply, in real time.
    pub delay: Duration,
    /// Whether the connection is closed in the middle of the body.
    pub cut: bool,
}

impl From<Reply> for Response {
    fn from(reply: Reply) -> Self {
        let reply = Some(reply);
        Self {
            reply,
            ..Self::default()
        }
    }
}

/// A refusal, in the form in which the provider writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A business error: HTTP 200 and its code.
    Code(&'static str),
    /// A business error with another HTTP status than 200.
    Status(u16, &'static str),
    /// A business error without a code: prose in `message`, for internal errors.
    Message(String),
    /// A business error with its code and, in `message`, prose.
    Explained(&'static str, String),
    /// A business error with its code and, in this field of `data`, a link.
    Link(&'static str, &'static str, String),
    /// HTTP 422: the errors of each field.
    Invalid(BTreeMap<String, Vec<String>>),
}

impl Failure {
    /// The refusal as a reply, with its code in `error`.
    pub fn reply(&self) -> Reply {
        self.reply_with("error")
    }

    /// The refusal as a reply, with its code in the field `name`.
    pub(crate) fn reply_with(&self, name: &'static str) -> Reply {
        let error = || object! { status: "error" };
        let (status, body) = match self {
            Self::Code(code) => (200, error().with(name, code)),
            Self::Status(status, code) => (*status, error().with(name, code)),
            Self::Message(text) => (200, error().with("message", text)),
            Self::Explained(code, text) => (200, error().with("error", code).with("message", text)),
            Self::Link(code, field, url) => {
                let link = Object::new().with(field, url);
                (200, error().with(name, code).with("data", link))
            }
            Self::Invalid(errors) => (422, object! { message: summary(errors), errors: errors }),
        };
        Reply::json(status, &body)
    }
}

/// Refuses with a code if a condition holds.
pub(crate) fn refuse_if(condition: bool, code: &'static str) -> Result<(), Failure> {
    or_refuse((!condition).then_some(()), code)
}

/// Refuses with a code if nothing was found.
pub(crate) fn or_refuse<T>(found: Option<T>, code: &'static str) -> Result<T, Failure> {
    found.ok_or(Failure::Code(code))
}

/// The first error and the number of the others, as the provider's framework writes them.
pub(crate) fn summary(errors: &BTreeMap<String, Vec<String>>) -> String {
    let mut all = errors.values().flatten();
    let first = all.next().map_or("The given data was invalid.", String::as_str);
    match all.count() {
        0 => first.to_owned(),
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    }
}
