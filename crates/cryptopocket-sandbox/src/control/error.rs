//! What a control call can meet.

use std::fmt;

use crate::world::Trouble;

/// Why a control call was not carried out. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlError {
    /// The emulator knows no such object.
    NotFound(&'static str),
    /// The object is not in a state in which this can happen.
    WrongState(String),
    /// An argument cannot be read.
    Invalid(String),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "there is no such {what} in this emulator"),
            Self::WrongState(why) => write!(f, "not possible now: {why}"),
            Self::Invalid(why) => write!(f, "cannot be read: {why}"),
        }
    }
}

impl std::error::Error for ControlError {}

impl From<Trouble> for ControlError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotFound(what) => Self::NotFound(what),
            Trouble::WrongState(why) => Self::WrongState(why),
        }
    }
}
