//! The world as records: what of it changed, all of it, and how it is built up again from them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::World;
use super::staging::SavedScenario;
use crate::moment::Moment;
use crate::trail::{Key, Kind, Trail};

/// The groups of records, in the order in which a world is built up from them.
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

/// What has to be written down.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Everything written before is to be forgotten first.
    pub afresh: bool,
    /// By name; `None` for what is gone. The values are JSON.
    pub records: Vec<(String, Option<String>)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && !self.afresh
    }
}

/// What the world remembers of what was written down.
#[derive(Debug, Default)]
pub struct Memory {
    pub(super) trail: Trail,
    afresh: bool,
    /// Integrations as they were last written: they are often asked for without being changed.
    integrations: BTreeMap<u64, String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SavedWorld {
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
    // Nothing here has a map with keys that are no text, the one thing that JSON cannot write.
    serde_json::to_string(value).unwrap_or_default()
}

fn name(kind: Kind, key: &Key) -> String {
    let mut name = match kind {
        Kind::World => return "world".to_owned(),
        Kind::Integrations => "integration".to_owned(),
        Kind::Tokens(who) => format!("token/{who:06}"),
        Kind::Customers(who) => format!("customer/{who:06}"),
        Kind::Payments(who) => format!("payment/{who:06}"),
        Kind::Offramps(who) => format!("offramp/{who:06}"),
        Kind::Feed(who, account) => format!("credit/{who:06}/{account:06}"),
        Kind::Pages => "page".to_owned(),
        Kind::Timers => "timer".to_owned(),
        Kind::Deliveries => "delivery".to_owned(),
        Kind::Faults => return "faults".to_owned(),
    };
    let written = match key {
        Key::Number(number) => write!(name, "/{number:010}"),
        Key::Text(text) => write!(name, "/{text}"),
        Key::Time(at, number) => write!(name, "/{:020}/{number:020}", at.micros()),
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
    name
}

fn call_name(number: u64) -> String {
    format!("call/{number:020}")
}

impl World {
    /// From now on changes are noted, for [`World::changes`] to tell.
    pub fn follow(&mut self, trail: Trail) {
        self.integrations.follow(&trail);
        self.pages.follow(&trail, Kind::Pages);
        self.timers.queue.follow(&trail, Kind::Timers);
        self.post.deliveries.follow(&trail, Kind::Deliveries);
        self.faults.follow(&trail);
        self.journal.is_saved();
        self.memory.trail = trail;
    }

    /// Notes that the clock was moved on purpose.
    pub(super) fn note_time(&self) {
        self.memory.trail.note(Kind::World, 0_u64);
    }

    /// From now on changes are noted, and the first of them is all there is now.
    pub fn follow_afresh(&mut self, trail: Trail) {
        self.follow(trail);
        self.memory.afresh = true;
    }

    /// What is still to be written down before the end, be it nothing but calls that only looked.
    pub fn last_changes(&mut self) -> Changes {
        self.note_time();
        self.changes()
    }

    /// What changed since this was last asked.
    pub fn changes(&mut self) -> Changes {
        let noted = self.memory.trail.take();
        if std::mem::take(&mut self.memory.afresh) {
            let records = self.records().map(|(name, value)| (name, Some(value))).collect();
            self.journal.is_saved();
            return Changes {
                afresh: true,
                records,
            };
        }
        let mut records = Vec::with_capacity(noted.len() + 1);
        let moved = noted.iter().any(|(kind, _)| *kind == Kind::World);
        for (kind, key) in noted {
            let value = self.record(kind, &key);
            if let (Kind::Integrations, Key::Number(who), Some(value)) = (kind, &key, &value) {
                let before = self.memory.integrations.insert(*who, value.clone());
                if before.as_ref() == Some(value) {
                    continue;
                }
            }
            if kind != Kind::World {
                records.push((name(kind, &key), value));
            }
        }
        if moved || !records.is_empty() {
            records.push(("world".to_owned(), Some(json(&self.saved()))));
            let calls = self.journal.unsaved().into_iter();
            records.extend(calls.map(|(number, call)| (call_name(number), call)));
        }
        Changes {
            afresh: false,
            records,
        }
    }

    fn saved(&self) -> SavedWorld {
        SavedWorld {
            seed: self.seed,
            entropy: self.entropy.state(),
            now: self.now(),
            last_user: self.last_user,
            last_offramp: self.last_offramp,
            generation: self.generation,
            timers_set: self.timers.set,
            deliveries_accepted: self.post.accepted,
            overtaken: self.post.overtaken.clone(),
        }
    }

    /// What stands there now.
    fn record(&self, kind: Kind, key: &Key) -> Option<String> {
        let one = |who: usize| self.integrations.get(who);
        match (kind, key) {
            (Kind::Integrations, Key::Number(who)) => one(usize::try_from(*who).ok()?).map(json),
            (Kind::Tokens(who), Key::Text(token)) => one(who)?.tokens.get(token).map(json),
            (Kind::Pages, Key::Text(page)) => self.pages.get(page).map(json),
            (Kind::Timers, Key::Time(at, number)) => self.timers.queue.get(&(*at, *number)).map(json),
            (Kind::Deliveries, Key::Number(id)) => self.post.deliveries.get(id).map(json),
            (Kind::Faults, _) => Some(json(&self.faults)),
            (_, Key::Number(place)) => self.entry(kind, usize::try_from(*place).ok()?),
            _ => None,
        }
    }

    fn entry(&self, kind: Kind, place: usize) -> Option<String> {
        let one = |who: usize| self.integrations.get(who);
        match kind {
            Kind::Customers(who) => one(who)?.customers.at(place).map(json),
            Kind::Payments(who) => one(who)?.payments.at(place).map(|one| json(one.as_ref())),
            Kind::Offramps(who) => one(who)?.offramps.at(place).map(json),
            Kind::Feed(who, account) => one(who)?
                .accounts
                .get(account)?
                .feed
                .at(place)
                .map(|one| json(one.as_ref())),
            _ => None,
        }
    }

    /// Everything, as records in the order of [`GROUPS`].
    pub fn records(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let world = (Kind::World, Key::Number(0), json(&self.saved()));
        let of_all = self
            .integrations
            .iter()
            .enumerate()
            .map(|(who, one)| (Kind::Integrations, Key::from(who), json(one)));
        let of_each = self.integrations.iter().enumerate().flat_map(move |(who, one)| {
            let tokens = one.tokens.iter();
            let tokens =
                tokens.map(move |(token, until)| (Kind::Tokens(who), token.clone().into(), json(until)));
            let entries = move |kind: Kind, length: usize| {
                (0..length).filter_map(move |place| Some((kind, Key::from(place), self.entry(kind, place)?)))
            };
            let feeds = one
                .accounts
                .iter()
                .enumerate()
                .flat_map(move |(account, held)| entries(Kind::Feed(who, account), held.feed.len()));
            tokens
                .chain(entries(Kind::Customers(who), one.customers.len()))
                .chain(entries(Kind::Payments(who), one.payments.len()))
                .chain(entries(Kind::Offramps(who), one.offramps.len()))
                .chain(feeds)
        });
        let pages = self
            .pages
            .iter()
            .map(|(page, leads_to)| (Kind::Pages, page.clone().into(), json(leads_to)));
        let timers = self
            .timers
            .queue
            .iter()
            .map(|(at, due)| (Kind::Timers, (*at).into(), json(due)));
        let post = self
            .post
            .iter()
            .map(|one| (Kind::Deliveries, one.id.into(), json(one)));
        let faults = (Kind::Faults, Key::Number(0), json(&self.faults));
        let faults = std::iter::once(faults);
        let calls = self.journal.records();
        let calls = calls.map(|(number, call)| (call_name(number), call));
        let scenario = SavedScenario::of(self).map(|saved| ("scenario".to_owned(), json(&saved)));
        let rest = std::iter::once(world)
            .chain(of_all)
            .chain(of_each)
            .chain(pages)
            .chain(timers)
            .chain(post)
            .chain(faults)
            .map(|(kind, key, value)| (name(kind, &key), value))
            .chain(calls);
        scenario.into_iter().chain(rest)
    }

    /// Everything as one JSON object: a list of objects a group, each with its record's name.
    pub fn export(&self) -> String {
        let mut groups: BTreeMap<&str, Vec<String>> =
            GROUPS.iter().map(|group| (*group, Vec::new())).collect();
        for (name, value) in self.records() {
            let group = name.split('/').next().unwrap_or_default();
            let line = format!("{{\"name\":{},\"value\":{value}}}", json(&name));
            if let Some(list) = groups.get_mut(group) {
                list.push(line);
            }
        }
        let groups: Vec<String> = GROUPS
            .iter()
            .filter_map(|group| Some(format!("\"{group}\":[{}]", groups.get(group)?.join(","))))
            .collect();
        format!("{{\"format\":{FORMAT},{}}}", groups.join(","))
    }
}

/// Grows when records stop being readable for those who read the ones before.
pub const FORMAT: u32 = 1;
