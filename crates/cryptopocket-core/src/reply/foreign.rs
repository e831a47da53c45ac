use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde_json::value::RawValue;

use super::without_mark;
use crate::error::{Answer, Error, ErrorKind, advice};
use crate::operation::{Envelope, Idempotency, Operation};
use crate::transport::WireResponse;

/// No word of success, and no data in its place.
pub(super) fn says_nothing() -> Error {
    let detail = "the answer says neither that the call succeeded nor that it was refused";
    Error::new(ErrorKind::UnexpectedReply, detail, advice::SHAPE)
}

/// Classifies an answer that is not a JSON object.
pub(super) fn classify(operation: &Operation, response: &WireResponse) -> Result<Bytes, Error> {
    let body = without_mark(&response.body);
    let text = body.trim_ascii();
    let unexpected = |detail: &'static str, advice| Error::new(ErrorKind::UnexpectedReply, detail, advice);
    let (error, is_garbled) = if !(200..300).contains(&response.status) {
        (by_status(response.status), false)
    } else if text.is_empty() {
        (unexpected("the answer is empty", advice::BROKEN), true)
    } else if text.starts_with(b"<") {
        (
            unexpected("the answer is HTML, not JSON", advice::BASE_URL),
            false,
        )
    } else {
        match serde_json::from_slice::<&RawValue>(body) {
            Ok(raw) if !stands_for_success(operation, raw) => (says_nothing(), false),
            Ok(_) => return Ok(response.body.slice_ref(body)),
            Err(error) if error.is_eof() => (unexpected("the answer breaks off", advice::BROKEN), true),
            Err(_) => (unexpected("the answer is not JSON", advice::BASE_URL), true),
        }
    };
    Err(error.answered(Answer {
        status: Some(response.status),
        is_garbled,
        ..Answer::default()
    }))
}

/// Whether JSON that is no object can be taken for a success.
fn stands_for_success(operation: &Operation, raw: &RawValue) -> bool {
    // A reply that is read whole is an object, since only an object can hold a word of success.
    let is_object = operation.auth && operation.envelope == Envelope::Whole;
    // The rows of a bare list stand for a word of success. A bare `null` would read as an empty list. And a bare word or number
    // is no success of a call that writes, since it may be `"failed"`: the effect of the call stays unknown.
    let is_list = operation.envelope == Envelope::List || writes(operation);
    !is_object && (!is_list || raw.get().starts_with('['))
}

/// Whether the call changes something. The login does not, and the reply of a raw call may have any form.
fn writes(operation: &Operation) -> bool {
    operation.auth && operation.idempotency != Idempotency::Safe && !operation.is_raw()
}

/// The error of an HTTP status that the body does not explain.
pub(super) fn by_status(status: u16) -> Error {
    use ErrorKind::{RateLimited, Refused, ServerError, Timeout, UnexpectedReply};
    let (kind, detail, advice) = match status {
        403 => (Refused, "the provider forbids the call", advice::FORBIDDEN),
        404 | 405 => (
            UnexpectedReply,
            "there is no such call at this address",
            advice::BASE_URL,
        ),
        408 => (
            Timeout,
            "the provider gave up waiting for the request",
            advice::BROKEN,
        ),
        413 => (
            Refused,
            "the request is larger than the provider accepts",
            advice::SEND_LESS,
        ),
        429 => (RateLimited, "the provider asks to slow down", advice::RATE),
        300..400 => (
            UnexpectedReply,
            "the answer is a redirect, which is not followed",
            advice::BASE_URL,
        ),
        400..500 => (Refused, "the provider refused", advice::REFUSED),
        500.. => (ServerError, "the provider failed", advice::SERVER),
        _ => (
            UnexpectedReply,
            "the answer has a status that makes no sense here",
            advice::BASE_URL,
        ),
    };
    Error::new(kind, detail, advice)
}

/// Whether a raw call returns this reply as it is, though no operation of this API answers so: a status without a body, or
/// a form that is not JSON, such as CSV.
///
/// HTML is not returned: it comes from a proxy or a web site, and would pass for the answer of the call.
pub(super) fn is_raw_answer(operation: &Operation, response: &WireResponse) -> bool {
    if !operation.is_raw() {
        return false;
    }
    let form = response
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let form = form.unwrap_or_default().to_ascii_lowercase();
    match response.status {
        204 | 205 => response.body.is_empty(),
        200..300 => !form.is_empty() && !form.contains("json") && !form.contains("html"),
        _ => false,
    }
}
