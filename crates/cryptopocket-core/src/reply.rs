//! Classification of replies: by body first, by HTTP status second, since the provider sends most refusals with 200.

mod envelope;
mod foreign;
mod proof;
mod refusal;
mod word;

use bytes::Bytes;
use cryptopocket_types::reading::Fields;

pub(crate) use self::proof::created_names;
use self::refusal::Refusal;
use crate::call::RawReply;
use crate::error::{Error, ErrorKind, advice};
use crate::operation::{Idempotency, Operation};
use crate::transport::{WireResponse, wiped};

/// The answer of a success reply, and whether the reply says that the call succeeded in one of the provider's three words.
type Answer = (Bytes, bool);

/// The success that a reply is, or the failure. `created` are other names of ids that the call creates.
pub(crate) fn classify(
    operation: &'static Operation,
    created: &[String],
    response: &WireResponse,
) -> Result<RawReply, Error> {
    let outcome = match serde_json::from_slice::<Fields<'_>>(without_mark(&response.body)) {
        _ if foreign::is_raw_answer(operation, response) => Ok((response.body.clone(), false)),
        Ok(fields) => object(operation, &fields, response),
        Err(_) if response.status == 401 => {
            Err(Refusal::find(operation, 401, &Fields::default()).authorization())
        }
        Err(_) => foreign::classify(operation, response).map(|body| (body, false)),
    };
    let reply = outcome.map(|(answer, says_success)| RawReply {
        operation,
        response: response.clone(),
        answer,
        says_success,
    });
    reply.map_err(|error| {
        // A refusal that names what it made contradicts itself: it never proves that nothing was made, and a refused
        // token that comes with such an id is no reason to send the call again.
        let may_have_made = operation.idempotency == Idempotency::Unsafe
            && proof::names_created(operation, created, without_mark(&response.body));
        let error = error.found_in(&response.body);
        error.with_answer(|answer| answer.is_proof &= !may_have_made)
    })
}

/// The refusal in an answer that was kept without its status.
pub(crate) fn kept_refusal(operation: &'static Operation, body: &[u8]) -> Option<Error> {
    // With a status that says nothing of its own. Under 200, a code in `message` beside `data` would not count.
    let response = WireResponse {
        status: 400,
        headers: http::HeaderMap::new(),
        body: wiped(body),
    };
    let error = classify(operation, &[], &response).err()?;
    // What says no cause may be anything: the status was made up.
    let names_a_cause = error.code().is_some() || !error.field_errors().is_empty();
    let refusal = error.with_answer(|answer| (answer.status, answer.is_proof) = (None, true));
    (refusal.is_refused() && names_a_cause).then(|| refusal.conclude(operation))
}

/// When a row applies, and the failure that the reply is then.
type Row = (fn(&Refusal<'_>) -> bool, fn(Refusal<'_>) -> Error);

/// The meaning of a JSON object: the first row that applies. If none does, it is a success.
///
/// The order decides about money: each row may assume that none above it applies.
const TABLE: [Row; 8] = [
    // Field errors first: they also come with status 200 and beside a code. Beside a word of success they are warnings,
    // and with 5xx they are details of a failure.
    (
        |reply| {
            let may_be = !(reply.has_good_status() && reply.succeeded()) && reply.status < 500;
            reply.status == 422 || may_be && !reply.answer.fields.is_empty()
        },
        |reply| reply.validation(),
    ),
    // Before any other refusal, as a new token may cure it. The provider sends it with status 200.
    (
        |reply| reply.is_authorization() || reply.status == 401,
        |reply| reply.authorization(),
    ),
    // The status says that the call may be tried later, whatever code comes with it.
    (
        |reply| matches!(reply.status, 408 | 429),
        |reply| reply.of_status(),
    ),
    // The body calls itself an error, or a bad status comes with a code. The body outranks the status, since the provider
    // sends most refusals with 200.
    (
        |reply| reply.is_marked || !reply.has_good_status() && reply.answer.code.is_some(),
        |reply| reply.refused(),
    ),
    // A 404 with a JSON object and without a code: the address is right, and the object that it names does not exist. A
    // 404 with HTML is that of another server.
    (
        |reply| reply.status == 404 && reply.operation.auth,
        |reply| {
            let detail = "the provider found nothing there";
            reply.failure(Error::new(ErrorKind::Refused, detail, advice::NOT_FOUND))
        },
    ),
    // Nothing in the body explains the status, which therefore decides alone.
    (|reply| !reply.has_good_status(), |reply| reply.of_status()),
    // A known code in `message`, and neither success nor data to contradict it.
    (
        |reply| !reply.succeeded() && reply.fields.get("data").is_none() && reply.answer.code.is_some(),
        |reply| reply.refused(),
    ),
    // No word of success and no data in its place: taking this for success would invent a result.
    (
        |reply| !reply.word.is_vouched_for(reply.operation, reply.fields),
        |reply| reply.failure(foreign::says_nothing()),
    ),
];

fn object(
    operation: &'static Operation,
    fields: &Fields<'_>,
    response: &WireResponse,
) -> Result<Answer, Error> {
    let reply = Refusal::find(operation, response.status, fields);
    if let Some((_, error)) = TABLE.iter().find(|(applies, _)| applies(&reply)) {
        return Err(error(reply));
    }
    let says_success = reply.succeeded();
    let answer = envelope::open(operation.envelope, fields, says_success, &response.body);
    Ok((answer, says_success))
}

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

#[cfg(test)]
mod tests;
