//! Failures: an exit code, and what to print.

mod advice;

use std::fmt;
use std::ops::Deref;

use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::{
    Effect, Error, ErrorKind, FieldError, ParseError, Sent, Stage, Timestamp, TransportError,
    TransportErrorKind,
};
use serde::{Serialize, Serializer};

use self::advice::advice;
use crate::exit::Exit;

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A failure, as it is printed.
///
/// It holds no secret of the caller. It may hold what the provider tells the caller, such as the link of `require_kyc`.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Failure(Box<Details>);

/// The fields up to `hint` are in every failure; a field after it is in the JSON only if it is set.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Details {
    #[serde(skip)]
    pub(crate) exit: Exit,
    /// The reader of stdout is gone, or was told already: print nothing.
    #[serde(skip)]
    pub(crate) quiet: bool,
    kind: &'static str,
    code: Option<String>,
    pub(crate) message: String,
    status: Option<u16>,
    #[serde(serialize_with = "sent")]
    sent: Sent,
    request: Option<String>,
    pub(crate) hint: String,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "fields")]
    pub(crate) fields: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verification_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_message: Option<String>,
    /// When the answer was found to be lost: for `payments recover`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lost_at: Option<Timestamp>,
    #[serde(flatten)]
    wait: Option<Wait>,
}

