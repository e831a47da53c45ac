//! Refusals in the forms in which the provider writes them.

use std::collections::BTreeMap;

use super::{Object, Reply};

/// A refusal, in the form in which the provider writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A business error: HTTP 200 and the code in `error`.
    Code(&'static str),
    /// A business error with any code, for faults.
    Named(String),
    /// A business error with its code (or prose, for internal errors) in `message`.
    Message(String),
    /// A business error with its code in `error` and prose in `message`.
    Explained(&'static str, String),
    /// A business error that carries a link under `data`.
    Link {
        /// The error code.
        code: &'static str,
        /// Whether the code is in `message` instead of `error`.
        in_message: bool,
        /// The field below `data` that holds the link.
        field: &'static str,
        /// The link.
        url: String,
    },
    /// A business error with another HTTP status than 200.
    Status(u16, &'static str),
    /// HTTP 422: the errors of each field.
    Invalid(BTreeMap<String, Vec<String>>),
    /// The same in the envelope of a business error, as one call of the API writes it.
    InvalidMarked(BTreeMap<String, Vec<String>>),
}

impl Failure {
    /// A refusal with its code in `error` and a link in a field of `data`.
    pub(crate) fn link(code: &'static str, field: &'static str, url: String) -> Self {
        let in_message = false;
        Self::Link {
            code,
            in_message,
            field,
            url,
        }
    }

    /// The refusal as a reply.
    pub fn reply(&self) -> Reply {
        let error = || Object::new().with("status", "error");
        let (status, body) = match self {
            Self::Code(code) => (200, error().with("error", code)),
            Self::Named(code) => (200, error().with("error", code)),
            Self::Message(text) => (200, error().with("message", text)),
            Self::Explained(code, text) => (200, error().with("error", code).with("message", text)),
            Self::Status(status, code) => (*status, error().with("error", code)),
            Self::Link {
                code,
                in_message,
                field,
                url,
            } => {
                let name = if *in_message { "message" } else { "error" };
                let link = Object::new().with(field, url);
                (200, error().with(name, code).with("data", link))
            }
            Self::Invalid(errors) => (
                422,
                Object::new()
                    .with("message", summary(errors))
                    .with("errors", errors),
            ),
            Self::InvalidMarked(errors) => (
                422,
                error().with("message", summary(errors)).with("errors", errors),
            ),
        };
        Reply::json(status, &body)
    }
}

/// Refuses with a code if a condition holds.
pub(crate) fn refuse_if(condition: bool, code: &'static str) -> Result<(), Failure> {
    if condition {
        Err(Failure::Code(code))
    } else {
        Ok(())
    }
}

/// Refuses with a code if nothing was found.
pub(crate) fn or_refuse<T>(found: Option<T>, code: &'static str) -> Result<T, Failure> {
    found.ok_or(Failure::Code(code))
}

/// The first error and the number of the others, as the provider's framework writes them.
fn summary(errors: &BTreeMap<String, Vec<String>>) -> String {
    let mut all = errors.values().flatten();
    let first = all.next().map_or("The given data was invalid.", String::as_str);
    match all.count() {
        0 => first.to_owned(),
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    }
}
