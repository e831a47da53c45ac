//! The engine's state restored from the records of a state file, and starting over with another scenario.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Engine;
use super::persistence::SavedCounters;
use crate::clock::VirtualClock;
use crate::entropy::Entropy;
use crate::integration::Integration;
use crate::moment::Moment;
use crate::records::{BankTransaction, Customer, Offramp, Payment};
use crate::scenario::Scenario;
use crate::settings::{Limits, Settings};

/// Why a record cannot be restored.
type Unreadable = String;

fn read<T: DeserializeOwned>(name: &str, value: &str) -> Result<T, Unreadable> {
    serde_json::from_str(value).map_err(|error| format!("`{name}` cannot be read: {error}"))
}

fn number<T: FromStr>(name: &str, part: &str) -> Result<T, Unreadable> {
    part.parse().map_err(|_| unnamed(name))
}

fn unnamed(name: &str) -> Unreadable {
    format!("`{name}` is no name of a record")
}

/// The scenario that replaced the one at the start, and the settings since then.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedScenario {
    source: String,
    speed: String,
    start_at: Option<Moment>,
    token_life: Duration,
    limits: Limits,
}

impl SavedScenario {
    pub(super) fn of(settings: &Settings) -> Option<Self> {
        Some(Self {
            source: settings.scenario.as_ref()?.source().to_owned(),
            speed: settings.speed.to_string(),
            start_at: settings.start_at.map(Moment::from),
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
    fn restore_scenario(&mut self, saved: SavedScenario) {
        let settings = &mut self.provider.settings;
        settings.speed = saved.speed.parse().unwrap_or(settings.speed);
        settings.start_at = saved.start_at.map(Moment::timestamp);
        (settings.token_life, settings.limits) = (saved.token_life, saved.limits);
        // The state stays usable if this version refuses the scenario that it started with.
        settings.scenario = saved.source.parse().ok().map(Arc::new);
        self.restaged = settings.scenario.is_some();
        self.provider.clock =
            VirtualClock::new(settings.wall_clock.clone(), settings.speed, settings.start_at);
    }

    /// Removes all state, so that records can be restored.
    pub fn clear(&mut self) {
        *self = Self::empty(self.provider.settings.clone());
    }

    /// Restores a record. They come group by group, in the order of [`GROUPS`](super::GROUPS), each by name.
    ///
    /// # Errors
    ///
    /// The reason, if the name or the value is not one that [`Engine::records`] writes.
    pub fn restore(&mut self, name: &str, value: &str) -> Result<(), Unreadable> {
        let parts: Vec<&str> = name.split('/').collect();
        match *parts.as_slice() {
            ["scenario"] => self.restore_scenario(read(name, value)?),
            ["world"] => self.restore_counters(read(name, value)?),
            ["integration", _] => {
                let mut integration: Integration = read(name, value)?;
                integration.index = self.integrations.len();
                self.integrations.push(integration);
            }
            ["page", page] => self.provider.links.insert(page.to_owned(), read(name, value)?),
            ["timer", at, set] => {
                let key = (Moment::from_micros(number(name, at)?), number(name, set)?);
                self.provider.timers.queue.insert(key, read(name, value)?);
            }
            ["delivery", _] => self.provider.webhooks.restore(read(name, value)?),
            ["faults"] => self.provider.faults = read(name, value)?,
            // A call that cannot be read is no reason to refuse the other records.
            ["call", _] => drop(serde_json::from_str(value).map(|entry| self.call_log.restore(entry))),
            ["token", owner, token] => {
                let until = read(name, value)?;
                self.owner(name, owner)?.tokens.insert(token.to_owned(), until);
            }
            ["customer", owner, _] => {
                let customer: Customer = read(name, value)?;
                let table = &mut self.owner(name, owner)?.customers;
                table.insert(customer.id, customer);
            }
            ["payment", owner, _] => {
                let payment: Payment = read(name, value)?;
                let table = &mut self.owner(name, owner)?.payments;
                table.insert(payment.id.clone(), payment);
            }
            ["offramp", owner, _] => {
                let offramp: Offramp = read(name, value)?;
                let table = &mut self.owner(name, owner)?.offramps;
                table.insert(offramp.id, offramp);
            }
            ["credit", owner, account, _] => {
                let credit: BankTransaction = read(name, value)?;
                let accounts = &mut self.owner(name, owner)?.accounts;
                let account = accounts.get_mut(number::<usize>(name, account)?);
                let account = account.ok_or_else(|| format!("`{name}` belongs to no account"))?;
                account.feed.insert(credit.id.clone(), credit);
            }
            _ => return Err(unnamed(name)),
        }
        Ok(())
    }

    /// The integration that a record belongs to, by its index.
    fn owner(&mut self, name: &str, index: &str) -> Result<&mut Integration, Unreadable> {
        let owner = self.integrations.get_mut(number::<usize>(name, index)?);
        owner.ok_or_else(|| format!("`{name}` belongs to no integration"))
    }

    fn restore_counters(&mut self, saved: SavedCounters) {
        let provider = &mut self.provider;
        provider.settings.seed = saved.seed;
        provider.entropy = Entropy::new(saved.entropy);
        provider.clock.resume(saved.now);
        (provider.last_user, provider.last_offramp) = (saved.last_user, saved.last_offramp);
        provider.timers.set = saved.timers_set;
        provider.webhooks.accepted = saved.deliveries_accepted;
        provider.webhooks.held_back = saved.overtaken;
        self.generation = saved.generation;
    }

    /// Ends the restoring of records.
    ///
    /// # Errors
    ///
    /// The reason, if the records hold no integration.
    pub fn restored(&mut self) -> Result<(), Unreadable> {
        // Calls may have been shown that were not written before the process was killed: their numbers stay unused.
        self.call_log.leave_a_gap();
        if self.integrations.is_empty() {
            return Err("there is no integration in it".to_owned());
        }
        Ok(())
    }

    /// Whether a scenario that replaced the one at the start was restored.
    pub const fn is_restaged(&self) -> bool {
        self.restaged
    }
}
