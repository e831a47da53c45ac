use cryptopocket_types::ErrorCode;
use cryptopocket_types::sensitive::Secret;
use serde_json::value::RawValue;

use super::fields::{Fields, string};
use super::passing;
use crate::error::{Error, ErrorKind, FieldError, Repeat, hint};

/// Where the provider may put the page on which a customer goes on.
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

/// What a reply says about a refusal, wherever it says it.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// The body itself says that it is an error.
    pub(super) is_marked: bool,
    pub(super) code: Option<ErrorCode>,
    pub(super) fields: Vec<FieldError>,
    message: Option<String>,
    verification_url: Option<Secret>,
}

impl Refusal {
    pub(super) fn find(fields: &Fields<'_>) -> Self {
        let says_error = fields.text("status").is_some_and(|word| word == "error");
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
        let is_marked = says_error || error.is_some() || nested.is_some();
        let code = error.as_deref().and_then(code).or_else(|| {
            let message = message.as_deref()?;
            // A success reply also has a word in `message`, such as `payment_created`.
            if is_marked {
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
            is_marked,
            fields: field_errors(fields),
            verification_url: verification_url(fields),
            message: prose,
            code,
        }
    }

    pub(super) fn is_authorization(&self) -> bool {
        self.code == Some(ErrorCode::AuthorizationIncorrect)
    }

    pub(super) fn authorization(self, status: u16, with_token: bool) -> Error {
        let (detail, advice, repeat) = if with_token {
            (
                "the provider does not accept the token",
                hint::AUTHORIZATION,
                Repeat::AfterLogin,
            )
        } else {
            (
                "the provider does not accept these credentials",
                hint::CREDENTIALS,
                Repeat::Never,
            )
        };
        self.fill(
            Error::answered(ErrorKind::Authorization, status, detail)
                .with_hint(advice)
                .with_repeat(repeat),
        )
    }

    pub(super) fn validation(self, status: u16) -> Error {
        let names: Vec<&str> = self.fields.iter().map(FieldError::shown_name).collect();
        let detail = match names.as_slice() {
            [] => "the provider found the request invalid".to_owned(),
            names => format!("the provider does not accept {}", names.join(", ")),
        };
        let advice = match &self.code {
            Some(code) => hint::for_code(code.as_str()),
            None => hint::VALIDATION,
        };
        let error = Error::answered(ErrorKind::Validation, status, detail).with_hint(advice);
        self.fill(error)
    }

    pub(super) fn refused(self, status: u16) -> Error {
        let error = match &self.code {
            Some(code) if status < 500 || code.is_known() && *code != ErrorCode::UnexpectedError => {
                let detail = format!("the provider refused with {code}");
                Error::answered(ErrorKind::Refused, status, detail).with_hint(hint::for_code(code.as_str()))
            }
            None if status < 500 => {
                Error::answered(ErrorKind::Refused, status, "the provider refused").with_hint(hint::REFUSED)
            }
            _ => passing(
                Error::answered(ErrorKind::ServerError, status, "the provider failed")
                    .with_hint(hint::SERVER),
            ),
        };
        self.fill(error)
    }

    pub(super) fn with_prose(self, error: Error) -> Error {
        error.with_provider_message(self.message)
    }

    fn fill(self, error: Error) -> Error {
        error
            .with_code(self.code)
            .with_fields(self.fields)
            .with_verification_url(self.verification_url)
            .with_provider_message(self.message)
    }
}

/// A code is one word; anything else is prose, which may name persons.
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

/// `min_purchase: 30 EUR`.
fn leading_code(text: &str) -> Option<ErrorCode> {
    let word = text
        .trim()
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .next()?;
    known(word)
}

fn field_errors(fields: &Fields<'_>) -> Vec<FieldError> {
    let Some(errors) = fields.object("errors") else {
        return Vec::new();
    };
    errors
        .iter()
        .map(|(name, raw)| FieldError::new(name, messages(raw)))
        .collect()
}

fn messages(raw: &RawValue) -> Vec<String> {
    serde_json::from_str::<Vec<String>>(raw.get()).unwrap_or_else(|_| string(raw).into_iter().collect())
}

fn verification_url(fields: &Fields<'_>) -> Option<Secret> {
    let data = fields.object("data");
    let bare = fields.text("data").filter(|text| is_url(text));
    bare.or_else(|| {
        [data.as_ref(), Some(fields)]
            .into_iter()
            .flatten()
            .find_map(|place| {
                URL_FIELDS
                    .iter()
                    .find_map(|name| place.text(name).filter(|text| is_url(text)))
            })
    })
    .map(Secret::from)
}

fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
