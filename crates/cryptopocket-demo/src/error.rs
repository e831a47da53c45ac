use cryptopocket::ParseError;
use cryptopocket::webhooks::VerifyError;
use cryptopocket_sandbox::ControlError;

/// The result of a demo.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a demo ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A call of the SDK failed.
    #[error(transparent)]
    Call(#[from] cryptopocket::Error),
    /// A check of a step did not hold.
    #[error("{step}: {failed}")]
    Check {
        /// The name of the step.
        step: &'static str,
        /// What does not hold.
        failed: String,
    },
    /// The emulator or the SDK is in a state from which the flow cannot go on.
    #[error("{0}")]
    Stuck(String),
    /// The emulator refused a command.
    #[error("the emulator's control: {0}")]
    Control(#[from] ControlError),
    /// A value of the demo cannot be read.
    #[error(transparent)]
    Value(#[from] ParseError),
    /// The webhook secret cannot be used.
    #[error(transparent)]
    Secret(#[from] VerifyError),
    /// The emulator or the webhook receiver cannot listen on this machine.
    #[error("{0}")]
    Start(String),
    /// The listener stopped the demo.
    #[error("the listener stopped the demo")]
    Stopped,
}

impl Error {
    pub(crate) fn stuck(detail: impl Into<String>) -> Self {
        Self::Stuck(detail.into())
    }
}
