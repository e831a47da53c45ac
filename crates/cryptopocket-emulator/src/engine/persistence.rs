//! The engine's state as records for a state file: the whole of it, what changed, and its restoring.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Engine;
use crate::catalogue::words;
use crate::clock::{Speed, VirtualClock};
use crate::entropy::Entropy;
use crate::integration::Integration;
use crate::moment::Moment;
use crate::records::{BankTransaction, Customer, Offramp, Payment};
use crate::scenario::Scenario;
use crate::settings::{Limits, Settings};
use crate::store::{Change, Store, json};

/// The groups of records, in the order in which they are restored. A record's name begins with its group.
pub const GROUPS: &[&str] = words! {
    scenario world integration token customer payment offramp credit page timer delivery faults call
};

/// The version of the records' form. It grows when a version can no longer read the records of the one before.
pub const FORMAT: u32 = 3;

/// Records to write to the state file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether all records written before are to be removed first.
    pub afresh: bool,
    /// Records by name, as JSON; `None` removes a record.
    pub records: Vec<Change>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && !self.afresh
    }
}

/// The engine's knowledge of the state file.
#[derive(Debug, Default)]
pub(super) struct Persistence {
    /// Whether a state file is kept.
    pub(super) on: bool,
    /// Whether the next changes are the whole state.
    pub(super) afresh: bool,
    /// Whether the clock was moved by a command.
    pub(super) clock_moved: bool,
    /// The integrations that [`Engine::tenant`] gave out since the last changes were taken: no other can have changed.
    pub(super) lent: BTreeSet<usize>,
    /// Integrations and armed faults as written last: a call can leave them as they were, or use up a fault.
    written: BTreeMap<String, String>,
}

/// The clock, the stream of randomness and the counters.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedCounters {
    pub(super) seed: u64,
    pub(super) entropy: u64,
    pub(super) now: Moment,
    pub(super) last_user: u64,
    pub(super) last_offramp: u64,
    pub(super) generation: u64,
    pub(super) timers_set: u64,
    pub(super) deliveries_accepted: u64,
    pub(super) overtaken: Vec<u64>,
}

impl Engine {
    /// Starts to collect changes. Unless records of a state file were `restored`, the first are the whole state.
    pub fn persist(&mut self, restored: bool) {
        self.persistence.afresh |= !restored;
        self.track();
        if restored && self.provider.settings.speed == Speed::Instant {
            // The file may come from an engine whose clock ran.
            self.provider.timers.fire_all(self.provider.now());
        }
    }

    /// Collects changes from here on.
    pub(super) fn track(&mut self) {
        self.persistence.on = true;
        self.persistence.lent.clear();
        let small = self.small_records(0..self.integrations.len());
        self.persistence.written = small.into_iter().collect();
        for (_, store) in self.stores() {
            store.track(true);
        }
    }

    /// Every store, with the name of its group in the state file; the log of calls is the last.
    fn stores(&self) -> Vec<(String, &dyn Store)> {
        let provider = &self.provider;
        let mut stores: Vec<_> = self.integrations.iter().flat_map(Integration::stores).collect();
        stores.push(("page".to_owned(), &provider.links));
        stores.push(("timer".to_owned(), &provider.timers.queue));
        stores.push(("delivery".to_owned(), &provider.webhooks.deliveries));
        stores.push(("call".to_owned(), &*self.call_log));
        stores
    }

    /// The changes since the last call. API calls that only read are no change; they are written with the next one.
    pub fn changes(&mut self) -> Changes {
        if take(&mut self.persistence.afresh) {
            self.track();
            let all = self.records().into_iter();
            return Changes {
                afresh: true,
                records: all.map(|(name, value)| (name, Some(value))).collect(),
            };
        }
        if !self.persistence.on {
            return Changes::default();
        }
        let lent = take(&mut self.persistence.lent);
        let mut records: Vec<Change> = Vec::new();
        for (name, value) in self.small_records(lent.into_iter()) {
            if self.persistence.written.get(&name) != Some(&value) {
                self.persistence.written.insert(name.clone(), value.clone());
                records.push((name, Some(value)));
            }
        }
        let mut stores = self.stores();
        let calls = stores.pop();
        for (group, store) in stores {
            records.extend(store.records(&group, true));
        }
        if !records.is_empty() || self.persistence.clock_moved {
            records.push(("world".to_owned(), Some(json(&self.counters()))));
            let calls = calls.map(|(group, store)| store.records(&group, true));
            records.extend(calls.into_iter().flatten());
        }
        self.persistence.clock_moved = false;
        let afresh = false;
        Changes { afresh, records }
    }

    /// The changes to write before the state file is closed, API calls that only read included.
    pub fn last_changes(&mut self) -> Changes {
        self.persistence.clock_moved = true;
        self.changes()
    }

    /// The records of these integrations, and of the armed faults.
    fn small_records(&self, indexes: impl Iterator<Item = usize>) -> Vec<(String, String)> {
        let name = |index: usize| format!("integration/{index:010}");
        let integrations = indexes.map(|index| (name(index), json(&self.integrations[index])));
        let faults = ("faults".to_owned(), json(&self.provider.faults));
        integrations.chain([faults]).collect()
    }

    fn counters(&self) -> SavedCounters {
        let provider = &self.provider;
        SavedCounters {
            seed: provider.settings.seed,
            entropy: provider.entropy.state(),
            now: provider.now(),
            last_user: provider.last_user,
            last_offramp: provider.last_offramp,
            generation: self.generation,
            timers_set: provider.timers.set,
            deliveries_accepted: provider.webhooks.accepted,
            overtaken: provider.webhooks.held_back.clone(),
        }
    }

    /// The whole state as named records, each as JSON.
    pub fn records(&self) -> Vec<(String, String)> {
        let restaged = SavedScenario::of(&self.provider.settings).filter(|_| self.restaged);
        let mut records = vec![("world".to_owned(), json(&self.counters()))];
        records.extend(restaged.map(|scenario| ("scenario".to_owned(), json(&scenario))));
        records.extend(self.small_records(0..self.integrations.len()));
        let stores = self.stores().into_iter();
        let kept = stores.flat_map(|(group, store)| store.records(&group, false));
        records.extend(kept.filter_map(|(name, value)| Some((name, value?))));
        records
    }

    /// The whole state as one JSON object: a list of named records for each group.
    pub fn export(&self) -> String {
        let records = self.records();
        let groups = GROUPS.iter().map(|group| {
            let own = |(name, _): &&(String, String)| name.split('/').next() == Some(group);
            let records = records.iter().filter(own);
            let records =
                records.map(|(name, value)| format!("{{\"name\":{},\"value\":{value}}}", json(name)));
            format!("\"{group}\":[{}]", records.collect::<Vec<_>>().join(","))
        });
        format!("{{\"format\":{FORMAT},{}}}", groups.collect::<Vec<_>>().join(","))
    }
}

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
