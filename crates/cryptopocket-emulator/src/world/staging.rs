//! Beginning with a scenario, and beginning anew with another.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use super::{Limits, World};
use crate::moment::Moment;
use crate::scenario::Scenario;

/// The scenario that took the place of the one it was started with, and what the emulator was like under it.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedScenario {
    source: String,
    speed: String,
    start: Option<Moment>,
    token_life: Duration,
    min_purchase: Decimal,
    card_per_quarter: Decimal,
    reinforced_above: Decimal,
}

impl SavedScenario {
    pub(super) fn of(world: &World) -> Option<Self> {
        let scenario = world.scenario.as_ref().filter(|_| world.restaged)?;
        let (speed, start) = world.clock.settings();
        Some(Self {
            source: scenario.source.to_string(),
            speed: speed.to_string(),
            start,
            token_life: world.token_life,
            min_purchase: world.limits.min_purchase,
            card_per_quarter: world.limits.card_per_quarter,
            reinforced_above: world.limits.reinforced_above,
        })
    }
}

impl World {
    /// Sets the stage that the scenario describes.
    pub fn begin(&mut self) {
        if let Some(scenario) = self.scenario.clone() {
            // Whoever read the scenario has seen it succeed once, and no seed makes a difference to that.
            drop(self.open(&scenario.opening));
        }
    }

    /// Begins anew with another scenario. What it does not say of the emulator itself stays as it was.
    pub fn restage(&mut self, scenario: Scenario) {
        let (speed, start) = self.clock.settings();
        let start = scenario.start_at.map(Moment::from).or(start);
        self.clock.set(scenario.speed.unwrap_or(speed), start);
        self.seed = scenario.seed.unwrap_or(self.seed);
        self.token_life = scenario.token_life.unwrap_or(self.token_life);
        self.limits = scenario.limits.clone();
        self.scenario = Some(Arc::new(scenario));
        self.restaged = true;
        self.reset();
    }

    /// Takes up a scenario that was written down, without beginning anew.
    pub(super) fn stage_again(&mut self, saved: &SavedScenario) -> Result<(), String> {
        // One that this version would not begin with any more does not keep what came of it from opening.
        let scenario = self.scenario_reader.and_then(|read| read(&saved.source).ok());
        let speed = saved
            .speed
            .parse()
            .map_err(|error| format!("the speed: {error}"))?;
        self.clock.set(speed, saved.start);
        self.token_life = saved.token_life;
        self.limits = Limits {
            min_purchase: saved.min_purchase,
            card_per_quarter: saved.card_per_quarter,
            reinforced_above: saved.reinforced_above,
        };
        self.restaged = scenario.is_some();
        self.scenario = scenario.map(Arc::new);
        Ok(())
    }
}
