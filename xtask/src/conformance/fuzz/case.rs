//! One request of a run.

/// A request as bytes, and its possible effects.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    /// Whether the framing is intact, so that a reply must come.
    pub(crate) whole: bool,
    /// Whether the reply has no body (`HEAD`).
    pub(crate) bodiless: bool,
    pub(crate) upset: Option<Upset>,
}

/// An effect of a case that would disturb later cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upset {
    /// Armed faults, which make the emulator fail on purpose.
    Faults,
    /// A reset, after which the ids of the cases are unknown.
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
