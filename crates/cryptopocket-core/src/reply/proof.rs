//! Proof that a call was not carried out.
//!
//! Of a call that may act twice, a failed reply proves that nothing was done only in three cases. Everything else leaves the
//! outcome unknown, however much it looks like a refusal.
//!
//! | reply | proof | reason |
//! |---|---|---|
//! | a code that the spec lists for the call (`x-refusals`) | yes | the provider says which checks come before the effect |
//! | HTTP 422 with Laravel's field errors, no code | yes | validation runs before the code of the call |
//! | `authorization_incorrect` with HTTP 200, 401 or 403 | yes | the token is checked first, for every call |
//! | any other code | no | `duplicate_payment` and `db_insert_failed` look like refusals and follow an effect |
//! | HTTP 422 in another form | no | also sent by hand, for a card that failed after the payment was stored |
//! | HTTP 400 without a code | no | the usual answer of a handler that catches an exception, wherever it was thrown |
//! | HTTP 401 without a code | no | may be that of a bank or card gateway behind the provider, passed on |
//! | HTTP 403 without a code | no | a firewall that inspects replies sends it after the call was carried out |
//! | HTTP 404 without a code | no | Laravel sends it for any record that is missing, also after others were written |
//! | HTTP 405, 413, 415 without a code | no | the word of a server in front, which need not be the first that saw the request |
//! | HTTP 429 without a code | no | may be the limit of a service that the provider calls on the way |
//! | field errors with another status | no | Laravel validates with 422; any other came from code of the call |
//! | success and refusal in one reply, with data | no | it contradicts itself, and may tell of a payment that exists |
//! | any reply that names a created object | no | it contradicts itself |
//! | a reply whose envelope or `data` has a name twice with different values | no | one of them may be such an id, or contradict the refusal |
//!
//! No reply that is not JSON is listed as proof, so ids in HTML or plain text need no search.

use cryptopocket_types::reading::Fields;
use serde_json::Value;

use crate::operation::Operation;

/// Whether an answer carries the id of a thing that the call may have created, at any depth.
///
/// `others` are the names of such ids that were chosen or observed. `errors` is left out, since its keys are names of request fields. So are ids that the request named or that
/// belong to the exchange: they come back in refusals.
pub(super) fn names_created(operation: &Operation, others: &[String], body: &[u8]) -> bool {
    // What is no JSON names nothing. Only objects and lists can, which keeps a text in a text from being read for ever.
    let is_open = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    is_open
        && (says_two_things(body)
            || serde_json::from_slice(body).is_ok_and(|value| holds_id(operation, others, &value)))
}

/// Whether a name of the reply, or of its `data`, stands twice with different values. One of the two may be the id that the
/// other leaves out, or the word that contradicts the refusal.
fn says_two_things(body: &[u8]) -> bool {
    serde_json::from_slice::<Fields<'_>>(body)
        .is_ok_and(|fields| fields.has_twins() || fields.object("data").is_some_and(|data| data.has_twins()))
}

/// The names on the wire of the ids that the call may create, where they are not the document's own.
pub(crate) fn created_names(operation: &Operation, reply: &[(&str, &str)]) -> Vec<String> {
    let created = reply
        .iter()
        .filter(|(own, _)| is_created_id(operation, &plain(own)));
    // Of `payment.number` the last name: wherever it stands, it may be the id.
    created
        .map(|(_, wire)| plain(wire.rsplit('.').next().unwrap_or(wire)))
        .collect()
}

fn holds_id(operation: &Operation, others: &[String], value: &Value) -> bool {
    let holds = |value| holds_id(operation, others, value);
    match value {
        // Some servers put the JSON of another service into a text.
        Value::String(text) => names_created(operation, others, text.as_bytes()),
        Value::Array(items) => items.iter().any(holds),
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            let plain = plain(name);
            let is_id = || is_created_id(operation, &plain) || others.contains(&plain);
            name != "errors" && (is_present(value) && is_id() || holds(value))
        }),
        _ => false,
    }
}

/// The name in lower case and without `_` and the like.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn is_created_id(operation: &Operation, plain: &str) -> bool {
    match plain {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{AUTHENTICATE, Idempotency};

    static PAYMENT: Operation = Operation {
        idempotency: Idempotency::Unsafe,
        ..AUTHENTICATE
    };

    #[test]
    fn ids_of_created_things_are_found_at_any_depth() {
        for body in [
            r#"{"data":{"payment_id":"p1"}}"#,
            r#"{"payment":{"id":7}}"#,
            r#"{"data":[{"uuid":"x"}]}"#,
            r#"[{"paymentId":"p1"}]"#,
            r#"{"data":"{\"payment_id\":\"p1\"}"}"#,
        ] {
            assert!(names_created(&PAYMENT, &[], body.as_bytes()), "{body}");
        }
        for body in [
            r#"{"data":{"payment_id":""}}"#,
            r#"{"payment_id":null}"#,
            r#"{"errors":{"payment_id":"required"}}"#,
            r#"{"user_id":"100067","external_id":"order-1","request_id":"r-1"}"#,
            "payment_id p1",
            r#""{\"payment_id\":\"p1\"}""#,
        ] {
            assert!(!names_created(&PAYMENT, &[], body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn many_names_are_compared_in_time() {
        let names: Vec<_> = (0..200_000).map(|at| format!("\"n{at}\":1")).collect();
        let body = format!("{{{}}}", names.join(","));
        assert!(!says_two_things(body.as_bytes()));
        assert!(says_two_things(
            body.replace("n199999", "n0").replace(":1}", ":2}").as_bytes()
        ));
    }

    #[test]
    fn texts_in_texts_exhaust_no_stack() {
        let mut body = r#"{"note":"x"}"#.to_owned();
        for _ in 0..20 {
            let text = serde_json::to_string(&body).unwrap();
            body = format!("{}{text}{}", "[".repeat(120), "]".repeat(120));
        }
        // As much as a thread of tokio has.
        let reading = std::thread::Builder::new().stack_size(2 << 20);
        let reading = reading.spawn(move || names_created(&PAYMENT, &[], body.as_bytes()));
        assert!(!reading.unwrap().join().unwrap());
    }

    #[test]
    fn ids_under_chosen_names_are_found() {
        let chosen = [
            ("payment_id", "reference"),
            ("id", "payment.no"),
            ("external_id", "ours"),
        ];
        let others = created_names(&PAYMENT, &chosen);
        assert_eq!(others, ["reference", "no"]);
        let is_named = |body: &str| names_created(&PAYMENT, &others, body.as_bytes());
        assert!(is_named(r#"{"error":"not_possible","data":{"Reference":"p1"}}"#));
        assert!(is_named(r#"{"error":"not_possible","payment":{"no":7}}"#));
        assert!(!is_named(
            r#"{"error":"not_possible","ours":"order-1","reference":null}"#
        ));
    }
}
