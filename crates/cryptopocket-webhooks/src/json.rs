//! Reads a body that has exactly one reading.
//!
//! By hand: `serde_json` accepts a repeated name and keeps the last value, and its own value type would lose the text of
//! numbers. The scanning itself is left to `serde_json`.

use std::borrow::Cow;

use cryptopocket_types::reading::{Fields, string};
use serde_json::value::RawValue;

use crate::error::{VerifyError, VerifyErrorKind};

/// Limit of nesting, of the order of `serde_json`'s own.
const MAX_DEPTH: usize = 100;

/// A body that is exactly one JSON value with one reading.
///
/// Only white space surrounds it, no object repeats a name, and it is not a bare number: body and timestamp are signed
/// without a separator, so `12` sent at `3456` and `1` sent at `23456` have one signature. Every other JSON value ends
/// with a character that is not a digit.
#[derive(Clone)]
pub(crate) struct Document<'b> {
    pub(crate) text: &'b str,
    /// The members, if the value is an object.
    pub(crate) members: Option<Members<'b>>,
    /// The members of the member `data`, if that holds one object.
    pub(crate) data: Option<Members<'b>>,
}

/// The members of an object in order of arrival, values as exact text.
pub(crate) type Members<'b> = Vec<Member<'b>>;
pub(crate) type Member<'b> = (Cow<'b, str>, &'b RawValue);

impl<'b> Document<'b> {
    pub(crate) fn read(body: &'b [u8]) -> Result<Self, VerifyError> {
        let text =
            std::str::from_utf8(body).map_err(|_| malformed("the body is not UTF-8", ENCODING_HINT))?;
        let not_json = |error| not_json(text, &error);
        let (members, data) = match text.trim_ascii_start().as_bytes().first() {
            Some(b'{') => {
                let members = read_members(text)?;
                let data = check_members(&members, MAX_DEPTH)?;
                (Some(members), data)
            }
            Some(b'-' | b'0'..=b'9') => {
                return Err(malformed(
                    "the body is a bare number, which cannot be separated from the timestamp signed after it",
                    "events are JSON objects; check the caller of this address",
                ));
            }
            _ => {
                check(serde_json::from_str(text).map_err(not_json)?, MAX_DEPTH)?;
                (None, None)
            }
        };
        Ok(Self { text, members, data })
    }
}

fn read_members(object: &str) -> Result<Members<'_>, VerifyError> {
    let fields = serde_json::from_str::<Fields<'_>>(object);
    fields
        .map(|fields| fields.0)
        .map_err(|error| not_json(object, &error))
}

/// Checks every member and returns the members of `data`, which the check has read anyway.
fn check_members<'b>(members: &Members<'b>, depth: usize) -> Result<Option<Members<'b>>, VerifyError> {
    if has_twins(members) {
        return Err(malformed(
            "an object contains a name twice",
            "two programs could read such a body in two ways; report it to the provider",
        ));
    }
    let mut data = None;
    for (name, value) in members {
        let inner = check(value, depth)?;
        if name == "data" {
            data = inner;
        }
    }
    Ok(data)
}

fn has_twins(members: &Members<'_>) -> bool {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// The text of a JSON string, or the digits of a number.
pub(crate) fn scalar(value: &str) -> Option<Cow<'_, str>> {
    match value.as_bytes().first()? {
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(value)),
        _ => string(value),
    }
}

/// Checks `value`, and returns the members of the one object that it holds: itself, or the only item of a list. An empty
/// list is an empty object, as PHP writes it.
fn check(value: &RawValue, depth: usize) -> Result<Option<Members<'_>>, VerifyError> {
    let text = value.get();
    if !text.starts_with(['{', '[']) {
        return Ok(None);
    }
    let Some(depth) = depth.checked_sub(1) else {
        return Err(malformed(
            format!("the body is nested deeper than {MAX_DEPTH} levels"),
            "no known event is; check the caller of this address",
        ));
    };
    if text.starts_with('{') {
        let members = read_members(text)?;
        check_members(&members, depth)?;
        return Ok(Some(members));
    }
    let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| not_json(text, &error))?;
    let mut only = Some(Vec::new());
    for (index, item) in items.into_iter().enumerate() {
        let inner = check(item, depth)?;
        only = inner.filter(|_| index == 0);
    }
    Ok(only)
}

const ENCODING_HINT: &str = "pass the received bytes, after undoing any Content-Encoding";

pub(crate) fn malformed(
    message: impl Into<Cow<'static, str>>,
    hint: impl Into<Cow<'static, str>>,
) -> VerifyError {
    VerifyError::new(VerifyErrorKind::MalformedBody, message, hint)
}

fn not_json(text: &str, error: &serde_json::Error) -> VerifyError {
    let hint = if text.is_empty() {
        "the body is empty: another component has read the stream before"
    } else if text.starts_with('\u{feff}') {
        "the body begins with a byte order mark, which JSON does not allow"
    } else {
        "the body must be one JSON value and nothing else"
    };
    malformed(
        format!(
            "the body is not exactly one JSON value (line {}, column {})",
            error.line(),
            error.column()
        ),
        hint,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &[u8]) -> String {
        let error = Document::read(body).err().unwrap();
        assert_eq!(error.kind(), VerifyErrorKind::MalformedBody);
        error.to_string()
    }

    #[test]
    fn trailing_bytes_are_refused() {
        for body in ["{}{}", "{}1", "{} x", "{},", "[]\0", "", " ", "{\"a\":1}\u{feff}"] {
            refused(body.as_bytes());
        }
        for body in ["{}", " {}\r\n", "[1]", "\"a\"", "true", "null"] {
            assert!(Document::read(body.as_bytes()).is_ok(), "{body}");
        }
    }

    #[test]
    fn bare_numbers_are_refused() {
        for body in ["1", "-1", "1.5e3", "12 "] {
            assert!(refused(body.as_bytes()).contains("bare number"));
        }
    }

    #[test]
    fn repeated_names_are_refused_at_every_depth() {
        for body in [
            r#"{"type":"PAY_IN","type":"COINS_SENT"}"#,
            r#"{"type":"PAY_IN","t\u0079pe":"COINS_SENT"}"#,
            r#"{"data":{"id":"a","id":"a"}}"#,
            r#"[[{"a":1,"b":2,"a":3}]]"#,
        ] {
            assert!(refused(body.as_bytes()).contains("twice"), "{body}");
        }
        assert!(Document::read(br#"{"id":1,"data":{"id":1},"Id":1}"#).is_ok());
        let many = |last: usize| {
            let names: Vec<_> = (0..48).chain([last]).map(|n| format!("\"{n}\":0")).collect();
            format!("{{{}}}", names.join(","))
        };
        assert!(refused(many(7).as_bytes()).contains("twice"));
        assert!(Document::read(many(48).as_bytes()).is_ok());
    }

    #[test]
    fn deep_nesting_is_refused_without_overflow() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(Document::read(deep(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refused(deep(MAX_DEPTH + 1).as_bytes()).contains("nested"));
        assert!(refused(deep(100_000).as_bytes()).contains("nested"));
    }

    #[test]
    fn numbers_beyond_floats_are_accepted() {
        assert!(Document::read(br#"{"a":1e999,"b":123456789012345678901234567890.1}"#).is_ok());
    }

    #[test]
    fn invalid_utf8_is_refused() {
        assert!(refused(b"{\"a\":\"\xff\"}").contains("UTF-8"));
    }
}
