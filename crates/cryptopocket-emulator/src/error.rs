//! Why a command is refused.

use std::fmt;

/// Why a command is refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// No object of this kind has the given id.
    NotFound(&'static str),
    /// The object's state does not allow the step.
    WrongState(String),
    /// An argument is not valid: the field, the rule, and what to write instead.
    Invalid(String),
    /// The emulated provider refuses with this code, as it refuses the API call.
    Refused(String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "there is no such {what} in this emulator"),
            Self::WrongState(why) => write!(f, "not possible now: {why}"),
            Self::Invalid(text) | Self::Refused(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for CommandError {}

pub(crate) fn wrong_state<T>(why: impl Into<String>) -> Result<T, CommandError> {
    Err(CommandError::WrongState(why.into()))
}

pub(crate) fn invalid<T>(why: impl Into<String>) -> Result<T, CommandError> {
    Err(CommandError::Invalid(why.into()))
}
