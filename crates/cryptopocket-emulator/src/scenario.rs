//! Scenarios: a state to begin with and what is to go wrong in it.

mod error;
mod opening;

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

pub use error::ScenarioError;
pub use opening::{Bought, Credited, Opening, Registered, Sold};

use crate::clock::Speed;
use crate::world::Limits;

/// Reads the text of a scenario.
pub type Reader = fn(&str) -> Result<Scenario, ScenarioError>;

/// A state to begin with, the settings that go with it, and the text it was read from.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub seed: Option<u64>,
    pub speed: Option<Speed>,
    pub start_at: Option<Timestamp>,
    pub token_life: Option<Duration>,
    pub limits: Limits,
    pub opening: Opening,
    pub source: Arc<str>,
}
