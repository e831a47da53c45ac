//! The description of one call, and the decoding of its answer.

use std::borrow::Cow;
use std::fmt::Display;
use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use cryptopocket_types::debug_fields;
use cryptopocket_types::reading::{Fields, FromJson, JsonKind, Surprise, Surprises, read_reply};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::call::Call;
use crate::choice::{Names, WireNames, path_parameters, renamed, translated};
use crate::error::Error;
use crate::operation::Operation;
use crate::reply::created_names;
use crate::session::Session;
use crate::transport::{WireRequest, wiped};

/// The parameter that numbers pages, in the document's name.
const PAGE: &str = "page";

/// The path segment set of the URL standard, and what separates or escapes segments.
pub(crate) const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'/')
    .add(b'%');

impl Session {
    /// Starts the description of one call of `operation`.
    ///
    /// The functions of `cryptopocket-api` are made of this. A value that cannot be sent is reported by
    /// [`Request::send`], before anything is sent.
    pub fn request(&self, operation: &'static Operation) -> Request<'_> {
        let choice = self.choices().of(operation.id);
        let method = Method::from_bytes(operation.method.as_bytes());
        let template = match choice.and_then(|choice| choice.path.as_deref()) {
            None => Ok(operation.path.into()),
            Some(path) if path_parameters(path).eq(path_parameters(operation.path)) => {
                Ok(path.to_owned().into())
            }
            Some(_) => Err("the chosen path has other parameters"),
        };
        let method = method.map_err(|_| "the operation has no HTTP method");
        let mut request = Request::new(self, operation, method, template);
        request.names.choice = choice;
        request
    }
}

/// A call that the SDK knows, whose answer [`Request::send`] reads.
#[derive(Debug)]
pub enum Known {}

/// One call, described step by step. Of a call that the SDK does not know, it is a [`RawRequest`](crate::RawRequest).
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a, K = Known> {
    pub(crate) session: &'a Session,
    pub(crate) call: Call,
    names: Names<'a>,
    /// The number of the page as it is sent, if pages count from 0.
    page_from_zero: Option<u64>,
    /// The first thing that keeps the request from being sent.
    problem: Option<&'static str>,
    kind: PhantomData<fn() -> K>,
}

impl<'a, K> Request<'a, K> {
    /// A request without parameters and body. What is wrong with its method or path is told when it is sent.
    pub(crate) fn new(
        session: &'a Session,
        operation: &'static Operation,
        method: Result<Method, &'static str>,
        template: Result<Cow<'static, str>, &'static str>,
    ) -> Self {
        let problem = method.as_ref().err().or(template.as_ref().err()).copied();
        let template = template.unwrap_or_default();
        let request = WireRequest {
            operation: operation.id,
            method: method.unwrap_or_default(),
            url: format!("{}{template}", session.base_url()),
            headers: HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]),
            body: Bytes::new(),
            timeout: Duration::ZERO,
        };
        Self {
            session,
            call: Call {
                operation,
                template,
                request,
                created: Vec::new(),
            },
            names: Names {
                choice: None,
                wire: WireNames::NONE,
            },
            page_from_zero: None,
            problem,
            kind: PhantomData,
        }
    }

    /// Fills the next parameter of the path.
    pub fn path(mut self, value: &impl Display) -> Self {
        let segment = utf8_percent_encode(&value.to_string(), SEGMENT).to_string();
        // An empty segment is another call, and URL parsers resolve dots: `/payment/..` is `/`.
        if segment.is_empty() || segment == "." || segment == ".." {
            return self.refuse("a path parameter is empty or leaves its place");
        }
        let base = self.session.base_url().len();
        let url = &mut self.call.request.url;
        match (url[base..].find('{'), url[base..].find('}')) {
            (Some(start), Some(end)) => url.replace_range(base + start..=base + end, &segment),
            _ => return self.refuse("the path has fewer parameters"),
        }
        self
    }

    /// Adds a query parameter; one that is written as `null` is left out.
    pub fn query(mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        // Through JSON text, so that amounts keep their digits.
        let Ok(json) = serde_json::to_string(value) else {
            return self.refuse("a query parameter cannot be written");
        };
        if let Some(mut text) = scalar(json) {
            if name == PAGE && self.names.first_page() == 0 {
                // Page 0 of a caller that counts from 1 is asked for to learn whether there is one: the first page again.
                self.page_from_zero = text.parse().ok().map(|page: u64| page.saturating_sub(1));
                text = self.page_from_zero.map_or(text, |page| page.to_string());
            }
            let mut url = std::mem::take(&mut self.call.request.url);
            let start = url.find('?').unwrap_or_else(|| {
                url.push('?');
                url.len() - 1
            });
            let mut query = form_urlencoded::Serializer::for_suffix(url, start + 1);
            query.append_pair(self.names.parameter(name), &text);
            self.call.request.url = query.finish();
        }
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => {
                let json = wiped(self.in_wire_names(json));
                self.body("application/json", json)
            }
            Err(_) => self.refuse("the body cannot be written as JSON"),
        }
    }

    /// Sets a form body from an object of scalars.
    pub fn form(self, body: &impl Serialize) -> Self {
        let json = serde_json::to_vec(body).unwrap_or_default();
        let json = zeroize::Zeroizing::new(self.in_wire_names(json));
        let Ok(fields) = serde_json::from_slice::<Fields<'_>>(&json) else {
            return self.refuse("the body cannot be written as a form");
        };
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, raw) in fields.iter() {
            if let Some(text) = scalar(raw.get().to_owned()) {
                form.append_pair(name, &text);
            }
        }
        self.body("application/x-www-form-urlencoded", wiped(form.finish()))
    }

    fn body(mut self, kind: &'static str, content: Bytes) -> Self {
        let request = &mut self.call.request;
        request
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        request.body = content;
        self
    }

    fn in_wire_names(&self, json: Vec<u8>) -> Vec<u8> {
        let Some(renamed) = renamed(&json, &self.names.request()) else {
            return json;
        };
        drop(zeroize::Zeroizing::new(json));
        renamed
    }

    pub(crate) fn into_call(mut self) -> Result<Call, Error> {
        let is_open = self.call.request.url[self.session.base_url().len()..].contains('{');
        if let Some(rule) = self.problem.or(is_open.then_some("a path parameter is missing")) {
            return Err(Error::invalid_input(
                "the request",
                &format!("cannot be built: {rule}"),
                "Give every required value, and ids exactly as the provider gave them.",
            )
            .with_operation(self.call.operation.id));
        }
        self.call.created = created_names(self.call.operation, &self.names.reply());
        Ok(self.call)
    }

    fn refuse(mut self, problem: &'static str) -> Self {
        self.problem.get_or_insert(problem);
        self
    }
}

