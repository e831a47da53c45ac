//! Scenarios: starting with a given state, and starting over with another.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::moment::Moment;
use crate::provider::Limits;
use crate::scenario::Scenario;

/// The scenario that replaced the one at the start, and its settings, as the state file keeps them.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedScenario {
    source: String,
    speed: String,
    start: Option<Moment>,
    token_life: Duration,
    #[serde(flatten)]
    limits: Limits,
}

impl SavedScenario {
    pub(super) fn of(engine: &Engine) -> Option<Self> {
        let scenario = engine.scenario.as_ref().filter(|_| engine.restaged)?;
        let provider = &engine.provider;
        let (speed, start) = provider.clock.settings();
        Some(Self {
            source: scenario.source.to_string(),
            speed: speed.to_string(),
            start,
            token_life: provider.token_life,
            limits: provider.limits.clone(),
        })
    }
}

impl Engine {
    /// Adds the records of the scenario, if there is one.
    pub(super) fn stage(&mut self) {
        if let Some(scenario) = self.scenario.clone() {
            // Reading the scenario has tried this, and no seed makes a difference to the result.
            drop(self.open(&scenario.opening));
        }
    }

    /// Starts over with another scenario. Settings it does not name stay as they were.
    pub(super) fn restage(&mut self, scenario: Scenario) {
        let provider = &mut self.provider;
        let (speed, start) = provider.clock.settings();
        let start = scenario.start_at.map(Moment::from).or(start);
        provider.clock.set(scenario.speed.unwrap_or(speed), start);
        provider.seed = scenario.seed.unwrap_or(provider.seed);
        provider.token_life = scenario.token_life.unwrap_or(provider.token_life);
        provider.limits = scenario.limits.clone();
        self.scenario = Some(Arc::new(scenario));
        self.restaged = true;
        self.reset();
    }

    /// Takes over a scenario from the state file, without starting over.
    pub(super) fn restore_scenario(&mut self, saved: SavedScenario) -> Result<(), String> {
        // The state stays usable if this version refuses the scenario that it started with.
        let scenario = self.scenario_reader.and_then(|read| read(&saved.source).ok());
        let speed = saved
            .speed
            .parse()
            .map_err(|error| format!("the speed: {error}"))?;
        self.provider.clock.set(speed, saved.start);
        self.provider.token_life = saved.token_life;
        self.provider.limits = saved.limits;
        self.restaged = scenario.is_some();
        self.scenario = scenario.map(Arc::new);
        Ok(())
    }
}
