//! The engine's state as records for a state file: what changed, and all of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::scenario::SavedScenario;
use crate::changes::{ChangedNames, Changes, Persistence};
use crate::clock::Speed;
use crate::moment::Moment;
use crate::table::Index;

/// The groups of records, in the order in which they are restored. A record's name begins with its group.
pub const GROUPS: &[&str] = &[
    "scenario",
    "world",
    "integration",
    "token",
    "customer",
    "payment",
    "offramp",
    "credit",
    "page",
    "timer",
    "delivery",
    "faults",
    "call",
];

/// The version of the records' form. It grows when a version can no longer read the records of the one before.
pub const FORMAT: u32 = 1;

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

fn json<T: Serialize>(value: &T) -> String {
    // Only maps with keys that are not text fail, and records have none.
    serde_json::to_string(value).unwrap_or_default()
}

fn call_name(number: u64) -> String {
    format!("call/{number:020}")
}

impl Engine {
    /// Starts to collect changes for [`Engine::changes`], after the records of a state file were restored.
    pub fn persist(&mut self) {
        self.track(&ChangedNames::on());
        self.persistence.written = self.compared().into_iter().collect();
        if self.provider.clock.speed() == Speed::Instant {
            // The file may come from an engine whose clock ran.
            self.provider.timers.fire_all(self.provider.now());
        }
    }

    /// Starts to collect changes; the first are the whole state.
    pub fn persist_from_start(&mut self) {
        self.track(&ChangedNames::on());
        self.persistence.afresh = true;
    }

    /// Goes on collecting for the state file of another engine, beginning with the whole state.
    pub(super) fn persist_afresh(&mut self, other: &Persistence) {
        let names = other.names.clone();
        names.take();
        self.track(&names);
        self.persistence.afresh = true;
    }

    pub(super) fn track(&mut self, names: &ChangedNames) {
        for integration in &mut self.integrations {
            integration.track(names);
        }
        let provider = &mut self.provider;
        provider.links.track(names, "page".to_owned());
        provider.timers.queue.track(names, "timer".to_owned());
        provider.webhooks.deliveries.track(names, "delivery".to_owned());
        self.call_log.is_saved();
        self.persistence.names = names.clone();
    }

    /// What changed since the last call. Calls that only read are not a change; they go along with the next.
    pub fn changes(&mut self) -> Changes {
        let names = self.persistence.names.take();
        let clock_moved = std::mem::take(&mut self.persistence.clock_moved);
        if std::mem::take(&mut self.persistence.afresh) {
            self.persistence.written = self.compared().into_iter().collect();
            let records = self.records().into_iter();
            let records = records.map(|(name, value)| (name, Some(value))).collect();
            self.call_log.is_saved();
            return Changes {
                afresh: true,
                records,
            };
        }
        let mut records: Vec<_> = names
            .into_iter()
            .map(|name| {
                let value = self.record(&name);
                (name, value)
            })
            .collect();
        for (name, value) in self.compared() {
            if self.persistence.written.get(&name) != Some(&value) {
                self.persistence.written.insert(name.clone(), value.clone());
                records.push((name, Some(value)));
            }
        }
        if clock_moved || !records.is_empty() {
            records.push(("world".to_owned(), Some(json(&self.counters()))));
            let calls = self.call_log.unsaved().into_iter();
            records.extend(calls.map(|(number, call)| (call_name(number), call.as_ref().map(json))));
        }
        Changes {
            afresh: false,
            records,
        }
    }

    /// What is left to write before the state file is closed, calls that only read included.
    pub fn last_changes(&mut self) -> Changes {
        self.persistence.clock_moved = true;
        self.changes()
    }

    /// Records that are written if they differ from what was written last.
    fn compared(&self) -> Vec<(String, String)> {
        if !self.persistence.names.is_on() {
            return Vec::new();
        }
        self.small_records()
    }

    fn small_records(&self) -> Vec<(String, String)> {
        let mut records: Vec<_> = self
            .integrations
            .iter()
            .map(|one| (format!("integration/{}", Index(one.index)), json(one)))
            .collect();
        records.push(("faults".to_owned(), json(&self.provider.faults)));
        records
    }

    fn counters(&self) -> SavedCounters {
        let provider = &self.provider;
        SavedCounters {
            seed: provider.seed,
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

    /// The record with this name as it is now; `None` if it was removed.
    fn record(&self, name: &str) -> Option<String> {
        let (group, key) = name.split_once('/')?;
        let number = |text: &str| text.parse::<usize>().ok();
        let provider = &self.provider;
        match group {
            "page" => return provider.links.get(key).map(json),
            "delivery" => return provider.webhooks.deliveries.get(&key.parse().ok()?).map(json),
            "timer" => {
                let (at, set) = key.split_once('/')?;
                let key = (Moment::from_micros(at.parse().ok()?), set.parse().ok()?);
                return provider.timers.queue.get(&key).map(json);
            }
            _ => {}
        }
        let (index, key) = key.split_once('/')?;
        let integration = self.integrations.get(number(index)?)?;
        match group {
            "token" => integration.tokens.get(key).map(json),
            "customer" => integration.customers.at(number(key)?).map(json),
            "payment" => integration.payments.at(number(key)?).map(json),
            "offramp" => integration.offramps.at(number(key)?).map(json),
            "credit" => {
                let (account, index) = key.split_once('/')?;
                let account = integration.accounts.get(number(account)?)?;
                account.feed.at(number(index)?).map(json)
            }
            _ => None,
        }
    }

    /// The whole state as named records, each as JSON.
    pub fn records(&self) -> Vec<(String, String)> {
        let mut records = vec![("world".to_owned(), json(&self.counters()))];
        if let Some(scenario) = SavedScenario::of(self) {
            records.push(("scenario".to_owned(), json(&scenario)));
        }
        records.extend(self.small_records());
        for integration in &self.integrations {
            records.extend(integration.tokens.named().map(named));
            records.extend(integration.customers.named().map(named));
            records.extend(integration.payments.named().map(named));
            records.extend(integration.offramps.named().map(named));
            for account in &integration.accounts {
                records.extend(account.feed.named().map(named));
            }
        }
        records.extend(self.provider.links.named().map(named));
        records.extend(self.provider.timers.queue.named().map(named));
        records.extend(self.provider.webhooks.deliveries.named().map(named));
        let calls = self.call_log.since(0).into_iter();
        records.extend(calls.map(|call| (call_name(call.number), json(call))));
        records
    }

    /// The whole state as one JSON object: a list of named records for each group.
    pub fn export(&self) -> String {
        let mut groups: BTreeMap<&str, Vec<String>> =
            GROUPS.iter().map(|group| (*group, Vec::new())).collect();
        for (name, value) in self.records() {
            let group = name.split('/').next().unwrap_or_default();
            let record = format!("{{\"name\":{},\"value\":{value}}}", json(&name));
            if let Some(list) = groups.get_mut(group) {
                list.push(record);
            }
        }
        let groups: Vec<String> = GROUPS
            .iter()
            .filter_map(|group| Some(format!("\"{group}\":[{}]", groups.get(group)?.join(","))))
            .collect();
        format!("{{\"format\":{FORMAT},{}}}", groups.join(","))
    }
}

fn named<T: Serialize>((name, record): (String, &T)) -> (String, String) {
    (name, json(record))
}
