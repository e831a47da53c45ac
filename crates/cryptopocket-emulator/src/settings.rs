//! The settings of an engine.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::{Clock, Decimal, SystemClock, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::Speed;
use crate::scenario::Scenario;

/// The settings that an engine starts with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Ids, tokens and prices follow from it: the same seed and the same calls give the same bytes.
    pub seed: u64,
    /// The speed of the virtual clock. Default [`Speed::Instant`].
    pub speed: Speed,
    /// The wall clock: webhook timestamps come from it, and a running virtual clock follows it.
    pub wall_clock: Arc<dyn Clock>,
    /// The start of the virtual clock. Default: a fixed morning if it stands still, else the wall clock's time.
    pub start_at: Option<Timestamp>,
    /// The amounts at which the provider refuses.
    pub limits: Limits,
    /// The life of a token on the virtual clock. Default: one hour.
    pub token_life: Duration,
    /// Key and secret of the first integration. Default: made from the seed.
    pub credentials: Option<(String, String)>,
    /// Scheme, host and port of the links in replies. Default `http://sandbox.test`.
    pub origin: String,
    /// The state to start with, now and after a reset.
    pub scenario: Option<Arc<Scenario>>,
    /// Whether calls are kept in the call log. Default: yes. Without it each call costs less.
    pub logs_calls: bool,
}

impl Settings {
    /// Defaults with a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            speed: Speed::Instant,
            wall_clock: Arc::new(SystemClock),
            start_at: None,
            limits: Limits::default(),
            token_life: Duration::from_secs(3_600),
            credentials: None,
            origin: "http://sandbox.test".to_owned(),
            scenario: None,
            logs_calls: true,
        }
    }

    /// Takes over a scenario. Settings it does not name stay as they were.
    pub fn stage(&mut self, scenario: Scenario) {
        // Reading the scenario has tried this.
        drop(scenario.set(self));
        self.scenario = Some(Arc::new(scenario));
    }
}

/// The amounts at which the provider refuses, in euros. Amounts in other currencies are converted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// The minimum of a purchase: below it, `min_purchase`.
    pub min_purchase: Decimal,
    /// The maximum a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    pub card_per_quarter: Decimal,
    /// The total a customer may buy without enhanced verification: above it, `kyc_reinforced_required`.
    pub reinforced_above: Decimal,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_purchase: Decimal::from(10_u8),
            card_per_quarter: Decimal::from(3_000_u16),
            reinforced_above: Decimal::from(15_000_u16),
        }
    }
}
