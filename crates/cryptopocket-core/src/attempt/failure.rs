use crate::error::{Error, Sent};

/// A failed attempt: its error, and what it lets the attempt loop do.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) repeat: Repeat,
    /// The answer proves that nothing was done.
    pub(crate) is_refused: bool,
}

/// What the attempt loop may do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Another attempt would end the same way.
    Never,
    /// The token was refused, so the call did nothing; a new token may help.
    AfterLogin,
    /// The token seems to be refused. A new one may help, and the call may have done something.
    AfterLoginIfHarmless,
    /// It may pass, and the request may have arrived.
    IfHarmless,
    /// Nothing was sent.
    Always,
}

impl From<Error> for Failure {
    /// A failure that proves nothing, and may be repeated if it is transient.
    fn from(error: Error) -> Self {
        let repeat = match (error.is_transient(), error.sent()) {
            (false, _) => Repeat::Never,
            (true, Sent::No) => Repeat::Always,
            (true, Sent::Maybe | Sent::Yes) => Repeat::IfHarmless,
        };
        Self {
            error,
            repeat,
            is_refused: false,
        }
    }
}

impl Failure {
    /// Takes back what the answer seemed to prove, and the repeat that it allowed.
    pub(crate) fn unproven(mut self) -> Self {
        self.is_refused = false;
        if self.repeat == Repeat::AfterLogin {
            self.repeat = Repeat::AfterLoginIfHarmless;
        }
        self
    }
}
