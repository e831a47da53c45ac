//! What an emulator holds, in numbers, for who asks from another process.

use serde::Deserialize;

/// What an emulator holds, in numbers.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ControlState {
    /// What its clock shows, as RFC 3339.
    pub now: String,
    /// How fast its clock runs, as [`Speed`](crate::Speed) writes it.
    pub speed: String,
    /// Whether no webhook is ready to leave or under way. One that waits for its time does not count, be it late, or to
    /// be tried again; it is among those of [`ControlState::due`]. Nor does one that waits to be overtaken.
    pub idle: bool,
    /// How many things happen by themselves when their time comes; `ControlClient::timers` names them.
    ///
    pub due: usize,
    integrations: Vec<Counts>,
}

#[derive(Clone, Debug, Deserialize)]
struct Counts {
    payments: usize,
    offramps: usize,
}

impl ControlState {
    /// How many payments exist, over all integrations.
    pub fn payments(&self) -> usize {
        self.integrations.iter().map(|one| one.payments).sum()
    }

    /// How many off-ramps exist, over all integrations.
    pub fn offramps(&self) -> usize {
        self.integrations.iter().map(|one| one.offramps).sum()
    }
}
