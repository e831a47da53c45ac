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
use self::word::Word;
use crate::attempt::Failure;
use crate::call::Reply;
use crate::error::{self, Error, ErrorKind, advice};
use crate::operation::{Idempotency, Operation};
use crate::transport::{WireResponse, wiped};

/// The answer of a success reply, and whether the reply says that the call succeeded in one of the provider's three words.
type Answer = (Bytes, bool);

/// The success that a reply is, or the failure. `created` are other names of ids that the call creates.
pub(crate) fn classify(
    operation: &'static Operation,
    created: &[String],
    response: &WireResponse,
) -> Result<Reply, Failure> {
    let outcome = match serde_json::from_slice::<Fields<'_>>(without_mark(&response.body)) {
        _ if foreign::is_raw_answer(operation, response) => Ok((response.body.clone(), false)),
        Ok(fields) => object(operation, &fields, response),
        Err(_) if response.status == 401 => {
            Err(Refusal::of_status(operation, 401).authorization(operation.auth))
        }
        Err(_) => foreign::classify(operation, response).map(|body| (body, false)),
    };
    let reply = outcome.map(|(answer, says_success)| Reply {
        status: response.status,
        headers: response.headers.clone(),
        body: response.body.clone(),
        answer,
        says_success,
    });
    reply.map_err(|failure| {
        // A refusal that names what it made contradicts itself: it never proves that nothing was made, and a refused
        // token that comes with such an id is no reason to send the call again.
        let may_have_made = operation.idempotency == Idempotency::Unsafe
            && proof::names_created(operation, created, without_mark(&response.body));
        if may_have_made {
            failure.unproven()
        } else {
            failure
        }
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
    let failure = classify(operation, &[], &response).err()?;
    let error = failure.error.conclude(operation, true).of_unknown_status();
    // What says no cause may be anything: the status was made up.
    let names_a_cause = error.code().is_some() || !error.field_errors().is_empty();
    (error.is_refused() && names_a_cause).then(|| error.found_in(&response.body, None))
}

/// The error of a successful login whose reply has no token that can be sent.
pub(crate) fn no_token(status: u16) -> Error {
    Error::answered(
        ErrorKind::UnexpectedReply,
        "the answer to the login holds no usable token",
        advice::NO_TOKEN,
        error::Answer {
            status: Some(status),
            ..error::Answer::default()
        },
    )
    .with_operation("authenticate")
}

/// The facts that the rows of the table are about.
struct Facts<'a> {
    operation: &'static Operation,
    fields: &'a Fields<'a>,
    status: u16,
    word: Word,
    refusal: Refusal,
}

impl Facts<'_> {
    fn has_good_status(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn succeeded(&self) -> bool {
        self.word == Word::Success
    }
}

/// The meaning of a reply.
#[derive(Clone, Copy)]
enum Verdict {
    Validation,
    Authorization,
    NotNow,
    Refused,
    NothingFound,
    BadStatus,
    SaysNothing,
    Success,
}

type Row = (Verdict, fn(&Facts<'_>) -> bool);

/// The meaning of a JSON object: the first row that applies.
///
/// The order decides about money: each row may assume that none above it applies.
const TABLE: [Row; 9] = [
    // Field errors first: they also come with status 200 and beside a code. Beside a word of success they are warnings,
    // and with 5xx they are details of a failure.
    (Verdict::Validation, |facts| {
        let may_be = !(facts.has_good_status() && facts.succeeded()) && facts.status < 500;
        facts.status == 422 || may_be && !facts.refusal.answer.fields.is_empty()
    }),
    // Before any other refusal, as a new token may cure it. The provider sends it with status 200.
    (Verdict::Authorization, |facts| {
        facts.refusal.is_authorization() || facts.status == 401
    }),
    // The status says that the call may be tried later, whatever code comes with it.
    (Verdict::NotNow, |facts| matches!(facts.status, 408 | 429)),
    // The body calls itself an error, or a bad status comes with a code. The body outranks the status, since the provider
    // sends most refusals with 200.
    (Verdict::Refused, |facts| {
        facts.refusal.is_marked || !facts.has_good_status() && facts.refusal.answer.code.is_some()
    }),
    // A 404 with a JSON object and without a code: the address is right, and the object that it names does not exist. A
    // 404 with HTML is that of another server.
    (Verdict::NothingFound, |facts| {
        facts.status == 404 && facts.operation.auth
    }),
    // Nothing in the body explains the status, which therefore decides alone.
    (Verdict::BadStatus, |facts| !facts.has_good_status()),
    // A known code in `message`, and neither success nor data to contradict it.
    (Verdict::Refused, |facts| {
        !facts.succeeded() && facts.fields.get("data").is_none() && facts.refusal.answer.code.is_some()
    }),
    // No word of success and no data in its place: taking this for success would invent a result.
    (Verdict::SaysNothing, |facts| {
        !facts.word.is_vouched_for(facts.operation, facts.fields)
    }),
    (Verdict::Success, |_| true),
];

fn object(
    operation: &'static Operation,
    fields: &Fields<'_>,
    response: &WireResponse,
) -> Result<Answer, Failure> {
    let status = response.status;
    let word = Word::of(fields);
    let refusal = Refusal::find(operation, status, fields, word, word.refuses(operation, fields));
    let facts = Facts {
        operation,
        fields,
        status,
        word,
        refusal,
    };
    let verdict = TABLE
        .iter()
        .find(|(_, applies)| applies(&facts))
        .map_or(Verdict::Success, |(verdict, _)| *verdict);
    let says_success = facts.succeeded();
    let refusal = facts.refusal;
    Err(match verdict {
        Verdict::Validation => refusal.validation(),
        Verdict::Authorization => refusal.authorization(operation.auth),
        Verdict::NotNow | Verdict::BadStatus => refusal.failure(foreign::by_status(status)),
        Verdict::Refused => refusal.refused(),
        Verdict::NothingFound => refusal.failure(foreign::NOTHING_FOUND),
        Verdict::SaysNothing => refusal.failure(foreign::SAYS_NOTHING),
        Verdict::Success => {
            let body = envelope::open(operation.envelope, fields, says_success, &response.body);
            return Ok((body, says_success));
        }
    })
}

fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

#[cfg(test)]
mod tests;