impl Request<'_> {
    /// States the names on the wire that differ from those of the calls. Session [`Choices`](crate::Choices) win.
    pub fn names(mut self, names: WireNames) -> Self {
        self.names.wire = names;
        self
    }

    /// Sends the call through its session and reads the answer.
    ///
    /// A field that is no key never fails the call: what could not be read is logged as one warning, with the paths and
    /// without any value.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a request that cannot be described; `UnexpectedReply` naming the JSON path of a key that could not
    /// be read; otherwise as every call.
    pub async fn send<T: FromJson>(self) -> Result<T, Error> {
        let session = self.session;
        let (names, page) = (self.names, self.page_from_zero);
        let reply = session.call(self.into_call()?, Duration::MAX).await?;
        // JSON is UTF-8, and the envelope has been read as JSON.
        let json = std::str::from_utf8(&reply.answer).unwrap_or_default();
        let translated = translated(json, &names.reply(), &names.units(), page).map(zeroize::Zeroizing::new);
        let mut surprises = Surprises::new();
        let read = read_reply(
            translated.as_ref().map_or(json, |json| json.as_str()),
            &mut surprises,
        );
        if read.is_ok() && !surprises.is_empty() {
            let operation = reply.operation.id;
            tracing::warn!(operation, fields = %surprises, "fields of the reply cannot be read");
        }
        read.map_err(|misfit| {
            let now = session.runtime().monotonic();
            reply.misread(detail(&misfit)).lost_now(now)
        })
    }
}

debug_fields! {
    Request<'_, K> => |request|
        operation: request.call.operation.id,
        method: request.call.request.method,
}

/// The text of a JSON scalar; `None` for `null`.
fn scalar(json: String) -> Option<String> {
    if json == "null" {
        return None;
    }
    Some(serde_json::from_str::<String>(&json).unwrap_or(json))
}

/// What is wrong with the reply, by path and never by value.
fn detail(misfit: &Surprise) -> String {
    match (misfit.path.as_str(), misfit.found) {
        ("", _) => "the reply is not what this SDK expects there".to_owned(),
        (path, JsonKind::Nothing) => match path.rsplit_once('.') {
            Some((place, field)) => format!("the reply at {place} lacks the field {field}"),
            None => format!("the reply lacks the field {path}"),
        },
        (path, _) => format!("the reply at {path} is not what this SDK expects there"),
    }
}
