//! A request.

use std::borrow::Cow;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

/// A request to the emulator.
#[derive(Debug)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path below the origin, percent-encoded.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// The headers; the API's token is in `auth`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// A request as an HTTP server received it.
    pub fn new(parts: Parts, body: Bytes) -> Self {
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
        }
    }

    /// A `GET` of a path below the origin, such as `/api/payments?page=2`.
    pub fn get(path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self {
            method: Method::GET,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// A `POST` of a JSON body.
    pub fn post(path: &str, json: impl Into<Bytes>) -> Self {
        let mut request = Self::get(path);
        request.method = Method::POST;
        request.body = json.into();
        request
    }

    /// A header's text; `None` if it is absent, repeated, or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        value.to_str().ok()
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        let media_type = value.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    }

    /// The path's segments, percent-decoded; `None` if one is not UTF-8.
    pub fn segments(&self) -> Option<Vec<Cow<'_, str>>> {
        let path = self.path.trim_start_matches('/');
        path.split('/')
            .map(|part| percent_decode_str(part).decode_utf8().ok())
            .collect()
    }

    pub(crate) fn query_pairs(&self) -> form_urlencoded::Parse<'_> {
        form_urlencoded::parse(self.query.as_bytes())
    }

    /// The fields of a form.
    pub fn form_pairs(&self) -> form_urlencoded::Parse<'_> {
        form_urlencoded::parse(&self.body)
    }
}

/// The part of a path where a pattern has braces, empty if it has none; `None` if the path does not match the pattern.
pub(crate) fn capture<'p>(pattern: &str, path: &[&'p str]) -> Option<&'p str> {
    let mut parts = pattern.split('/').filter(|part| !part.is_empty());
    let mut captured = "";
    for given in path {
        match parts.next()? {
            part if part.starts_with('{') => captured = given,
            part if part == *given => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(captured)
}
