//! Proof that a call was not carried out.

use cryptopocket_types::ErrorCode;
use serde_json::Value;

use crate::operation::Operation;

/// Statuses by which a server says that it did not take the request. Others below 500, such as 409 or 499, also come
/// while the call is being carried out, or after it was.
pub(crate) fn is_settled(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 413 | 415 | 422 | 429)
}

/// What a reply with a refusal in it shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub(super) operation: &'a Operation,
    pub(super) status: u16,
    /// The reply says success as well.
    pub(super) succeeded: bool,
    /// `data` is an object with something in it.
    pub(super) has_data: bool,
    pub(super) code: Option<&'a ErrorCode>,
}

impl Evidence<'_> {
    pub(super) fn is_definite(self) -> bool {
        // A reply that says both success and error, with data, may tell of a payment that exists.
        if self.succeeded && self.has_data {
            return false;
        }
        match self.code {
            // `duplicate_payment` and `db_insert_failed` have the form of refusals and follow an effect: only a code
            // that the specification lists for this call proves that there was none, whatever the status is.
            Some(code) => self.operation.refusals.contains(&code.as_str()),
            None => !self.succeeded && is_settled(self.status),
        }
    }
}

/// Whether an answer carries the id of a thing that the call may have created, at any depth.
///
/// `errors` is left out, since its keys are names of request fields. So are ids that the request named or that
/// belong to the exchange: they come back in refusals.
pub(super) fn names_created(operation: &Operation, body: &[u8]) -> bool {
    // What is no JSON names nothing.
    serde_json::from_slice(body).is_ok_and(|value| holds_id(operation, &value))
}

fn holds_id(operation: &Operation, value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| holds_id(operation, item)),
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            name != "errors"
                && (is_created_id(operation, name) && is_present(value) || holds_id(operation, value))
        }),
        _ => false,
    }
}

fn is_created_id(operation: &Operation, name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    match name.as_str() {
        "externalid" | "requestid" | "traceid" | "correlationid" | "errorid" | "paid" | "valid"
        | "invalid" => false,
        // A customer's id is news only where a customer is created, as a call that the SDK does not know may do.
        "userid" | "customerid" => {
            operation.is_raw() || operation.tag == "users" && operation.path.contains("register")
        }
        name => name.ends_with("id") || name == "txhash",
    }
}

fn is_present(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}

/// `lower_snake` of at least two words, as the provider writes its codes. The names of exceptions are not.
pub(crate) fn is_snake(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.contains('_')
        && text.split('_').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{AUTHENTICATE, Idempotency};

    static PAYMENT: Operation = Operation {
        idempotency: Idempotency::Unsafe,
        refusals: &["limit_exceded", "authorization_incorrect"],
        ..AUTHENTICATE
    };

    fn evidence(code: Option<&ErrorCode>) -> Evidence<'_> {
        Evidence {
            operation: &PAYMENT,
            status: 200,
            succeeded: false,
            has_data: false,
            code,
        }
    }

    #[test]
    fn only_listed_codes_are_definite() {
        for code in PAYMENT.refusals {
            assert!(evidence(Some(&(*code).into())).is_definite(), "{code}");
        }
        for code in [
            "unexpected_error",
            "payment_creation_failed",
            "db_insert_failed",
            "duplicate_payment",
            "payment_already_exists",
            "try_again_later",
            "connection_lost",
            "wallet_frozen",
            "already_reconciled",
            "Limit_exceded",
            "none",
        ] {
            let code = ErrorCode::from(code);
            for status in [200, 400, 409, 422, 429] {
                let found = Evidence {
                    status,
                    ..evidence(Some(&code))
                };
                assert!(!found.is_definite(), "{status} {code}");
            }
        }
        assert!(!evidence(None).is_definite());
    }

    #[test]
    fn success_with_data_beside_a_refusal_is_open() {
        let known = ErrorCode::LimitExceded;
        for (succeeded, has_data, definite) in [(true, false, true), (false, true, true), (true, true, false)]
        {
            let found = Evidence {
                succeeded,
                has_data,
                ..evidence(Some(&known))
            };
            assert_eq!(found.is_definite(), definite, "{found:?}");
        }
    }

    #[test]
    fn without_a_code_only_settled_statuses_are_definite() {
        for status in 200..600 {
            let found = Evidence {
                status,
                ..evidence(None)
            };
            let expected = [400, 401, 403, 404, 405, 413, 415, 422, 429].contains(&status);
            assert_eq!(found.is_definite(), expected, "{status}");
        }
    }

    #[test]
    fn ids_of_created_things_are_found_at_any_depth() {
        for body in [
            r#"{"data":{"payment_id":"p1"}}"#,
            r#"{"payment":{"id":7}}"#,
            r#"{"data":[{"uuid":"x"}]}"#,
            r#"[{"paymentId":"p1"}]"#,
        ] {
            assert!(names_created(&PAYMENT, body.as_bytes()), "{body}");
        }
        for body in [
            r#"{"data":{"payment_id":""}}"#,
            r#"{"payment_id":null}"#,
            r#"{"errors":{"payment_id":"required"}}"#,
            r#"{"user_id":"100067","external_id":"order-1","request_id":"r-1"}"#,
            "payment_id p1",
        ] {
            assert!(!names_created(&PAYMENT, body.as_bytes()), "{body}");
        }
    }
}
