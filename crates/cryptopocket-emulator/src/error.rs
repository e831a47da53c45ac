//! Why a command was not carried out.

use std::fmt;

/// Why a command was not carried out. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// There is no object of this kind with the given id.
    NotFound(&'static str),
    /// The object's state does not allow the step.
    WrongState(String),
    /// An argument is not valid: the field, the rule, and what to write instead.
    Invalid(String),
    /// The emulated provider refuses with this code, as it would refuse the API call.
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
