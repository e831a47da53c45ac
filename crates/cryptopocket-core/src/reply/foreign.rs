use std::borrow::Cow;

use bytes::Bytes;
use http::header::CONTENT_TYPE;

use super::without_mark;
use crate::error::{Advice, Answer, Error, ErrorKind, advice};
use crate::operation::{Envelope, Idempotency, Operation};
use crate::transport::WireResponse;

/// Kind, detail and advice of an error.
pub(super) type Cause = (ErrorKind, Cow<'static, str>, Advice);

const fn cause(kind: ErrorKind, detail: &'static str, advice: Advice) -> Cause {
    (kind, Cow::Borrowed(detail), advice)
}

/// No word of success, and no data in its place.
pub(super) const SAYS_NOTHING: Cause = cause(
    ErrorKind::UnexpectedReply,
    "the answer says neither that the call succeeded nor that it was refused",
    advice::SHAPE,
);
/// A JSON answer with status 404: the address is probably right, and the object does not exist.
pub(super) const NOTHING_FOUND: Cause = cause(
    ErrorKind::Refused,
    "the provider found nothing there",
    advice::NOT_FOUND,
);

/// Classifies an answer that is not a JSON object.
pub(super) fn classify(operation: &Operation, response: &WireResponse) -> Result<Bytes, Error> {
    let status = response.status;
    let failure = |(kind, detail, advice): Cause, is_garbled| {
        let answer = Answer {
            status: Some(status),
            is_garbled,
            ..Answer::default()
        };
        Err(Error::answered(kind, detail, advice, answer))
    };
    if !(200..300).contains(&status) {
        return failure(by_status(status), false);
    }
    let unexpected = |detail, advice| cause(ErrorKind::UnexpectedReply, detail, advice);
    let body = without_mark(&response.body);
    let text = body.trim_ascii();
    if text.is_empty() {
        return failure(unexpected("the answer is empty", advice::BROKEN), true);
    }
    if text.starts_with(b"<") {
        return failure(
            unexpected("the answer is HTML, not JSON", advice::BASE_URL),
            false,
        );
    }
    match serde_json::from_slice::<&serde_json::value::RawValue>(body) {
        // This call's reply is read whole, and only an object can hold a word of success.
        Ok(_) if operation.auth && operation.envelope == Envelope::Whole => failure(SAYS_NOTHING, false),
        // A bare word or number is no success, since it may be `"failed"`. The effect of a call that writes stays unknown.
        Ok(raw) if writes(operation) && !raw.get().starts_with('[') => failure(SAYS_NOTHING, false),
        // The rows of a bare list stand for a word of success. A bare `null` would read as an empty list.
        Ok(raw) if operation.envelope == Envelope::List && !raw.get().starts_with('[') => {
            failure(SAYS_NOTHING, false)
        }
        Ok(_) => Ok(response.body.slice_ref(body)),
        Err(error) if error.is_eof() => failure(unexpected("the answer breaks off", advice::BROKEN), true),
        Err(_) => failure(unexpected("the answer is not JSON", advice::BASE_URL), true),
    }
}

/// Whether the call changes something. The login does not, and the reply of a raw call may have any form.
fn writes(operation: &Operation) -> bool {
    operation.auth && operation.idempotency != Idempotency::Safe && !operation.is_raw()
}

/// The error of an HTTP status that the body does not explain.
pub(super) fn by_status(status: u16) -> Cause {
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
    cause(kind, detail, advice)
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
