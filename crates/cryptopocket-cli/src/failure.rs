//! Failures: an exit code, and what to print.

mod advice;
mod call;

use std::fmt;
use std::process::ExitCode;

use cryptopocket::{ErrorKind, FieldError, ParseError, Sent, Timestamp};
use serde::{Serialize, Serializer};

use self::call::provider_name;
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// The exit codes that scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    /// Wrong usage, or input that was refused before anything was sent.
    Usage = 2,
    /// Configuration or credentials.
    Configuration = 3,
    /// The provider refused.
    Refused = 4,
    /// Not sent, or no answer before anything was sent.
    NotSent = 5,
    /// Sent, outcome unknown.
    Unknown = 6,
    /// Waited too long.
    WaitedTooLong = 7,
    /// A check failed: a verification, a comparison of money.
    CheckFailed = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure, as it is printed.
///
/// It holds no secret of the caller. It may hold what the provider tells the caller, such as the link of `require_kyc`. The
/// fields up to `hint` are in every failure; a field after it is in the JSON only if it is set.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failure {
    #[serde(skip)]
    pub(crate) exit: Exit,
    /// The reader of stdout is gone, or was told already: print nothing.
    #[serde(skip)]
    pub(crate) quiet: bool,
    pub(crate) kind: &'static str,
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    pub(crate) status: Option<u16>,
    pub(crate) sent: &'static str,
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

fn fields<S: Serializer>(fields: &[FieldError], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|field| (field.field(), field.messages())))
}

impl Failure {
    pub(crate) fn new(
        exit: Exit,
        kind: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            exit,
            quiet: false,
            kind,
            code: None,
            message: message.into(),
            status: None,
            sent: Sent::No.as_str(),
            request: None,
            hint: hint.into(),
            fields: Vec::new(),
            verification_url: None,
            provider_message: None,
            lost_at: None,
            wait: None,
        }
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

    /// Stdout cannot be written to. A closed pipe is no failure: the reader has all that it wants.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        let quiet = error.kind() == std::io::ErrorKind::BrokenPipe;
        let exit = if quiet { Exit::Done } else { Exit::Configuration };
        let message = format!("stdout: {error}");
        let mut failure = Self::new(exit, "output", message, "Check where the output goes.");
        failure.quiet = quiet;
        failure
    }

    /// The call took effect, but its result cannot be printed.
    ///
    /// Never quiet, and never an exit code that invites to repeat the call: it would be carried out twice.
    pub(crate) fn unprinted(mut self, effect: &str) -> Self {
        (self.exit, self.quiet, self.sent) = (Exit::Unknown, false, Sent::Yes.as_str());
        self.message = format!("{effect}; the result could not be printed: {}", self.message);
        "Do not run it again: it is done. Bank details, links and passwords that only this result holds are lost; read \
         the rest by the id."
            .clone_into(&mut self.hint);
        self
    }

    /// Names what the failure is about, before its message.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Names the call whose answer shows the failure.
    pub(crate) fn answer_to(mut self, operation: &str) -> Self {
        self.request = Some(provider_name(operation));
        self.sent = Sent::Yes.as_str();
        self
    }
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Self {
        Self::input(format!("{}: {}", error.field(), error.rule()), error.cure())
    }
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
}
