//! Identifiers.
//!
//! The provider sends the same id as a number in one reply and as a string in another; each type reads both. A string is
//! kept unchanged. A whole number is kept as plain digits in whatever form it is written: `48213907.0` is the id
//! `48213907`. Any other number is kept as it is written.
//!
//! Debug shows an id that the provider made: it names no person, and a log is searched for it. What has the form of personal
//! data, such as an account that came in the place of an id, is hidden. Display shows every id.
//!
//! ```
//! use cryptopocket_types::{ExternalId, PaymentId};
//!
//! assert_eq!(format!("{:?}", PaymentId::from("pay7Q2mX9t")), r#"PaymentId("pay7Q2mX9t")"#);
//! assert_eq!(format!("{:?}", PaymentId::from("ana@example.com")), r#"PaymentId("[hidden]")"#);
//! assert_eq!(format!("{:?}", ExternalId::from("order-of-ana")), r#"ExternalId("[hidden]")"#);
//! ```

use serde_core::{Serialize, Serializer};

use crate::reading::{Field, Scalar, scalar};
use crate::text_like::{scalars, text_like};
use crate::{Decimal, ParseError, formats, from, shown};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $field:literal, $expected:literal, $write:ident, $shown:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Makes it from text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into_boxed_str())
            }

            /// The text exactly as it was read; if it came as a whole number, its plain digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, checked to be usable as one segment of a URL path.
            ///
            /// # Errors
            ///
            /// When it is empty, `.` or `..`, or contains `/`, `\`, `?`, `#`, `%`, white space or a control character.
            pub fn path_segment(&self) -> Result<&str, ParseError> {
                path_segment($field, &self.0)
            }
        }

        from! {
            &str => $name, |text| Self(text.into());
            &$name => $name, |text| text.clone();
            u64 => $name, |number| Self(number.to_string().into());
        }

        formats! {
            Debug of $name, |id, f| f.debug_tuple(stringify!($name)).field(&shown::$shown(&id.0)).finish();
        }

        // An empty text is no id.
        scalars! {
            $name, $expected, |json| of_json(json).filter(|text| !text.trim().is_empty()).map(Self);
        }

        text_like!($name, |json: &str| of_json(json).map(Self), $write);
    )+};
}

ids! {
    /// An on-ramp payment: 25 letters and digits (documented).
    PaymentId = "payment_id", "an id", as_text, id;
    /// A customer. A number in requests and a string in replies (documented); written as a number when the text is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::UserId;
    ///
    /// let reply: UserId = serde_json::from_str(r#""100067""#)?;
    /// assert_eq!(reply, UserId::from(100_067));
    /// assert_eq!(serde_json::to_string(&reply)?, "100067");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    UserId = "user_id", "an id", as_number, id;
    /// An off-ramp transaction.
    OfframpId = "offramp_id", "an id", as_text, id;
    /// A transaction of a bank account.
    TransactionId = "transaction_id", "an id", as_text, id;
    /// The integrator's own id. The provider does not state that it must be unique.
    ///
    /// Debug hides it, since it is text of yours and may hold a name or an e-mail address.
    ExternalId = "external_id", "an id", as_text, hidden;
    /// The reference a payer must write on a bank transfer. A JSON number (documented), kept by its digits.
    Concept = "concept", "an id", as_number, id;
    /// The id of a transaction on a blockchain.
    TxId = "txid", "an id", as_text, id;
    /// The symbol of a coin, such as `USDC`. Comparison respects case.
    Symbol = "symbol", "a symbol", as_text, id;
    /// The name of a blockchain, such as `polygon`. Comparison respects case.
    Chain = "chain", "a chain", as_text, id;
}

/// Writes an id as a JSON string, also one that requests carry as a number: for `#[serde(serialize_with)]`.
pub fn serialize_text<S: Serializer>(id: &impl AsRef<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_ref())
}

/// Serializes an id in a [`Field`] as text, for `#[serde(serialize_with = …)]`.
pub fn serialize_field_text<S: Serializer>(
    id: &Field<impl AsRef<str>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    id.borrowed().map(AsRef::as_ref).serialize(serializer)
}

pub(crate) fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Writes a number only if reading it back gives the same text: `007` and 30 digits stay text.
fn as_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let canonical = text == "0" || text.starts_with(|first: char| matches!(first, '1'..='9'));
    match text.parse::<u64>() {
        Ok(number) if canonical => serializer.serialize_u64(number),
        _ => serializer.serialize_str(text),
    }
}

/// The text of an id in a JSON string or number.
fn of_json(json: &str) -> Option<Box<str>> {
    Some(match scalar(json)? {
        Scalar::Text(text) => text.into(),
        Scalar::Number(digits) => plain(digits),
    })
}

/// The plain digits of a whole JSON number; any other number unchanged.
fn plain(number: &str) -> Box<str> {
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.into();
    }
    match number.parse::<Decimal>() {
        Ok(value) if value.is_zero() => "0".into(),
        Ok(value) if value.is_whole() => value.normalized().to_string().into(),
        _ => number.into(),
    }
}

pub(crate) fn path_segment<'t>(field: &'static str, text: &'t str) -> Result<&'t str, ParseError> {
    if text.is_empty() {
        return Err(ParseError::new(
            field,
            "empty",
            "pass the id that the provider returned",
        ));
    }
    // White space at an end may be trimmed on the way, which leads to the path of another call.
    let breaks_path =
        |c: char| matches!(c, '/' | '\\' | '?' | '#' | '%') || c.is_control() || c.is_whitespace();
    if text == "." || text == ".." || text.contains(breaks_path) {
        return Err(ParseError::new(
            field,
            "not usable in a URL path",
            "pass the id alone, without `/`, `\\`, `?`, `#`, `%`, white space or control characters",
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{FromJson, Surprises};

    #[test]
    fn surprise_names_what_was_expected() {
        fn expected<T: FromJson>() -> Option<String> {
            let read = T::from_json("[]", &mut Surprises::new());
            read.err().map(|surprise| surprise.to_string())
        }
        for (found, text) in [
            (expected::<PaymentId>(), "an id"),
            (expected::<Symbol>(), "a symbol"),
            (expected::<Chain>(), "a chain"),
        ] {
            assert_eq!(found, Some(format!(": expected {text}, found list")));
        }
    }
}
