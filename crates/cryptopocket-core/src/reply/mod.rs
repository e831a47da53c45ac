//! What an answer means. The body decides first, the HTTP status second, since the provider sends most refusals
//! with status 200.

mod envelope;
mod fields;
mod foreign;
mod refusal;

use bytes::Bytes;

pub(crate) use self::fields::Fields;
use self::refusal::Refusal;
use crate::error::{Error, ErrorKind, Repeat, hint};
use crate::operation::Operation;
use crate::transport::WireResponse;

/// `sucess` is how the provider spells it for payments by transfer.
const SUCCESS_WORDS: [&str; 3] = ["ok", "success", "sucess"];

/// The answer of a success reply, or the error that the reply is.
pub(crate) fn classify(operation: &'static Operation, response: &WireResponse) -> Result<Bytes, Error> {
    let outcome = match serde_json::from_slice::<Fields<'_>>(without_mark(&response.body)) {
        Ok(fields) => object(operation, &fields, response),
        Err(_) if response.status == 401 => Err(Refusal::default().authorization(401, operation.auth)),
        Err(_) => foreign::classify(response),
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
    let word = fields.text("status");
    let succeeded = word.as_deref().is_some_and(|word| SUCCESS_WORDS.contains(&word));
    let refusal = Refusal::find(fields);
    let good_status = (200..300).contains(&status);

    let is_success = good_status && succeeded;
    if status == 422 || !is_success && !refusal.fields.is_empty() {
        return Err(refusal.validation(status));
    }
    if refusal.is_authorization() || status == 401 {
        return Err(refusal.authorization(status, operation.auth));
    }
    if status == 429 || status == 408 {
        return Err(foreign::by_status(status));
    }
    if refusal.is_marked || !good_status && refusal.code.is_some() {
        return Err(refusal.refused(status));
    }
    if status == 404 && operation.auth {
        return Err(refusal.with_prose(foreign::nothing_found()));
    }
    if !good_status {
        return Err(refusal.with_prose(foreign::by_status(status)));
    }
    if !succeeded && fields.get("data").is_none() && refusal.code.is_some() {
        return Err(refusal.refused(status));
    }
    if word.is_some()
        && !succeeded
        && fields
            .iter()
            .all(|(name, _)| matches!(name, "status" | "message"))
    {
        return Err(refusal.refused(status));
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
