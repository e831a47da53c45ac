//! The scalars of JSON, from their text.

use core::ops::Deref;
use std::borrow::Cow;

use zeroize::Zeroizing;

/// A JSON scalar other than `null`.
pub(crate) enum Scalar<'a> {
    Text(Text<'a>),
    /// The digits as they were written.
    Number(&'a str),
    Boolean(bool),
}

/// The content of a JSON string; zeroed when dropped if it had to be copied, as it may be a secret.
pub(crate) enum Text<'a> {
    Plain(&'a str),
    Unescaped(Zeroizing<String>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Unescaped(text) => text,
        }
    }
}

/// The scalar that `json`, one valid JSON value, is.
pub(crate) fn scalar(json: &str) -> Option<Scalar<'_>> {
    match json.as_bytes() {
        [b'"', .., b'"'] => {
            let inside = json.get(1..json.len() - 1)?;
            Some(Scalar::Text(if inside.contains('\\') {
                Text::Unescaped(Zeroizing::new(serde_json::from_str(json).ok()?))
            } else {
                Text::Plain(inside)
            }))
        }
        [b'-' | b'0'..=b'9', ..] => Some(Scalar::Number(json)),
        b"true" => Some(Scalar::Boolean(true)),
        b"false" => Some(Scalar::Boolean(false)),
        _ => None,
    }
}

/// The content of a JSON string; `None` for any other value.
pub fn string(json: &str) -> Option<Cow<'_, str>> {
    match scalar(json)? {
        Scalar::Text(Text::Plain(text)) => Some(text.into()),
        Scalar::Text(Text::Unescaped(text)) => Some(text.to_string().into()),
        Scalar::Number(_) | Scalar::Boolean(_) => None,
    }
}

/// Reads a text, or a number by its digits. No boolean is either.
pub(crate) fn with_text<T>(json: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    match scalar(json)? {
        Scalar::Text(text) => read(&text),
        Scalar::Number(digits) => read(digits),
        Scalar::Boolean(_) => None,
    }
}