#[derive(Debug, Clone, Serialize)]
struct Wait {
    last_state: Option<String>,
    polls: u32,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
fn sent<S: Serializer>(sent: &Sent, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(sent.as_str())
}

fn fields<S: Serializer>(fields: &[FieldError], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|field| (field.field(), field.messages())))
}

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl Failure {
    pub(crate) fn new(
        exit: Exit,
        kind: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self(Box::new(Details {
            exit,
            quiet: false,
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
            lost_at: None,
            wait: None,
        }))
    }

    /// Arguments that contradict each other or make no sense.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message, hint)
    }

    /// A file or a text that cannot be used.
    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, ErrorKind::InvalidInput.as_str(), message, hint)
    }

    pub(crate) fn configuration(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let kind = ErrorKind::Configuration.as_str();
        Self::new(Exit::Configuration, kind, message, hint)
    }

    /// A comparison or verification that failed.
    pub(crate) fn check(kind: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::CheckFailed, kind, message, hint)
    }

    /// The answer to a call of `operation` says that no such thing exists, which is no error of the SDK.
    pub(crate) fn not_found(code: &str, operation: &str, message: &str, hint: &str) -> Self {
        let mut failure = Self::new(Exit::Refused, ErrorKind::Refused.as_str(), message, hint);
        failure.0.code = Some(code.to_owned());
        failure.seen_in_answer_to(operation)
    }

    /// Stdout cannot be written to. A closed pipe is no failure: the reader has all that it wants.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        let quiet = error.kind() == std::io::ErrorKind::BrokenPipe;
        let exit = if quiet { Exit::Done } else { Exit::Configuration };
        let message = format!("stdout: {error}");
        let mut failure = Self::new(exit, "output", message, "Check where the output goes.");
        failure.0.quiet = quiet;
        failure
    }

    /// The call took effect, but its result cannot be printed.
    ///
    /// Never quiet, and never an exit code that invites to repeat the call: it would be carried out twice.
    pub(crate) fn unprinted(mut self, effect: &str) -> Self {
        let details = &mut *self.0;
        details.exit = Exit::Unknown;
        details.quiet = false;
        details.message = format!("{effect}; the result could not be printed: {}", details.message);
        details.sent = Sent::Yes;
        "Do not run it again: it is done. Bank details, links and passwords that only this result holds are lost; read \
         the rest by the id."
            .clone_into(&mut details.hint);
        self
    }

    /// A signal ended the program while a call of `operation` was on its way.
    pub(crate) fn stopped(operation: &str) -> Self {
        let hint = advice::unknown(operation);
        let message = format!("{operation}: stopped before its answer came; the outcome is unknown");
        let mut failure = Self::new(Exit::Unknown, ErrorKind::Interrupted.as_str(), message, hint);
        let details = &mut *failure.0;
        details.request = Some(request_name(operation));
        details.sent = Sent::Maybe;
        details.lost_at = Some(SystemClock.now());
        failure
    }

    /// The same for a payment that has no reference to find it by.
    pub(crate) fn without_reference(mut self) -> Self {
        if self.kind == ErrorKind::Interrupted.as_str() {
            advice::unknown_without_reference().clone_into(&mut self.0.hint);
        }
        self
    }

    /// A server other than the provider gave no answer.
    pub(crate) fn unanswered(error: &TransportError, message: impl Into<String>, hint: &str) -> Self {
        let (exit, kind) = match (error.stage(), error.kind()) {
            (Stage::BeforeSend, _) => (Exit::NotSent, ErrorKind::NotSent),
            (_, TransportErrorKind::Timeout) => (Exit::Unknown, ErrorKind::Timeout),
            _ => (Exit::Unknown, ErrorKind::Interrupted),
        };
        let sent = match error.stage() {
            Stage::BeforeSend => Sent::No,
            Stage::InAnswer => Sent::Yes,
            _ => Sent::Maybe,
        };
        let mut failure = Self::new(exit, kind.as_str(), message, hint);
        failure.0.sent = sent;
        failure
    }

    /// The first failure of `failed` among `all` items.
    pub(crate) fn of_several(mut self, failed: u32, all: u32) -> Self {
        if all > 1 {
            self.0.message = format!("{}; {failed} of {all} events were not taken", self.0.message);
        }
        self
    }

    /// A server other than the provider answered with this status.
    pub(crate) fn answered(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self.0.sent = Sent::Yes;
        self
    }

    /// The failure of a call. A raw one gets the given name: an operation, or method and path.
    pub(crate) fn of_call(error: Error, name: &str) -> Self {
        let mut failure = Self::from(error);
        let details = &mut *failure.0;
        if let Some(rest) = details.message.strip_prefix("raw: ") {
            details.message = format!("{name}: {rest}");
            details.request = Some(request_name(name));
            if details.exit == Exit::Unknown {
                details
                    .hint
                    .push_str(" If the call only reads, --idempotent says so.");
            }
        }
        failure
    }

    /// Names the call whose answer shows the failure.
    pub(crate) fn seen_in_answer_to(mut self, operation: &str) -> Self {
        self.0.request = Some(camel_case(operation));
        self.0.sent = Sent::Yes;
        self
    }

    /// The failure was printed as a part of the result.
    pub(crate) fn told_with_its_result(mut self) -> Self {
        self.0.quiet = true;
        self
    }

    /// The end of a wait that polls `operation`, whose `known` states this version knows.
    pub(crate) fn of_wait<S: AsRef<str>>(error: Error, operation: &str, known: &[S]) -> Self {
        let last = std::error::Error::source(&error).map(ToString::to_string);
        let mut failure = Self::from(error);
        let details = &mut *failure.0;
        details.request.get_or_insert_with(|| camel_case(operation));
        let Some(wait) = &details.wait else {
            return failure;
        };
        if let Some(last) = last {
            details.message.push_str("; the last poll failed: ");
            details.message.push_str(&last);
        }
        if wait.polls > 0 && details.sent == Sent::No {
            // Only a state proves that a poll was answered.
            let is_answered = wait.last_state.is_some();
            details.sent = if is_answered { Sent::Yes } else { Sent::Maybe };
        }
        let is_new = |state: &str| known.iter().all(|known| known.as_ref() != state);
        if wait.last_state.as_deref().is_some_and(is_new) {
            details
                .message
                .push_str("; this version does not know that state");
            advice::UNKNOWN_STATE.clone_into(&mut details.hint);
        }
        failure
    }
}

