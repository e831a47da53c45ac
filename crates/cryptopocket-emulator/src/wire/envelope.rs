//! The envelopes of success, with the provider's three words for it, and of failure, in its several forms.

use std::collections::BTreeMap;

use bytes::Bytes;
use cryptopocket_types::Decimal;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;

/// A JSON number written digit by digit, never through a float.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Number(Box<RawValue>);

impl From<&Decimal> for Number {
    fn from(value: &Decimal) -> Self {
        let digits = RawValue::from_string(value.to_string());
        // A decimal is written as JSON writes numbers.
        Self(digits.unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

/// The provider's three words for success. The last is its own spelling.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word {
    Ok,
    Success,
    Sucess,
}

impl Word {
    const fn text(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Success => "success",
            Self::Sucess => "sucess",
        }
    }
}

/// The position of a page in a listing.
#[derive(Debug, Serialize)]
pub(crate) struct Pagination {
    current_page: usize,
    per_page: usize,
    total: usize,
    last_page: usize,
}

#[derive(Debug)]
#[allow(clippy::struct_field_names, reason = "`per_page` is the API's own word")]
pub(crate) struct Page<T> {
    pub items: Vec<T>,
    pub current: usize,
    pub per_page: usize,
    pub total: usize,
}

impl<T> Page<T> {
    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            current: self.current,
            per_page: self.per_page,
            total: self.total,
        }
    }
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
        match serde_json::to_vec(body) {
            Ok(body) => Self::with_type(status, "application/json", body),
            Err(_) => Self::with_type(
                500,
                "text/plain; charset=utf-8",
                b"a reply could not be written".to_vec(),
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

    fn success<T: Serialize>(
        word: Word,
        message: Option<&str>,
        data: Option<&T>,
        pagination: Option<Pagination>,
    ) -> Self {
        let status = word.text();
        Self::json(
            200,
            &Envelope {
                status,
                message,
                data,
                pagination,
            },
        )
    }

    pub(crate) fn data<T: Serialize>(data: &T) -> Self {
        Self::success(Word::Ok, None, Some(data), None)
    }

    pub(crate) fn done() -> Self {
        Self::success::<()>(Word::Ok, None, None, None)
    }

    pub(crate) fn created<T: Serialize>(word: Word, message: &str, data: &T) -> Self {
        Self::success(word, Some(message), Some(data), None)
    }

    pub(crate) fn page<T: Serialize>(page: &Page<T>) -> Self {
        let pagination = Pagination {
            current_page: page.current,
            per_page: page.per_page,
            total: page.total,
            last_page: page.total.div_ceil(page.per_page).max(1),
        };
        Self::success(Word::Ok, None, Some(&page.items), Some(pagination))
    }
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
}

/// A failure, in the form in which the provider answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A business error: HTTP 200 and the code in `error`.
    Code(&'static str),
    /// A business error with any code, for faults.
    Named(String),
    /// A business error whose code (or prose, for internal errors) stands in `message`.
    Message(String),
    /// A business error with its code in `error` and prose in `message`.
    Explained(&'static str, String),
    /// A business error that carries a link under `data`.
    Link {
        /// The error code.
        code: &'static str,
        /// Whether the code stands in `message` instead of `error`.
        in_message: bool,
        /// The field below `data` that holds the link.
        field: &'static str,
        /// The link.
        url: String,
    },
    /// A business error that uses a real HTTP status.
    Status(u16, &'static str),
    /// HTTP 422: field by field what is wrong.
    Invalid(BTreeMap<String, Vec<String>>),
    /// The same inside the envelope of a business error, for the call whose HTTP 422 has that form.
    InvalidMarked(BTreeMap<String, Vec<String>>),
}

impl Failure {
    /// The failure as a reply.
    pub fn reply(&self) -> Reply {
        let failure = |http: u16, error: Option<&str>, message: Option<&str>, link: Option<(&str, &str)>| {
            let (status, data) = ("error", link.map(|link| BTreeMap::from([link])));
            Reply::json(
                http,
                &ErrorBody {
                    status,
                    error,
                    message,
                    data,
                },
            )
        };
        match self {
            Self::Code(code) => failure(200, Some(code), None, None),
            Self::Named(code) => failure(200, Some(code), None, None),
            Self::Message(text) => failure(200, None, Some(text), None),
            Self::Explained(code, text) => failure(200, Some(code), Some(text), None),
            Self::Status(status, code) => failure(*status, Some(code), None, None),
            Self::Link {
                code,
                in_message: true,
                field,
                url,
            } => failure(200, None, Some(code), Some((field, url))),
            Self::Link { code, field, url, .. } => failure(200, Some(code), None, Some((field, url))),
            Self::Invalid(errors) | Self::InvalidMarked(errors) => Reply::json(
                422,
                &InvalidBody {
                    status: matches!(self, Self::InvalidMarked(_)).then_some("error"),
                    message: summary(errors),
                    errors,
                },
            ),
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<BTreeMap<&'a str, &'a str>>,
}

#[derive(Serialize)]
struct InvalidBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    message: String,
    errors: &'a BTreeMap<String, Vec<String>>,
}

fn summary(errors: &BTreeMap<String, Vec<String>>) -> String {
    let mut all = errors.values().flatten();
    let first = all.next().map_or("The given data was invalid.", String::as_str);
    match all.count() {
        0 => first.to_owned(),
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    }
}
