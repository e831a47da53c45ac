//! Why a command did not do its work: an exit code, and what to print.

mod advice;

use std::fmt;

use cryptopocket::{Error, ErrorKind, FieldError, ParseError, Sent};
use serde::Serialize;
use serde::ser::SerializeMap;

use self::advice::advice;
use crate::exit::Exit;

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A failure, as it is printed. The text may stand on a terminal: it never holds the caller's secrets, but it may
/// hold what the provider says to the caller, such as the link that comes with `require_kyc`.
#[derive(Debug, Clone)]
pub(crate) struct Failure(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    exit: Exit,
    kind: &'static str,
    code: Option<String>,
    message: String,
    status: Option<u16>,
    sent: Sent,
    request: Option<String>,
    hint: String,
    fields: Vec<FieldError>,
    verification_url: Option<String>,
    provider_message: Option<String>,
    last_state: Option<String>,
    polls: Option<u32>,
    /// The reader of stdout has gone, or was told already: there is nothing to say.
    quiet: bool,
}

impl Failure {
    pub(crate) fn new(
        exit: Exit,
        kind: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            exit,
            kind,
            code: None,
            message: message.into(),
            status: None,
            sent: Sent::No,
            request: None,
            hint: hint.into(),
            fields: Vec::new(),
            verification_url: None,
            provider_message: None,
            last_state: None,
            polls: None,
            quiet: false,
        }))
    }

    /// Arguments that do not go together, or make no sense.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message, hint)
    }

    /// A file or a text that cannot be used.
    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, ErrorKind::InvalidInput.as_str(), message, hint)
    }

    pub(crate) fn configuration(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(
            Exit::Configuration,
            ErrorKind::Configuration.as_str(),
            message,
            hint,
        )
    }

    /// Something was compared, and is not what it must be.
    pub(crate) fn check(kind: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::CheckFailed, kind, message, hint)
    }

    /// The provider has no such thing, which the SDK tells without an error.
    pub(crate) fn not_found(code: &str, request: &str, message: &str, hint: &str) -> Self {
        let mut failure = Self::new(Exit::Refused, ErrorKind::Refused.as_str(), message, hint);
        failure.0.code = Some(code.to_owned());
        failure.0.request = Some(request.to_owned());
        failure.0.sent = Sent::Yes;
        failure
    }

    /// Results cannot be written. A closed pipe is no failure that anybody wants to read about.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        let quiet = error.kind() == std::io::ErrorKind::BrokenPipe;
        let exit = if quiet { Exit::Done } else { Exit::Configuration };
        let mut failure = Self::new(
            exit,
            "output",
            format!("stdout: {error}"),
            "Check where the output goes.",
        );
        failure.0.quiet = quiet;
        failure
    }

    /// The call took effect, and its result cannot be written. Ending quietly, or as a failure that may be repeated,
    /// would have it done twice.
    pub(crate) fn unprinted(mut self, effect: &str) -> Self {
        let inner = &mut *self.0;
        inner.exit = Exit::Unknown;
        inner.message = format!("{effect}; the result could not be printed: {}", inner.message);
        inner.sent = Sent::Yes;
        "Do not run it again: it is done. What only this result tells, such as bank details, a link or a password, was \
         lost; read the rest by the id."
            .clone_into(&mut inner.hint);
        inner.quiet = false;
        self
    }

    /// The failure shows in the answer to a call of `operation`.
    pub(crate) fn seen_in_answer_to(mut self, operation: &str) -> Self {
        self.0.request = Some(camel_case(operation));
        self.0.sent = Sent::Yes;
        self
    }

    /// The failure, of which a program was told together with the result, in one value.
    pub(crate) fn told_with_its_result(mut self) -> Self {
        self.0.quiet = true;
        self
    }

    /// What ended a wait whose looks are calls of `operation`. `knows` says whether this version knows a state.
    pub(crate) fn of_wait(error: Error, operation: &str, knows: impl Fn(&str) -> bool) -> Self {
        let mut failure = Self::from(error);
        let inner = &mut *failure.0;
        inner.request.get_or_insert_with(|| camel_case(operation));
        if inner.polls.is_some_and(|polls| polls > 0) && inner.sent == Sent::No {
            // Only a state proves that a look was answered.
            inner.sent = if inner.last_state.is_some() {
                Sent::Yes
            } else {
                Sent::Maybe
            };
        }
        if inner.last_state.as_deref().is_some_and(|state| !knows(state)) {
            inner.message.push_str("; this version does not know that state");
            advice::UNKNOWN_STATE.clone_into(&mut inner.hint);
        }
        failure
    }

    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.0.quiet
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn hint(&self) -> &str {
        &self.0.hint
    }

    pub(crate) fn verification_url(&self) -> Option<&str> {
        self.0.verification_url.as_deref()
    }

    pub(crate) fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_deref()
    }

    pub(crate) fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }
}

