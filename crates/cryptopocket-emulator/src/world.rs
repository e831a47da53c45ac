//! Everything the emulated provider knows, and what can happen to it. No I/O: a call or a moment passing changes the
//! state, and what has to leave the house waits in the post office.

mod archive;
mod as_is;
mod bank;
mod blocks;
mod checkout;
mod customers;
mod integration;
mod integrations;
mod labels;
mod ledger;
pub mod magic;
mod memory;
mod offramps;
mod outage;
mod pack;
mod payments;
mod ranked;
mod restoration;
mod staging;
mod timers;
mod transfers;

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_types::Decimal;
use serde::Serialize;

pub use bank::{BankAccount, BankTransaction, Incoming};
pub use customers::{Customer, NewCustomer, PageFor, Reinforcement};
pub use integration::Integration;
pub use integrations::Integrations;
pub use ledger::Entry;
pub use memory::{Changes, FORMAT, GROUPS, Memory};
pub use offramps::{NewOfframp, Offramp};
pub use outage::{Outage, UnknownOutage};
pub use payments::{Order, Payment};
pub use timers::{Due, Timers};

use crate::clock::{Speed, VirtualClock};
use crate::control::Controls;
use crate::delivery::PostOffice;
use crate::entropy::{Entropy, derive};
use crate::faults::{Faults, WebhookFault};
use crate::journal::Journal;
use crate::moment::Moment;
use crate::scenario::{self, Scenario};
use crate::trail::Noted;

/// How long a webhook waits at the most to be overtaken.
const OVERTAKING_TAKES: Duration = Duration::from_secs(3_600);

/// Sums at which the provider says no. All in euros; other currencies are converted.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The least that can be bought for: below it, `min_purchase`.
    pub min_purchase: Decimal,
    /// The most a customer may spend by card in a calendar quarter: above it, `limit_exceded`.
    pub card_per_quarter: Decimal,
    /// What a customer may buy in all before an enhanced verification: above it, `kyc_reinforced_required`.
    pub reinforced_above: Decimal,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_purchase: Decimal::from(10_u8),
            card_per_quarter: Decimal::from(3_000_u16),
            reinforced_above: Decimal::from(15_000_u16),
        }
    }
}

/// Why a control call could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no such thing.
    NotFound(&'static str),
    /// It is there, but not in a state in which this can happen.
    WrongState(String),
}

#[derive(Debug)]
pub struct World {
    pub seed: u64,
    /// Scheme, host and port that the links in replies begin with.
    pub origin: String,
    pub limits: Limits,
    pub token_life: Duration,
    pub clock: VirtualClock,
    pub entropy: Entropy,
    pub integrations: Integrations,
    pub pages: Noted<String, PageFor>,
    pub timers: Timers,
    pub post: PostOffice,
    pub faults: Faults,
    pub journal: Journal,
    pub last_user: u64,
    pub last_offramp: u64,
    /// Grows with every reset, so that what was under way before it cannot leak into what follows.
    pub generation: u64,
    pub controls: Controls,
    pub memory: Memory,
    /// What it begins with, after a reset too.
    pub scenario: Option<Arc<Scenario>>,
    /// Reads scenarios that come as text; without it none is taken.
    pub scenario_reader: Option<scenario::Reader>,
    /// Whether that is another one than it was started with.
    pub restaged: bool,
}

