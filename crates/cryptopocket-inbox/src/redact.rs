//! Redaction of stored bodies.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Fields that hold personal data: those that the OpenAPI document marks so, and some that bank transfers have elsewhere.
///
/// Without `file` and `message`, which only uploads and refusals have.
///
/// Evidence: assumed, as the form of webhook bodies is.
pub const PERSONAL_FIELDS: &[&str] = &[
    "address",
    "alias",
    "bank_name",
    "beneficiary",
    "birth_date",
    "city",
    "company_name",
    "concept",
    "counterparty_iban",
    "counterparty_name",
    "destination_name",
    "document_back",
    "document_front",
    "email",
    "end_to_end_id",
    "face_image",
    "first_name",
    "full_name",
    "holder",
    "holder_name",
    "iban",
    "identification_number",
    "last_name",
    "liveness_image",
    "name",
    "phone",
    "postal_code",
    "sender_iban",
    "sender_name",
    "surname",
    "wallet",
];

/// Which fields of a body are blanked once its event is done.
///
/// A blanked value becomes `"[redacted]"`. Names match at any depth. Hashes are of the content as it came, so repeated
/// deliveries are still known. A replayed event has its blanks.
///
/// # Examples
/// ```
/// use cryptopocket_inbox::Redaction;
///
/// let policy = Redaction::personal().and("memo");
/// let body = br#"{"type":"PAY_IN","data":{"id":"p1","amount":1.10,"payer":{"iban":"ES91"},"memo":["x"]}}"#;
/// assert_eq!(
///     policy.apply(body),
///     br#"{"data":{"amount":1.10,"id":"p1","memo":"[redacted]","payer":{"iban":"[redacted]"}},"type":"PAY_IN"}"#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redaction {
    /// These fields are blanked.
    #[doc(hidden)]
    Fields(Vec<String>),
    /// The whole body is blanked.
    #[doc(hidden)]
    Whole,
}

impl Redaction {
    /// Blanks the fields of [`PERSONAL_FIELDS`].
    pub fn personal() -> Self {
        Self::fields(PERSONAL_FIELDS.iter().copied())
    }

    /// Blanks these fields.
    pub fn fields<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Fields(names.into_iter().map(Into::into).collect())
    }

    /// Blanks the whole body. A replayed event then has none that can be read.
    pub fn whole() -> Self {
        Self::Whole
    }

    /// Also blanks this field.
    #[must_use]
    pub fn and(mut self, name: impl Into<String>) -> Self {
        if let Self::Fields(names) = &mut self {
            names.push(name.into());
        }
        self
    }

    /// The body with its blanks. One that is no JSON is blanked whole.
    pub fn apply(&self, body: &[u8]) -> Vec<u8> {
        const BLANK: &[u8] = b"\"[redacted]\"";
        let Self::Fields(names) = self else {
            return BLANK.to_vec();
        };
        let parsed = std::str::from_utf8(body)
            .ok()
            .and_then(|text| serde_json::from_str::<&RawValue>(text).ok());
        let Some(value) = parsed else {
            return BLANK.to_vec();
        };
        let mut out = String::with_capacity(body.len());
        write(value.get(), names, &mut out);
        out.into_bytes()
    }
}

/// Writes a JSON value with blanks. Numbers keep their text, which a parsed number would lose.
fn write(text: &str, names: &[String], out: &mut String) {
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        let mut mark = '{';
        for (name, value) in &members {
            out.push(std::mem::replace(&mut mark, ','));
            out.push_str(&serde_json::Value::from(name.as_str()).to_string());
            out.push(':');
            if names.contains(name) {
                out.push_str("\"[redacted]\"");
            } else {
                write(value.get(), names, out);
            }
        }
        out.push_str(if members.is_empty() { "{}" } else { "}" });
    } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let mut mark = '[';
        for item in &items {
            out.push(std::mem::replace(&mut mark, ','));
            write(item.get(), names, out);
        }
        out.push_str(if items.is_empty() { "[]" } else { "]" });
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text() {
        let body = br#"{"a":100000000000000000001.10,"b":[{"iban":"X"},-0.0]}"#;
        let redacted = Redaction::fields(["iban"]).apply(body);
        assert_eq!(
            redacted,
            br#"{"a":100000000000000000001.10,"b":[{"iban":"[redacted]"},-0.0]}"#
        );
    }

    #[test]
    fn body_that_is_no_json_is_blanked_whole() {
        assert_eq!(Redaction::personal().apply(b"iban=ES91"), b"\"[redacted]\"");
        assert_eq!(Redaction::whole().apply(b"{}"), b"\"[redacted]\"");
    }

    #[test]
    fn escaped_field_name_is_found() {
        let redacted = Redaction::personal().apply(br#"{"ib\u0061n":"ES91"}"#);
        assert_eq!(redacted, br#"{"iban":"[redacted]"}"#);
    }
}
