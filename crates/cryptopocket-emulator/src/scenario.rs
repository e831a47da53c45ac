//! Scenarios: a state to start with, and the settings that go with it.

mod file;
#[cfg(test)]
mod tests;
pub(crate) mod values;

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;

use crate::clock::Speed;
use crate::error::{Misfit, wrong};
use crate::settings::Limits;
pub use file::File as ScenarioFile;
pub(crate) use file::{NewCustomer, OfframpEntry, PaymentEntry};
use values::{limit, parsed, time};

/// Reads the text of a scenario.
pub type ScenarioReader = fn(&str) -> Result<Scenario, Misfit>;

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
    /// [`Misfit`] with the setting that is not valid.
    pub fn new(file: ScenarioFile, source: &str) -> Result<Self, Misfit> {
        if file.token_life == Some(0) {
            let rule = "a token life of zero refuses every token";
            return wrong("token_life", rule, "write 1 or more seconds");
        }
        macro_rules! limits {
            ($($name:ident)*) => {
                Limits { $($name: limit(stringify!($name), file.limits.$name.as_ref(), Limits::default().$name)?),* }
            };
        }
        Ok(Self {
            seed: file.seed,
            speed: file
                .speed
                .as_deref()
                .map(|text| parsed("speed", text))
                .transpose()?,
            start_at: time("start_at", file.start_at.as_deref())?,
            token_life: file.token_life.map(Duration::from_secs),
            limits: limits! { min_purchase card_per_quarter reinforced_above },
            source: source.into(),
            file,
        })
    }
}