/// The exit code that tells a script what it may do next.
///
/// A call that only reads has no effect to be unsure of. If it was sent and no answer could be understood, the code is
/// still 6, because 5 would say that nothing was sent.
fn exit_of(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::InvalidInput => Exit::Usage,
        ErrorKind::Configuration => Exit::Configuration,
        ErrorKind::WaitTimeout => Exit::WaitedTooLong,
        ErrorKind::Conflict => Exit::CheckFailed,
        // Before the kinds below: a refusal that may have moved money is no refusal to a script.
        _ if error.effect().may_be_done() => Exit::Unknown,
        // Another server than the provider answers the login: the base URL is wrong.
        ErrorKind::UnexpectedReply if is_login(error) => Exit::Configuration,
        ErrorKind::Authorization => Exit::Configuration,
        ErrorKind::Refused | ErrorKind::Validation | ErrorKind::RateLimited | ErrorKind::ServerError => {
            Exit::Refused
        }
        _ if error.sent() == Sent::No => Exit::NotSent,
        _ => Exit::Unknown,
    }
}

/// Whether the login failed, for a call or by itself.
fn is_login(error: &Error) -> bool {
    error.is_during_login() || error.operation() == Some("authenticate")
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (kind, hint) = (error.kind().as_str(), advice(&error));
        let mut failure = Self::new(exit_of(&error), kind, error.to_string(), hint);
        let details = &mut *failure.0;
        details.code = error.code().map(|code| code.as_str().to_owned());
        details.status = error.status();
        details.sent = error.sent();
        details.request = error.operation().map(camel_case);
        details.fields = error.field_errors().to_vec();
        details.verification_url = error.verification_url().map(|url| url.expose().to_owned());
        details.provider_message = error.provider_message().map(str::to_owned);
        let last_state = error.last_state().map(str::to_owned);
        details.lost_at = (error.effect() == Effect::Unknown).then(|| SystemClock.now());
        details.wait = error.polls().map(|polls| Wait { last_state, polls });
        failure
    }
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Self::input(format!("{}: {}", error.field(), error.rule()), error.cure())
    }
}

/// The name of a call for scripts: that of the provider, or method and path.
fn request_name(name: &str) -> String {
    if name.contains('/') {
        name.to_owned()
    } else {
        camel_case(name)
    }
}

/// `create_payment` → `createPayment`, as the provider spells its calls.
fn camel_case(operation: &str) -> String {
    // The provider turns the word round in the names of its calls.
    let operation = operation.replace("offramp", "rampoff");
    let mut words = operation.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.push_str(&first.to_uppercase());
        name.push_str(rest);
    }
    name
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_names_of_the_provider() {
        assert_eq!(camel_case("create_payment"), "createPayment");
        assert_eq!(
            camel_case("create_customer_delegated_kyc"),
            "createCustomerDelegatedKyc"
        );
        assert_eq!(camel_case("authenticate"), "authenticate");
        assert_eq!(camel_case("get_offramp"), "getRampoff");
    }

    #[test]
    fn promised_fields_are_always_there() {
        let failure = Failure::usage("no", "yes");
        let text = serde_json::to_string(&failure).unwrap();
        assert_eq!(
            text,
            r#"{"kind":"usage","code":null,"message":"no","status":null,"sent":"no","request":null,"hint":"yes"}"#
        );
    }

    #[test]
    fn closed_pipe_is_no_failure() {
        let closed = Failure::output(&std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(closed.quiet && closed.exit == Exit::Done);
        let full = Failure::output(&std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert!(!full.quiet && full.exit == Exit::Configuration);
    }

    #[test]
    fn effect_is_told_even_after_closed_pipe() {
        let closed = Failure::output(&std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        let told = closed.unprinted("payment 7 was created");
        assert!(!told.quiet && told.exit == Exit::Unknown);
        assert!(told.message.starts_with("payment 7 was created; "), "{told}");
    }

    #[test]
    fn kind_of_error_decides_exit_code() {
        assert_eq!(
            Failure::from(Error::invalid_input("a", "b", "c")).exit,
            Exit::Usage
        );
        assert_eq!(
            Failure::from(Error::configuration("a", "b")).exit,
            Exit::Configuration
        );
        assert_eq!(Failure::from(Error::conflict("a", "b")).exit, Exit::CheckFailed);
    }
}
