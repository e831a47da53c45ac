use cryptopocket_types::ErrorCode;
use cryptopocket_types::reading::{Fields, text_of};
use cryptopocket_types::sensitive::{Personal, Secret};
use serde_json::value::RawValue;

use super::foreign::by_status;
use super::word::Word;
use crate::error::{Answer, Error, ErrorKind, FieldError, advice, shown};
use crate::getters::getters;
use crate::operation::Operation;

/// Names under which the provider may send the page on which the customer continues.
const URL_FIELDS: [&str; 8] = [
    "verification_url",
    "kyc_form_url",
    "onboarding_link",
    "kyc_url",
    "kyb_link",
    "form_url",
    "link",
    "url",
];

/// The refusal in a reply, collected from every place where the provider puts a part of it.
pub(super) struct Refusal<'a> {
    pub(super) operation: &'static Operation,
    pub(super) fields: &'a Fields<'a>,
    pub(super) status: u16,
    pub(super) word: Word,
    /// The body itself says that it is an error.
    pub(super) is_marked: bool,
    pub(super) answer: Answer,
}

impl<'a> Refusal<'a> {
    pub(super) fn find(operation: &'static Operation, status: u16, fields: &'a Fields<'a>) -> Self {
        let word = Word::of(fields);
        let succeeded = word == Word::Success;
        let nested = fields
            .object("error")
            .filter(|nested| nested.iter().next().is_some());
        let error = fields.text("error").or_else(|| {
            let nested = nested.as_ref()?;
            nested.text("code").or_else(|| nested.text("error"))
        });
        let message = fields
            .text("message")
            .or_else(|| nested.as_ref().and_then(|nested| nested.text("message")));
        let has_error = fields.get("error").is_some_and(|raw| !is_nothing(raw));
        let has_errors = !succeeded && fields.get("errors").is_some_and(|raw| !is_nothing(raw));
        let says_error = word.refuses(operation, fields) || has_error;
        let in_place = error.as_deref().and_then(code);
        let is_code_in_place = in_place.is_some();
        let code = in_place.or_else(|| {
            // A success reply also has a word in `message`, such as `payment_created`.
            let message = message.as_deref().filter(|_| !succeeded)?;
            if says_error {
                code(message).or_else(|| leading_code(message))
            } else {
                known(message)
            }
        });
        let prose = [message, error]
            .into_iter()
            .flatten()
            .find(|text| code_text(text).is_none());
        Self {
            operation,
            fields,
            status,
            word,
            is_marked: says_error || has_errors,
            answer: Answer {
                status: Some(status),
                code,
                is_code_in_place,
                fields: field_errors(fields),
                verification_url: verification_url(fields),
                message: prose.map(Personal::from),
                ..Answer::default()
            },
        }
    }

    getters! { |reply|
        pub(super) has_good_status: bool = (200..300).contains(&reply.status);
        pub(super) succeeded: bool = reply.word == Word::Success;
        pub(super) is_authorization: bool = reply.answer.code == Some(ErrorCode::AuthorizationIncorrect);
    }

    pub(super) fn authorization(self) -> Error {
        let with_token = self.operation.auth;
        let (detail, advice) = if with_token {
            ("the provider does not accept the token", advice::AUTHORIZATION)
        } else {
            (
                "the provider does not accept these credentials",
                advice::CREDENTIALS,
            )
        };
        // The code is checked before anything is done. With a status that contradicts it, or beside a word of success, it
        // may come from a service behind the provider, when the call was under way; so may a 401 without it.
        let is_proof = self.is_authorization() && !self.succeeded() && matches!(self.status, 200 | 401 | 403);
        let error = self.failure(Error::new(ErrorKind::Authorization, detail, advice));
        error.with_answer(|answer| answer.is_proof = is_proof)
    }

    pub(super) fn validation(self) -> Error {
        let names: Vec<&str> = self.answer.fields.iter().map(FieldError::shown_name).collect();
        let detail = match names.as_slice() {
            [] => "the provider found the request invalid".to_owned(),
            names => format!("the provider does not accept {}", names.join(", ")),
        };
        let code = self.answer.code.as_ref();
        let advice = code.map_or(advice::VALIDATION, advice::for_code);
        self.failure(Error::new(ErrorKind::Validation, detail, advice))
    }

