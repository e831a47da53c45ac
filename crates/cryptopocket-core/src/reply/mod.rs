//! What an answer means. The body decides first, the HTTP status second, since the provider sends most refusals
//! with status 200.

mod definite;
mod envelope;
mod fields;
mod foreign;
mod refusal;
mod word;

use bytes::Bytes;

pub(crate) use self::definite::is_snake;
pub(crate) use self::fields::Fields;
use self::refusal::Refusal;
use self::word::Word;
use crate::error::{Error, ErrorKind, Repeat, hint};
use crate::operation::Operation;
use crate::transport::WireResponse;

/// The answer of a success reply, or the error that the reply is.
pub(crate) fn classify(operation: &'static Operation, response: &WireResponse) -> Result<Bytes, Error> {
    let outcome = match serde_json::from_slice::<Fields<'_>>(without_mark(&response.body)) {
        Ok(fields) => object(operation, &fields, response),
        Err(_) if response.status == 401 => Err(Refusal::of_status(401).authorization(operation.auth)),
        Err(_) => foreign::classify(operation, response),
    };
    outcome.map_err(|error| error.with_raw_body(&response.body))
}

/// The login was answered well, yet nothing in the answer is a token that could be sent.
pub(crate) fn no_token(status: u16) -> Error {
    Error::answered(
        ErrorKind::UnexpectedReply,
        status,
        "the answer to the login holds no usable token",
    )
    .with_hint(hint::NO_TOKEN)
    .with_operation("authenticate")
}

fn object(
    operation: &'static Operation,
    fields: &Fields<'_>,
    response: &WireResponse,
) -> Result<Bytes, Error> {
    let status = response.status;
    let word = Word::of(fields);
    let succeeded = word == Word::Success;
    let refusal = Refusal::find(status, fields, word, word.refuses(operation, fields));
    let good_status = (200..300).contains(&status);

    let may_be_fields = !(good_status && succeeded) && status < 500;
    if status == 422 || may_be_fields && !refusal.fields.is_empty() {
        return Err(refusal.validation());
    }
    if refusal.is_authorization() || status == 401 {
        return Err(refusal.authorization(operation.auth));
    }
    if status == 429 || status == 408 {
        return Err(refusal.with_code_of(foreign::by_status(status)));
    }
    if refusal.is_marked || !good_status && refusal.code.is_some() {
        return Err(refusal.refused());
    }
    if status == 404 && operation.auth {
        return Err(refusal.with_prose(foreign::nothing_found()));
    }
    if !good_status {
        return Err(refusal.with_prose(foreign::by_status(status)));
    }
    if !succeeded && fields.get("data").is_none() && refusal.code.is_some() {
        return Err(refusal.refused());
    }
    if !word.is_vouched_for(operation, fields) {
        return Err(refusal.with_prose(foreign::says_nothing(status)));
    }
    Ok(envelope::open(
        operation.envelope,
        fields,
        succeeded,
        &response.body,
    ))
}

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// A failure that may pass, if only the operation allows another attempt.
fn passing(error: Error) -> Error {
    error.with_repeat(Repeat::IfHarmless)
}

#[cfg(test)]
mod tests;
