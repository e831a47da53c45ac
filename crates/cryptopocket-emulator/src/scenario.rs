//! Scenarios: a state to start with, and the settings that go with it.

mod file;
#[cfg(test)]
mod tests;
pub(crate) mod values;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::clock::Speed;
use crate::faults::Misfit;
use crate::settings::Limits;
pub use file::File as ScenarioFile;
pub(crate) use file::{CreditEntry, CustomerEntry, FaultFields, OfframpEntry, PaymentEntry};
use values::{limit, parsed, time, wrong};

/// Reads the text of a scenario.
pub type ScenarioReader = fn(&str) -> Result<Scenario, ScenarioError>;

/// A state to start with, the settings that go with it, and the text it was read from.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The seed of ids, tokens and prices.
    pub seed: Option<u64>,
    /// The speed of the clock.
    pub speed: Option<Speed>,
    /// The start of the clock.
    pub start_at: Option<Timestamp>,
    /// The life of a token.
    pub token_life: Option<Duration>,
    /// The sums at which the provider refuses.
    pub limits: Limits,
    /// The state to start with. All of it belongs to the first integration. `Engine::open` checks it.
    pub(crate) file: ScenarioFile,
    /// The text it was read from.
    pub source: Arc<str>,
}

impl Scenario {
    /// A scenario with the checked settings of a file, whose text was `source`.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] with the setting that is not valid.
    pub fn new(file: ScenarioFile, source: &str) -> Result<Self, ScenarioError> {
        if file.token_life == Some(0) {
            let rule = "a token life of zero refuses every token";
            return wrong("token_life", rule, "write 1 or more seconds");
        }
        let (limits, default) = (&file.limits, Limits::default());
        Ok(Self {
            seed: file.seed,
            speed: file
                .speed
                .as_deref()
                .map(|text| parsed("speed", text))
                .transpose()?,
            start_at: time("start_at", file.start_at.as_deref())?,
            token_life: file.token_life.map(Duration::from_secs),
            limits: Limits {
                min_purchase: limit(
                    "min_purchase",
                    limits.min_purchase.as_deref(),
                    default.min_purchase,
                )?,
                card_per_quarter: limit(
                    "card_per_quarter",
                    limits.card_per_quarter.as_deref(),
                    default.card_per_quarter,
                )?,
                reinforced_above: limit(
                    "reinforced_above",
                    limits.reinforced_above.as_deref(),
                    default.reinforced_above,
                )?,
            },
            source: source.into(),
            file,
        })
    }
}

/// Why a scenario was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    place: String,
    rule: String,
    cure: String,
}

impl ScenarioError {
    /// An error with the place, the rule it breaks, and what to write instead.
    pub fn new(place: impl Into<String>, rule: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.into(),
            cure: cure.into(),
        }
    }

    /// The same error with the path of what surrounds its place.
    pub(crate) fn within(mut self, path: &str) -> Self {
        let dot = if self.place.is_empty() { "" } else { "." };
        self.place = format!("{path}{dot}{}", self.place);
        self
    }

    /// The place of the error: the path of a field, or a line and a column.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The rule that it breaks.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The remedy: what to write instead.
    pub fn cure(&self) -> &str {
        &self.cure
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.rule, self.cure)
    }
}

impl std::error::Error for ScenarioError {}

impl From<Misfit> for ScenarioError {
    fn from(Misfit { field, rule, cure }: Misfit) -> Self {
        Self::new(field, rule, cure)
    }
}
