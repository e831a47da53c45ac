use bytes::Bytes;

use super::definite::is_settled;
use super::{passing, without_mark};
use crate::error::{Error, ErrorKind, advice};
use crate::operation::{Envelope, Idempotency, Operation};
use crate::transport::WireResponse;

/// An answer that is no JSON object.
pub(super) fn classify(operation: &Operation, response: &WireResponse) -> Result<Bytes, Error> {
    let status = response.status;
    if !(200..300).contains(&status) {
        return Err(by_status(status));
    }
    let unexpected =
        |detail, advice| Error::answered(ErrorKind::UnexpectedReply, status, detail).with_advice(advice);
    let body = without_mark(&response.body);
    let text = body.trim_ascii();
    if text.is_empty() {
        return Err(passing(unexpected("the answer is empty", advice::BROKEN)));
    }
    if text.starts_with(b"<") {
        return Err(unexpected("the answer is HTML, not JSON", advice::BASE_URL));
    }
    match serde_json::from_slice::<&serde_json::value::RawValue>(body) {
        // The whole reply is asked for, and it is none that could say what became of the call.
        Ok(_) if operation.auth && operation.envelope == Envelope::Whole => Err(says_nothing(status)),
        // A bare word or number reports no success: `"failed"` is one too. What a call that writes did is then unknown.
        Ok(raw) if writes(operation) && !raw.get().starts_with('[') => Err(says_nothing(status)),
        // A bare list has its rows to show for it. A bare `null` would read as a list without rows.
        Ok(raw) if operation.envelope == Envelope::List && !raw.get().starts_with('[') => {
            Err(says_nothing(status))
        }
        Ok(_) => Ok(response.body.slice_ref(body)),
        Err(error) if error.is_eof() => Err(passing(unexpected("the answer breaks off", advice::BROKEN))),
        Err(_) => Err(passing(unexpected("the answer is not JSON", advice::BASE_URL))),
    }
}

/// Whether a call does more than read. The login writes nothing, and its form is not known, nor is that of a raw call.
fn writes(operation: &Operation) -> bool {
    operation.auth && operation.idempotency != Idempotency::Safe && !operation.is_raw()
}

/// A reply that has no word of success, and nothing that could stand for one.
pub(super) fn says_nothing(status: u16) -> Error {
    let detail = "the answer says neither that the call succeeded nor that it was refused";
    Error::answered(ErrorKind::UnexpectedReply, status, detail).with_advice(advice::SHAPE)
}

/// A JSON answer with status 404: the address is probably right, and what it names is not there.
pub(super) fn nothing_found() -> Error {
    Error::answered(ErrorKind::Refused, 404, "the provider found nothing there")
        .with_advice(advice::NOT_FOUND)
        .with_definite(true)
}

/// What the HTTP status alone says.
pub(super) fn by_status(status: u16) -> Error {
    let answered = |kind, detail, advice| {
        Error::answered(kind, status, detail)
            .with_advice(advice)
            .with_definite(is_settled(status))
    };
    match status {
        300..400 => answered(
            ErrorKind::UnexpectedReply,
            "the answer is a redirect, which is not followed",
            advice::BASE_URL,
        ),
        403 => answered(
            ErrorKind::Refused,
            "the provider forbids the call",
            advice::FORBIDDEN,
        ),
        404 | 405 => answered(
            ErrorKind::UnexpectedReply,
            "there is no such call at this address",
            advice::BASE_URL,
        ),
        408 => passing(answered(
            ErrorKind::Timeout,
            "the provider gave up waiting for the request",
            advice::BROKEN,
        )),
        413 => answered(
            ErrorKind::Refused,
            "the request is larger than the provider accepts",
            advice::SEND_LESS,
        ),
        429 => passing(answered(
            ErrorKind::RateLimited,
            "the provider asks to slow down",
            advice::RATE,
        )),
        400..500 => answered(ErrorKind::Refused, "the provider refused", advice::REFUSED),
        500.. => passing(answered(
            ErrorKind::ServerError,
            "the provider failed",
            advice::SERVER,
        )),
        _ => answered(
            ErrorKind::UnexpectedReply,
            "the answer has a status that makes no sense here",
            advice::BASE_URL,
        ),
    }
}
