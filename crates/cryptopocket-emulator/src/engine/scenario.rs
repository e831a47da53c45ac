//! Starting over with another scenario, and the state file's record of it.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::clock::VirtualClock;
use crate::moment::Moment;
use crate::scenario::Scenario;
use crate::settings::Limits;

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
        let settings = &engine.provider.settings;
        let scenario = settings.scenario.as_ref().filter(|_| engine.restaged)?;
        Some(Self {
            source: scenario.source.to_string(),
            speed: settings.speed.to_string(),
            start: settings.start_at.map(Moment::from),
            token_life: settings.token_life,
            limits: settings.limits.clone(),
        })
    }
}

impl Engine {
    /// Starts over with another scenario. Settings it does not name stay as they were.
    pub(crate) fn restage(&mut self, scenario: Scenario) {
        self.provider.settings.stage(scenario);
        self.restaged = true;
        self.reset();
    }

    /// Takes over a scenario from the state file, without starting over.
    pub(super) fn restore_scenario(&mut self, saved: SavedScenario) -> Result<(), String> {
        let settings = &mut self.provider.settings;
        settings.speed = saved
            .speed
            .parse()
            .map_err(|error| format!("the speed: {error}"))?;
        settings.start_at = saved
            .start
            .and_then(|start| Timestamp::from_unix_micros(start.micros()).ok());
        settings.token_life = saved.token_life;
        settings.limits = saved.limits;
        // The state stays usable if this version refuses the scenario that it started with.
        let scenario = settings.scenario_reader.and_then(|read| read(&saved.source).ok());
        settings.scenario = scenario.map(Arc::new);
        self.restaged = settings.scenario.is_some();
        self.provider.clock =
            VirtualClock::new(settings.wall_clock.clone(), settings.speed, settings.start_at);
        Ok(())
    }
}
