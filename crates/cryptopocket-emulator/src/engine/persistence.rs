//! The engine's state as records for a state file: the whole of it, and what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::restore::SavedScenario;
use crate::catalogue::words;
use crate::clock::Speed;
use crate::integration::Integration;
use crate::moment::Moment;
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
    /// The integrations that were lent to be changed since the last changes were taken.
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
