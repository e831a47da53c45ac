//! Why a command is refused.

/// Why a command is refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// No object of this kind has the given id.
    #[error("there is no such {0} in this emulator")]
    NotFound(&'static str),
    /// The object's state does not allow the step.
    #[error("not possible now: {0}")]
    WrongState(String),
    /// An argument is not valid: the field, the rule, and what to write instead.
    #[error("{0}")]
    Invalid(String),
    /// The emulated provider refuses with this code, as it refuses the API call.
    #[error("{0}")]
    Refused(String),
}

pub(crate) fn wrong_state<T>(why: impl Into<String>) -> Result<T, CommandError> {
    Err(CommandError::WrongState(why.into()))
}

pub(crate) fn invalid<T>(why: impl Into<String>) -> Result<T, CommandError> {
    Err(CommandError::Invalid(why.into()))
}
