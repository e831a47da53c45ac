//! HTTP replies, and the envelopes of success.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;

use super::Object;
use crate::store::Page;

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
        match serde_json::to_vec(body) {
            Ok(body) => Self::with_type(status, "application/json", body),
            Err(_) => Self::with_type(
                500,
                "text/plain; charset=utf-8",
                &b"a reply could not be written"[..],
            ),
        }
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
        Self::json(200, &Object::new().with("status", "ok").with("data", data))
    }

    /// Success with one of the provider's two other words for it, and a message.
    pub(crate) fn created(status: &str, message: &str, data: Object) -> Self {
        let envelope = Object::new().with("status", status).with("message", message);
        Self::json(200, &envelope.with("data", data))
    }

    /// Success with a page of a list.
    pub(crate) fn page<T>(page: &Page<'_, T>, item: impl Fn(&T) -> Object) -> Self {
        let items: Vec<Object> = page.items.iter().map(|record| item(record)).collect();
        let pagination = Object::new()
            .with("current_page", page.current)
            .with("per_page", page.per_page)
            .with("total", page.total)
            .with("last_page", page.total.div_ceil(page.per_page).max(1));
        let envelope = Object::new().with("status", "ok").with("data", items);
        Self::json(200, &envelope.with("pagination", pagination))
    }
}

/// The provider's framework's answer to a path without a route.
pub fn not_found(path: &str) -> Reply {
    let message = format!("The route {} could not be found.", path.trim_start_matches('/'));
    Reply::json(404, &Object::new().with("message", message))
}

/// The provider's framework's answer to a method that a path does not take.
pub fn wrong_method(method: &str, allowed: &str, path: &str) -> Reply {
    let path = path.trim_start_matches('/');
    let message =
        format!("The {method} method is not supported for route {path}. Supported methods: {allowed}.");
    let mut reply = Reply::json(405, &Object::new().with("message", message));
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