/// Which exit code tells a script what it may do next.
///
/// A call that only reads has no effect to be unsure of, but when it was sent and no answer could be understood, 6
/// is still the honest code: 5 would say that nothing left this machine.
fn exit_of(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::InvalidInput => Exit::Usage,
        ErrorKind::Configuration => Exit::Configuration,
        ErrorKind::WaitTimeout => Exit::WaitedTooLong,
        ErrorKind::Conflict => Exit::CheckFailed,
        _ if error.effect().may_be_done() => Exit::Unknown,
        // There is something at the address, and it is not the provider's login: the base URL is wrong.
        ErrorKind::UnexpectedReply if error.is_during_login() => Exit::Configuration,
        ErrorKind::Authorization => Exit::Configuration,
        ErrorKind::Refused | ErrorKind::Validation | ErrorKind::RateLimited | ErrorKind::ServerError => {
            Exit::Refused
        }
        _ if error.sent() == Sent::No => Exit::NotSent,
        _ => Exit::Unknown,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::new(
            exit_of(&error),
            error.kind().as_str(),
            error.to_string(),
            advice(&error),
        );
        let inner = &mut *failure.0;
        inner.code = error.code().map(|code| code.as_str().to_owned());
        inner.status = error.status();
        inner.sent = error.sent();
        inner.request = error.operation().map(camel_case);
        inner.fields = error.field_errors().to_vec();
        inner.verification_url = error.verification_url().map(|url| url.expose().to_owned());
        inner.provider_message = error.provider_message().map(str::to_owned);
        inner.last_state = error.last_state().map(str::to_owned);
        inner.polls = error.polls();
        failure
    }
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Self::input(format!("{}: {}", error.field(), error.rule()), error.cure())
    }
}

/// `create_payment` → `createPayment`, the spelling of the provider's own calls.
fn camel_case(operation: &str) -> String {
    // The provider turns the word round in the names of its calls.
    let operation = operation.replace("offramp", "rampoff");
    let mut words = operation.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name.push_str(&first.to_uppercase());
        name.push_str(rest);
    }
    name
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

/// The promised fields are always there; what only some failures have comes after them.
impl Serialize for Failure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", inner.kind)?;
        map.serialize_entry("code", &inner.code)?;
        map.serialize_entry("message", &inner.message)?;
        map.serialize_entry("status", &inner.status)?;
        map.serialize_entry("sent", inner.sent.as_str())?;
        map.serialize_entry("request", &inner.request)?;
        map.serialize_entry("hint", &inner.hint)?;
        if !inner.fields.is_empty() {
            let fields: serde_json::Map<_, _> = inner
                .fields
                .iter()
                .map(|field| (field.field().to_owned(), field.messages().into()))
                .collect();
            map.serialize_entry("fields", &fields)?;
        }
        if let Some(url) = &inner.verification_url {
            map.serialize_entry("verification_url", url)?;
        }
        if let Some(message) = &inner.provider_message {
            map.serialize_entry("provider_message", message)?;
        }
        if let Some(polls) = inner.polls {
            map.serialize_entry("last_state", &inner.last_state)?;
            map.serialize_entry("polls", &polls)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_named_as_the_provider_names_its_calls() {
        assert_eq!(camel_case("create_payment"), "createPayment");
        assert_eq!(
            camel_case("create_customer_delegated_kyc"),
            "createCustomerDelegatedKyc"
        );
        assert_eq!(camel_case("authenticate"), "authenticate");
        assert_eq!(camel_case("get_offramp"), "getRampoff");
    }

    #[test]
    fn the_promised_fields_are_there_even_when_nothing_is_known() {
        let failure = Failure::usage("no", "yes");
        let text = serde_json::to_string(&failure).unwrap();
        assert_eq!(
            text,
            r#"{"kind":"usage","code":null,"message":"no","status":null,"sent":"no","request":null,"hint":"yes"}"#
        );
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let closed = Failure::output(&std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(closed.is_quiet() && closed.exit() == Exit::Done);
        let full = Failure::output(&std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert!(!full.is_quiet() && full.exit() == Exit::Configuration);
    }

    #[test]
    fn what_took_effect_is_told_even_to_a_closed_pipe() {
        let closed = Failure::output(&std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        let told = closed.unprinted("payment 7 was created");
        assert!(!told.is_quiet() && told.exit() == Exit::Unknown);
        assert!(told.message().starts_with("payment 7 was created; "), "{told}");
    }

    #[test]
    fn each_kind_of_error_has_its_exit_code() {
        assert_eq!(
            Failure::from(Error::invalid_input("a", "b", "c")).exit(),
            Exit::Usage
        );
        assert_eq!(
            Failure::from(Error::configuration("a", "b")).exit(),
            Exit::Configuration
        );
        assert_eq!(Failure::from(Error::conflict("a", "b")).exit(), Exit::CheckFailed);
    }
}
