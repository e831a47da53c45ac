//! Why a control call was not carried out.

use cryptopocket_emulator::CommandError;

/// Why a control call was not carried out. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no object of this kind with the given id.
    #[error("there is no such {0} in this emulator")]
    NotFound(&'static str),
    /// The object's state does not allow the step.
    #[error("not possible now: {0}")]
    WrongState(String),
    /// An argument is not valid: the field, the rule, and what to write instead.
    #[error("{0}")]
    Invalid(String),
    /// An emulator in another process refused.
    #[error("the emulator refused with {status}: {why}")]
    Refused {
        /// The HTTP status: 404 for no such object, 409 for the wrong state, 422 for invalid input.
        status: u16,
        /// Its message.
        why: String,
    },
    /// No emulator answers in another process.
    #[error("no emulator answers at {0}; start one with `cryptopocket sandbox`")]
    Unreachable(String),
}

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
