//! The engine's state restored from the records of a state file.

use std::fmt;

use serde::de::DeserializeOwned;

use super::Engine;
use super::persistence::SavedCounters;
use crate::call_log::CallLog;
use crate::changes::ChangedNames;
use crate::entropy::Entropy;
use crate::integration::Integration;
use crate::moment::Moment;
use crate::provider::Link;
use crate::table::OrderedMap;
use crate::timers::Timers;
use crate::webhooks::WebhookQueue;

/// A record that cannot be restored: which, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

fn read<T: DeserializeOwned>(name: &str, value: &str) -> Result<T, Unreadable> {
    serde_json::from_str(value).map_err(|error| Unreadable(format!("`{name}` cannot be read: {error}")))
}

impl Engine {
    /// Removes all state, so that records can be restored.
    pub fn clear(&mut self) {
        self.integrations.clear();
        self.provider.links = OrderedMap::default();
        self.provider.timers = Timers::default();
        self.provider.webhooks = WebhookQueue::default();
        self.provider.faults.clear();
        self.call_log = CallLog::default();
        self.track(&ChangedNames::default());
    }

    /// Restores a record. Records come group by group, in the order of [`GROUPS`](super::GROUPS), and in the order of
    /// their names within a group.
    pub fn restore(&mut self, name: &str, value: &str) -> Result<(), Unreadable> {
        let unnamed = || Unreadable(format!("`{name}` is no name of a record"));
        let number = |part: &str| part.parse::<usize>().map_err(|_| unnamed());
        let parts: Vec<&str> = name.split('/').collect();
        match parts.as_slice() {
            ["scenario"] => {
                let restored = self.restore_scenario(&read(name, value)?);
                restored.map_err(|why| Unreadable(format!("`{name}` cannot be read: {why}")))?;
            }
            ["world"] => self.restore_counters(read(name, value)?),
            ["integration", _] => {
                let mut integration: Integration = read(name, value)?;
                integration.index = self.integrations.len();
                integration.track(&ChangedNames::default());
                self.integrations.push(integration);
            }
            ["token", index, token] => {
                let until = read(name, value)?;
                let owner = self.owner(name, number(index)?)?;
                owner.tokens.insert((*token).to_owned(), until);
            }
            ["customer", index, _] => {
                let customer = read(name, value)?;
                self.owner(name, number(index)?)?.file_customer(customer);
            }
            ["payment", index, _] => {
                let payment = read(name, value)?;
                self.owner(name, number(index)?)?.payments.insert(payment);
            }
            ["offramp", index, _] => {
                let offramp: crate::records::Offramp = read(name, value)?;
                let owner = self.owner(name, number(index)?)?;
                owner.offramps.insert(offramp.id, offramp);
            }
            ["credit", index, account, _] => {
                let transaction: crate::records::BankTransaction = read(name, value)?;
                let account = number(account)?;
                let account = self.owner(name, number(index)?)?.accounts.get_mut(account);
                let account = account.ok_or_else(|| Unreadable(format!("`{name}` stands on no account")))?;
                account.feed.insert(transaction.id.clone(), transaction);
            }
            ["page", page] => {
                let link: Link = read(name, value)?;
                self.provider.links.insert((*page).to_owned(), link);
            }
            ["timer", at, set] => {
                let at = at.parse().map(Moment::from_micros).map_err(|_| unnamed())?;
                let set = set.parse().map_err(|_| unnamed())?;
                self.provider.timers.queue.insert((at, set), read(name, value)?);
            }
            ["delivery", _] => self.provider.webhooks.restore(read(name, value)?),
            ["faults"] => self.provider.faults = read(name, value)?,
            // A call that cannot be read is no reason to refuse the rest.
            ["call", _] => {
                if let Ok(entry) = serde_json::from_str(value) {
                    self.call_log.restore(entry);
                }
            }
            _ => return Err(unnamed()),
        }
        Ok(())
    }

    fn restore_counters(&mut self, saved: SavedCounters) {
        let provider = &mut self.provider;
        provider.seed = saved.seed;
        provider.entropy = Entropy::new(saved.entropy);
        provider.clock.resume(saved.now);
        (provider.last_user, provider.last_offramp) = (saved.last_user, saved.last_offramp);
        provider.timers.set = saved.timers_set;
        provider.webhooks.accepted = saved.deliveries_accepted;
        provider.webhooks.held_back = saved.overtaken;
        self.generation = saved.generation;
    }

    fn owner(&mut self, name: &str, index: usize) -> Result<&mut Integration, Unreadable> {
        self.integrations
            .get_mut(index)
            .ok_or_else(|| Unreadable(format!("`{name}` belongs to no integration")))
    }

    /// Ends the restoring of records.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the records hold no integration.
    pub fn restored(&mut self) -> Result<(), Unreadable> {
        // Calls may have been shown that were not written before the process was killed: their numbers stay unused.
        self.call_log.leave_a_gap();
        if self.integrations.is_empty() {
            return Err(Unreadable("there is no integration in it".to_owned()));
        }
        Ok(())
    }

    /// Whether a scenario that replaced the one at the start was restored.
    pub const fn is_restaged(&self) -> bool {
        self.restaged
    }
}
