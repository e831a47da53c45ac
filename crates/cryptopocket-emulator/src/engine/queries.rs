//! Reading the engine's records.

use super::Engine;
use crate::call_log::CallLog;
use crate::integration::Integration;
use crate::moment::Moment;
use crate::provider::Link;
use crate::records::{Customer, Offramp, Payment};
use crate::scenario::{Scenario, ScenarioError};
use crate::settings::Settings;
use crate::webhooks::Delivery;

impl Engine {
    /// The settings, as they are after the scenario that replaced the one at the start.
    pub const fn settings(&self) -> &Settings {
        &self.provider.settings
    }

    /// What the virtual clock shows.
    pub fn now(&self) -> Moment {
        self.provider.now()
    }

    /// When the next timer fires.
    pub fn next_timer(&self) -> Option<Moment> {
        self.provider.timers.next()
    }

    /// How long the wall clock runs until the next timer fires; `None` if there is none or the clock stands still.
    pub fn wall_time_to_next_timer(&self) -> Option<std::time::Duration> {
        let next = self.next_timer()?;
        self.provider.clock.wall_time_until(next)
    }

    /// Whether no webhook is ready to leave or in flight.
    pub fn is_idle(&self) -> bool {
        self.provider.webhooks.is_idle()
    }

    /// Reads the text of a scenario with the reader of the settings.
    pub(crate) fn read_scenario(&self, text: &str) -> Result<Scenario, ScenarioError> {
        let Some(read) = self.provider.settings.scenario_reader else {
            let (rule, cure) = (
                "this emulator reads no scenario files",
                "start the server of cryptopocket-sandbox",
            );
            return Err(ScenarioError::new("the scenario", rule, cure));
        };
        read(text)
    }

    /// The integrations; the first is made at the start.
    pub fn integrations(&self) -> &[Integration] {
        &self.integrations
    }

    /// Key and secret of the first integration.
    pub fn credentials(&self) -> (String, String) {
        let first = &self.integrations[0];
        (first.key.clone(), first.secret.clone())
    }

    /// What a link to a hosted page leads to, by the last part of its path.
    pub fn link(&self, token: &str) -> Option<&Link> {
        self.provider.links.get(token)
    }

    /// The payment with this id, in whichever integration, and that integration.
    pub fn payment(&self, id: &str) -> Option<(&Integration, &Payment)> {
        self.integrations
            .iter()
            .find_map(|one| Some((one, one.payments.get(id)?)))
    }

    /// The off-ramp with this id, in whichever integration, and that integration.
    pub fn offramp(&self, id: u64) -> Option<(&Integration, &Offramp)> {
        self.integrations
            .iter()
            .find_map(|one| Some((one, one.offramps.get(&id)?)))
    }

    /// The customer with this id, in whichever integration, and that integration.
    pub fn customer(&self, id: u64) -> Option<(&Integration, &Customer)> {
        self.integrations
            .iter()
            .find_map(|one| Some((one, one.customers.get(&id)?)))
    }

    /// The delivery log, oldest first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.provider.webhooks.deliveries.values()
    }

    /// The last calls of the API.
    pub const fn call_log(&self) -> &CallLog {
        &self.call_log
    }
}
