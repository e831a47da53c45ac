//! Starting with the records of a scenario, and starting over with another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::clock::VirtualClock;
use crate::moment::Moment;
use crate::scenario::{Opening, Scenario, ScenarioError};
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
        let settings = &mut self.provider.settings;
        settings.speed = scenario.speed.unwrap_or(settings.speed);
        settings.start_at = scenario.start_at.or(settings.start_at);
        settings.seed = scenario.seed.unwrap_or(settings.seed);
        settings.token_life = scenario.token_life.unwrap_or(settings.token_life);
        settings.limits = scenario.limits.clone();
        settings.scenario = Some(Arc::new(scenario));
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

/// Entries with their indexes in the file, the earliest first: records are created in the order of their times.
fn by_time<T>(entries: &[T], at: impl Fn(&T) -> Moment) -> Vec<(usize, &T)> {
    let mut entries: Vec<_> = entries.iter().enumerate().collect();
    entries.sort_by_key(|(_, entry)| at(entry));
    entries
}

/// Adds to an error the entry in which it is.
fn at(list: &str, index: usize) -> impl Fn(ScenarioError) -> ScenarioError {
    move |error| error.within(&format!("{list}[{index}]"))
}

impl Engine {
    /// Adds the records of an opening. Reading a scenario tries this.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] with the entry that cannot be added.
    pub fn open(&mut self, opening: &Opening) -> Result<(), ScenarioError> {
        let mut first = self.tenant(0);
        for (index, customer) in opening.customers.iter().enumerate() {
            first.seed_customer(customer).map_err(at("customers", index))?;
        }
        let payments = &opening.payments;
        let reserved: Vec<&str> = payments
            .iter()
            .filter_map(|payment| payment.id.as_deref())
            .collect();
        let (now, mut concepts) = (first.provider.now(), BTreeSet::new());
        for (index, payment) in by_time(payments, |payment| payment.created_at.unwrap_or(now)) {
            let at = at("payments", index);
            first.seed_payment(payment, &reserved).map_err(&at)?;
            if let Some(concept) = payment.concept.filter(|concept| !concepts.insert(*concept)) {
                let rule = format!("`{concept}` is the concept of another payment");
                return Err(at(ScenarioError::new(
                    "concept",
                    rule,
                    "write another, or leave it out",
                )));
            }
        }
        for (index, offramp) in opening.offramps.iter().enumerate() {
            first.seed_offramp(offramp).map_err(at("offramps", index))?;
        }
        for (index, credit) in by_time(&opening.credits, |credit| credit.booked_at.unwrap_or(now)) {
            first.seed_credit(credit).map_err(at("bank_credits", index))?;
        }
        let (own, faults) = (first.own, &mut first.provider.faults);
        for outage in &opening.outages {
            own.set_outage(*outage, true);
        }
        for method in &opening.barred_methods {
            own.bar_method(method, true);
        }
        own.whitelisted = !opening.off_the_whitelist;
        let subscriptions = opening.subscriptions.iter();
        own.subscriptions
            .extend(subscriptions.map(|(event, url)| ((*event).to_owned(), url.clone())));
        for (operation, fault, times) in &opening.faults {
            faults.calls.arm(operation, fault.clone(), *times);
        }
        for (event, fault, times) in &opening.webhook_faults {
            faults.events.arm(event, *fault, *times);
        }
        for (fault, times) in &opening.transfer_faults {
            faults.transfers.arm("*", *fault, *times);
        }
        Ok(())
    }
}
