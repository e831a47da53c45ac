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
    /// An argument cannot be read, or cannot be had: which, by what rule, and what to write instead.
    Invalid(String),
    /// An emulator in another process said no.
    Refused {
        /// The HTTP status: 404 for no such object, 409 for the wrong state, 422 for input that cannot be had.
        status: u16,
        /// In its own words.
        why: String,
    },
    /// No emulator answers in another process.
    Unreachable(String),
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "there is no such {what} in this emulator"),
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

impl From<Trouble> for ControlError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotFound(what) => Self::NotFound(what),
            Trouble::WrongState(why) => Self::WrongState(why),
        }
    }
}
