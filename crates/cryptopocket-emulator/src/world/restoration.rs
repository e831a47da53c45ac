//! A world built up from its records.

use serde::de::DeserializeOwned;

use super::memory::SavedWorld;
use super::{Integration, PageFor, World};
use crate::entropy::Entropy;
use crate::moment::Moment;

/// Records that make no world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

fn read<T: DeserializeOwned>(name: &str, value: &str) -> Result<T, Unreadable> {
    serde_json::from_str(value).map_err(|error| Unreadable(format!("`{name}` cannot be read: {error}")))
}

impl World {
    /// Puts a record in its place. Records come group by group, in the order of [`GROUPS`], and in the order of their
    /// names within a group.
    pub fn restore(&mut self, name: &str, value: &str) -> Result<(), Unreadable> {
        let mut parts = name.split('/');
        let group = parts.next().unwrap_or_default();
        let parts: Vec<&str> = parts.collect();
        let number = |part: &str| {
            part.parse()
                .map_err(|_| Unreadable(format!("`{name}` is no name of a record")))
        };
        match (group, parts.as_slice()) {
            ("scenario", []) => {
                let restaged = self.stage_again(&read(name, value)?);
                restaged.map_err(|why| Unreadable(format!("`{name}` cannot be read: {why}")))?;
            }
            ("world", []) => {
                let saved: SavedWorld = read(name, value)?;
                self.seed = saved.seed;
                self.entropy = Entropy::new(saved.entropy);
                self.clock.resume(saved.now);
                (self.last_user, self.last_offramp) = (saved.last_user, saved.last_offramp);
                self.generation = saved.generation;
                self.timers.set = saved.timers_set;
                (self.post.accepted, self.post.overtaken) = (saved.deliveries_accepted, saved.overtaken);
            }
            ("integration", [_]) => self.integrations.push(read(name, value)?),
            ("token", [who, token]) => {
                let until = read(name, value)?;
                self.restored(name, number(who)?)?
                    .tokens
                    .insert((*token).to_owned(), until);
            }
            ("customer", [who, _]) => self
                .restored(name, number(who)?)?
                .file_customer(read(name, value)?),
            ("payment", [who, _]) => self
                .restored(name, number(who)?)?
                .payments
                .push(&read(name, value)?),
            ("offramp", [who, _]) => self
                .restored(name, number(who)?)?
                .offramps
                .push(read(name, value)?),
            ("credit", [who, account, _]) => {
                let account = number(account)?;
                let one = self.restored(name, number(who)?)?;
                let account = one.accounts.get_mut(account);
                let account = account.ok_or_else(|| Unreadable(format!("`{name}` stands on no account")))?;
                account.feed.push(&read(name, value)?);
            }
            ("page", [page]) => {
                let leads_to: PageFor = read(name, value)?;
                self.pages.insert((*page).to_owned(), leads_to);
            }
            ("timer", [at, set]) => {
                let at = Moment::from_micros(
                    at.parse()
                        .map_err(|_| Unreadable(format!("`{name}` has no time")))?,
                );
                let set = u64::try_from(number(set)?).unwrap_or(0);
                self.timers.queue.insert((at, set), read(name, value)?);
            }
            ("delivery", [_]) => self.post.restore(read(name, value)?),
            ("faults", []) => {
                self.faults = read(name, value)?;
            }
            // A call that cannot be read is no reason to refuse all the rest.
            ("call", [_]) => drop(self.journal.restore(value)),
            _ => return Err(Unreadable(format!("`{name}` is no name of a record"))),
        }
        Ok(())
    }

    fn restored(&mut self, name: &str, who: usize) -> Result<&mut Integration, Unreadable> {
        if who < self.integrations.len() {
            return Ok(self.integrations.quietly(who));
        }
        Err(Unreadable(format!("`{name}` belongs to no integration")))
    }

    /// Forgets what a fresh world has, so that records can take its place.
    pub fn clear(&mut self) {
        self.integrations = super::Integrations::default();
        self.pages = crate::trail::Noted::default();
        self.timers = super::Timers::default();
        self.post = crate::delivery::PostOffice::default();
        self.faults.clear();
        self.journal = crate::journal::Journal::default();
    }
}