impl World {
    pub fn new(seed: u64, clock: VirtualClock, limits: Limits, token_life: Duration) -> Self {
        Self {
            seed,
            origin: String::new(),
            limits,
            token_life,
            clock,
            entropy: Entropy::new(seed),
            integrations: Integrations::default(),
            pages: Noted::default(),
            timers: Timers::default(),
            post: PostOffice::default(),
            faults: Faults::default(),
            journal: Journal::default(),
            last_user: 100_000,
            last_offramp: 70_000,
            generation: 0,
            controls: Controls::Off,
            memory: Memory::default(),
            scenario: None,
            scenario_reader: None,
            restaged: false,
        }
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Adds an integration with an account to receive transfers on.
    pub fn add_integration(&mut self, key: Option<String>, secret: Option<String>) -> usize {
        // From a stream of their own, so that nothing else depends on whether they were given or made.
        let mut keys = Entropy::new(derive(self.seed, "keys", self.integrations.len() as u64));
        let key = key.unwrap_or_else(|| format!("sbx_key_{}", keys.alphanumeric(24)));
        let secret = secret.unwrap_or_else(|| format!("sbx_secret_{}", keys.alphanumeric(40)));
        let account = BankAccount::open(&mut self.entropy, "EUR");
        self.integrations.push(Integration::new(key, secret, account));
        self.integrations.len() - 1
    }

    /// Forgets everything but the first integration's credentials, as if it had just been started.
    pub fn reset(&mut self) {
        let first = &self.integrations[0];
        let (key, secret) = (first.key.clone(), first.secret.clone());
        self.clock.restart();
        let mut fresh = Self::new(
            self.seed,
            self.clock.clone(),
            self.limits.clone(),
            self.token_life,
        );
        fresh.origin = std::mem::take(&mut self.origin);
        fresh.generation = self.generation + 1;
        fresh.controls = self.controls;
        fresh.add_integration(Some(key), Some(secret));
        fresh.scenario = self.scenario.take();
        fresh.scenario_reader = self.scenario_reader;
        fresh.restaged = self.restaged;
        fresh.begin();
        let trail = self.memory.trail.clone();
        trail.take();
        fresh.follow_afresh(trail);
        *self = fresh;
    }

    /// Lets `after` pass before `due`; no time at all where the clock says that nothing takes any.
    pub fn schedule(&mut self, after: Duration, due: Due) {
        self.schedule_from(self.now(), after, due);
    }

    /// The same from another moment, which may have passed.
    pub fn schedule_from(&mut self, from: Moment, after: Duration, due: Due) {
        let at = if self.clock.speed() == Speed::Instant {
            from
        } else {
            from.plus(after)
        };
        self.timers.set(at, due);
    }

    /// Does everything whose time has come, and what follows from it.
    pub fn settle(&mut self) {
        while let Some((at, due)) = self.timers.take(self.now()) {
            match due {
                Due::KycDecision { who, user } => self.end_review(who, user),
                Due::Coins { who, payment } => self.send_coins(who, &payment),
                Due::Payout { who, offramp } => self.pay_out(who, offramp),
                // The account was there when the transfer was sent, and accounts are never closed.
                Due::Credit { who, incoming } => drop(self.credit(who, incoming)),
                Due::Attempt(delivery) => self.post.make_ready(delivery, at),
                Due::NotOvertaken(delivery) => self.post.let_go(delivery, at),
            }
        }
    }

    /// Lets happen what was to take its time on another clock than the one that counts now.
    pub fn catch_up(&mut self) {
        if self.clock.speed() == Speed::Instant {
            self.timers.hurry(self.now());
        }
    }

    /// Whether the worker has something to carry out or to wait for.
    pub fn has_work(&self) -> bool {
        !self.post.is_idle() || self.timers.next().is_some()
    }

    /// Moves the clock on, stopping at each moment at which something is due.
    pub fn advance(&mut self, by: Duration) {
        let end = self.now().plus(by);
        while let Some(next) = self.timers.next().filter(|next| *next <= end) {
            self.clock.advance(next.since(self.now()));
            self.settle();
        }
        self.clock.advance(end.since(self.now()));
        self.note_time();
        self.settle();
    }

    /// Puts an event in the post for whoever subscribed to one of `types`.
    pub fn emit<T: Serialize>(&mut self, who: usize, types: &[&'static str], subject: &str, data: &T) {
        for event in types {
            let Some(url) = self.integrations[who].subscriptions.get(*event).cloned() else {
                continue;
            };
            let body = serde_json::to_vec(&EventBody { event, data }).unwrap_or_default();
            let faults = self.faults.take_for_event(event);
            let before = self.post.accepted;
            for (delivery, late) in self.post.accept(who, event, subject, url, body, &faults) {
                self.timers.set(self.now().plus(late), Due::Attempt(delivery));
            }
            if faults.contains(&WebhookFault::Overtaken) {
                for delivery in before + 1..=self.post.accepted {
                    let at = self.now().plus(OVERTAKING_TAKES);
                    self.timers.set(at, Due::NotOvertaken(delivery));
                }
            }
        }
    }
}

#[derive(Serialize)]
struct EventBody<'a, T> {
    #[serde(rename = "type")]
    event: &'a str,
    data: &'a T,
}
