//! Refusals in the forms in which the provider writes them.

use std::collections::BTreeMap;

use super::{Object, Reply};

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
        let error = || Object::new().with("status", "error");
        let (status, body) = match self {
            Self::Code(code) => (200, error().with(name, code)),
            Self::Status(status, code) => (*status, error().with(name, code)),
            Self::Message(text) => (200, error().with("message", text)),
            Self::Explained(code, text) => (200, error().with("error", code).with("message", text)),
            Self::Link(code, field, url) => {
                let link = Object::new().with(field, url);
                (200, error().with(name, code).with("data", link))
            }
            Self::Invalid(errors) => {
                let body = Object::new().with("message", summary(errors));
                (422, body.with("errors", errors))
            }
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
pub(crate) fn summary(errors: &BTreeMap<String, Vec<String>>) -> String {
    let mut all = errors.values().flatten();
    let first = all.next().map_or("The given data was invalid.", String::as_str);
    match all.count() {
        0 => first.to_owned(),
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    }
}