    pub(super) fn refused(self) -> Error {
        let error = match &self.answer.code {
            Some(code) if self.status < 500 || code.is_known() && *code != ErrorCode::UnexpectedError => {
                let shown = shown::code(code, self.answer.is_code_in_place);
                let detail = format!("the provider refused with {shown}");
                Error::new(ErrorKind::Refused, detail, advice::for_code(code))
            }
            None if self.status < 500 => {
                Error::new(ErrorKind::Refused, "the provider refused", advice::REFUSED)
            }
            _ => Error::new(ErrorKind::ServerError, "the provider failed", advice::SERVER),
        };
        self.failure(error)
    }

    /// A failure that the status alone explains.
    pub(super) fn of_status(self) -> Error {
        let error = by_status(self.status);
        self.failure(error)
    }

    /// The error with all that the reply says.
    pub(super) fn failure(mut self, error: Error) -> Error {
        self.answer.is_proof = self.is_proof();
        error.answered(self.answer)
    }

    /// Whether the reply is a proof that nothing was done; see the table in `proof`. Ids are looked for elsewhere.
    fn is_proof(&self) -> bool {
        let has_data = self.fields.get("data").is_some_and(|raw| !is_nothing(raw));
        let is_contradiction = self.succeeded() && has_data;
        let is_listed = match &self.answer.code {
            // Whether this one is believed, `authorization` decides.
            Some(ErrorCode::AuthorizationIncorrect) => false,
            Some(code) => self.operation.refusals.contains(&code.as_str()),
            None => self.status == 422 && has_laravel_form(self.fields) && !self.succeeded(),
        };
        is_listed && !is_contradiction
    }
}

/// Whether the value of an error field means that there is no error.
fn is_nothing(raw: &RawValue) -> bool {
    matches!(raw.get(), "false" | "0")
        || serde_json::from_str::<&str>(raw.get()).is_ok_and(|text| text.trim().is_empty())
        || serde_json::from_str::<Vec<&RawValue>>(raw.get()).is_ok_and(|items| items.is_empty())
        || serde_json::from_str::<Fields<'_>>(raw.get()).is_ok_and(|fields| fields.iter().next().is_none())
}

/// The text, if it has the form of a code. Prose has not, and may name persons.
fn code_text(text: &str) -> Option<&str> {
    let text = text.trim();
    let plain = text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain.then_some(text)
}

fn code(text: &str) -> Option<ErrorCode> {
    code_text(text).map(ErrorCode::from)
}

fn known(text: &str) -> Option<ErrorCode> {
    code(text).filter(ErrorCode::is_known)
}

/// The code before a value, as in `min_purchase: 30 EUR`. A refused token must be the bare code, since the call is then sent
/// again.
fn leading_code(text: &str) -> Option<ErrorCode> {
    let word = text
        .trim()
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .next()?;
    known(word).filter(|code| *code != ErrorCode::AuthorizationIncorrect)
}

fn field_errors(fields: &Fields<'_>) -> Vec<FieldError> {
    let errors = fields.object("errors").unwrap_or_default();
    let named = errors.iter();
    named
        .map(|(name, raw)| FieldError::new(name, messages(raw)))
        .collect()
}

/// Whether `errors` names fields, each with a list of sentences.
fn has_laravel_form(fields: &Fields<'_>) -> bool {
    let has_sentences = |raw: &RawValue| {
        serde_json::from_str::<Vec<String>>(raw.get()).is_ok_and(|sentences| !sentences.is_empty())
    };
    fields
        .object("errors")
        .is_some_and(|errors| errors.iter().len() > 0 && errors.iter().all(|(_, raw)| has_sentences(raw)))
}

fn messages(raw: &RawValue) -> Vec<String> {
    serde_json::from_str::<Vec<String>>(raw.get()).unwrap_or_else(|_| text_of(raw).into_iter().collect())
}

fn verification_url(fields: &Fields<'_>) -> Option<Secret> {
    let data = fields.object("data");
    let places = [data.as_ref(), Some(fields)].into_iter().flatten();
    let named = places.flat_map(|place| URL_FIELDS.iter().filter_map(|name| place.text(name)));
    let mut texts = fields.text("data").into_iter().chain(named);
    texts
        .find(|text| text.starts_with("https://") || text.starts_with("http://"))
        .map(Secret::from)
}
