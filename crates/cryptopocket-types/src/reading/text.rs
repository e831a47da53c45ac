//! Strings and numbers of JSON, from their text.

use std::borrow::Cow;

use zeroize::Zeroizing;

/// A JSON string or number.
pub(crate) enum Scalar<'a> {
    Text(Cow<'a, str>),
    /// The digits as they were written.
    Number(&'a str),
}

/// The string or number that `json`, one valid JSON value, is.
pub(crate) fn scalar(json: &str) -> Option<Scalar<'_>> {
    match json.as_bytes() {
        [b'"', .., b'"'] => {
            let inside = json.get(1..json.len() - 1)?;
            Some(Scalar::Text(if inside.contains('\\') {
                Cow::Owned(serde_json::from_str(json).ok()?)
            } else {
                inside.into()
            }))
        }
        [b'-' | b'0'..=b'9', ..] => Some(Scalar::Number(json)),
        _ => None,
    }
}

/// The content of a JSON string; `None` for any other value.
pub fn string(json: &str) -> Option<Cow<'_, str>> {
    match scalar(json)? {
        Scalar::Text(text) => Some(text),
        Scalar::Number(_) => None,
    }
}

/// Reads a text, or a number by its digits. A copy is zeroed, as it may be a secret.
pub(crate) fn with_text<T>(json: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    match scalar(json)? {
        Scalar::Text(Cow::Owned(text)) => read(&Zeroizing::new(text)),
        Scalar::Text(Cow::Borrowed(text)) | Scalar::Number(text) => read(text),
    }
}
