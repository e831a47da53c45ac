use std::fmt;

use cryptopocket::ParseError;
use cryptopocket::webhooks::VerifyError;
use cryptopocket_sandbox::ControlError;

/// The result of a demo.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a demo ended early.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// A call of the SDK failed.
    Call(cryptopocket::Error),
    /// A check of a step did not hold.
    Check {
        /// The name of the step.
        step: &'static str,
        /// What does not hold.
        failed: String,
    },
    /// The emulator or the SDK is in a state from which the flow cannot go on.
    Stuck(String),
    /// The emulator or the webhook receiver cannot listen on this machine.
    Start(String),
    /// The listener stopped the demo.
    Stopped,
}

impl Error {
    pub(crate) fn stuck(detail: impl Into<String>) -> Self {
        Self::Stuck(detail.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Check { step, failed } => write!(f, "{step}: {failed}"),
            Self::Stuck(detail) | Self::Start(detail) => f.write_str(detail),
            Self::Stopped => f.write_str("the listener stopped the demo"),
        }
    }
}

impl std::error::Error for Error {}

impl From<cryptopocket::Error> for Error {
    fn from(error: cryptopocket::Error) -> Self {
        Self::Call(error)
    }
}

impl From<ControlError> for Error {
    fn from(error: ControlError) -> Self {
        Self::Stuck(format!("the emulator's control: {error}"))
    }
}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::Stuck(error.to_string())
    }
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        Self::Stuck(error.to_string())
    }
}
