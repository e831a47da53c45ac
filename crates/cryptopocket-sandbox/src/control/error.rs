//! Why a control call was not carried out.

use std::fmt;

use cryptopocket_emulator::CommandError;

/// Why a control call was not carried out. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no object of this kind with the given id.
    NotFound(&'static str),
    /// The object's state does not allow the step.
    WrongState(String),
    /// An argument is not valid: the field, the rule, and what to write instead.
    Invalid(String),
    /// An emulator in another process refused.
    Refused {
        /// The HTTP status: 404 for no such object, 409 for the wrong state, 422 for invalid input.
        status: u16,
        /// Its message.
        why: String,
    },
    /// No emulator answers in another process.
    Unreachable(String),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(kind) => CommandError::NotFound(kind).fmt(f),
            Self::WrongState(why) => write!(f, "not possible now: {why}"),
            Self::Invalid(why) => f.write_str(why),
            Self::Refused { status, why } => write!(f, "the emulator refused with {status}: {why}"),
            Self::Unreachable(why) => {
                write!(
                    f,
                    "no emulator answers at {why}; start one with `cryptopocket sandbox`"
                )
            }
        }
    }
}

impl std::error::Error for ControlError {}

impl From<CommandError> for ControlError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound(kind) => Self::NotFound(kind),
            CommandError::WrongState(why) => Self::WrongState(why),
            CommandError::Invalid(why) => Self::Invalid(why),
            refused => Self::Refused {
                status: 409,
                why: refused.to_string(),
            },
        }
    }
}
