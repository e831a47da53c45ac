//! Process exit codes.

use std::process::ExitCode;

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
