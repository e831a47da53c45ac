//! One request of a run.

/// A request as bytes, and what may become of it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    /// The framing is intact, so there has to be an answer.
    pub(crate) whole: bool,
    /// The answer to `HEAD` has no body.
    pub(crate) bodiless: bool,
    pub(crate) upset: Option<Upset>,
}

/// What a case may leave behind that would spoil those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upset {
    /// Faults, which make the emulator fail on purpose.
    Faults,
    /// Another world, without the ids that cases need.
    World,
}

impl Upset {
    pub(super) fn of(target: &str) -> Option<Self> {
        if target.contains("fault") {
            Some(Self::Faults)
        } else if target.contains("reset") || target.contains("scenario") {
            Some(Self::World)
        } else {
            None
        }
    }
}
