//! The holder of an API key, with all its records. Integrations share no records.

mod bank;
mod customers;
mod offramps;
mod payments;
mod seeding;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalogue::Method;
use crate::catalogue::Outage;
use crate::error::CommandError;
use crate::moment::Moment;
use crate::provider::Provider;
use crate::records::{BankAccount, Customer, Offramp, Payment};
use crate::store::{OrderedMap, Store, Table, json};
use crate::timers::Due;
use crate::webhooks::Delivery;
use crate::wire::Object;

/// The holder of an API key, with all its records.
#[derive(Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Integration {
    /// Its index among the integrations of the engine.
    #[serde(skip)]
    pub index: usize,
    /// The API key.
    pub key: String,
    /// The API secret. It is valid in this emulator only.
    pub secret: String,
    /// Off the whitelist, every token is refused.
    pub whitelisted: bool,
    #[serde(skip)]
    pub(crate) tokens: OrderedMap<String, Moment>,
    /// Customers by id.
    #[serde(skip)]
    pub customers: Table<u64, Customer>,
    /// Payments by id.
    #[serde(skip)]
    pub payments: Table<String, Payment>,
    /// Off-ramps by id.
    #[serde(skip)]
    pub offramps: Table<u64, Offramp>,
    /// Bank accounts; the first receives transfers.
    pub accounts: Vec<BankAccount>,
    /// Webhook URLs by event type.
    pub subscriptions: BTreeMap<String, String>,
    /// Payment methods that are refused.
    pub barred_methods: BTreeSet<String>,
    /// Parts of the provider that are down.
    #[serde(default)]
    pub outages: BTreeSet<Outage>,
}

impl Integration {
    /// Its stores, each with the name of its group in the state file.
    pub(crate) fn stores(&self) -> Vec<(String, &dyn Store)> {
        let index = self.index;
        let mut stores: Vec<(String, &dyn Store)> = vec![
            (format!("token/{index:06}"), &self.tokens),
            (format!("customer/{index:06}"), &self.customers),
            (format!("payment/{index:06}"), &self.payments),
            (format!("offramp/{index:06}"), &self.offramps),
        ];
        for (number, account) in self.accounts.iter().enumerate() {
            stores.push((format!("credit/{index:06}/{number:06}"), &account.feed));
        }
        stores
    }

    /// Whether a token is valid: issued here, not expired, and the integration whitelisted.
    pub(crate) fn accepts(&self, token: &str, now: Moment) -> bool {
        self.whitelisted && self.tokens.get(token).is_some_and(|until| *until > now)
    }

    /// Whether a payment method is not barred.
    pub fn offers(&self, method: &Method) -> bool {
        !self.barred_methods.contains(method.payment_type)
    }

    pub(crate) fn payment(&self, id: &str) -> Result<&Payment, CommandError> {
        self.payments.get(id).ok_or(CommandError::NotFound("payment"))
    }

    /// The payment whose transfer has to carry this concept.
    pub fn with_concept(&self, concept: u64) -> Option<&Payment> {
        self.payments.found("concept", &concept.to_string()).next()
    }
}

pub(crate) fn set_member<T: Ord>(set: &mut BTreeSet<T>, item: T, present: bool) {
    if present {
        set.insert(item);
    } else {
        set.remove(&item);
    }
}

/// An integration and the state that all integrations share, borrowed together.
#[derive(Debug)]
pub(crate) struct Tenant<'a> {
    pub(crate) own: &'a mut Integration,
    pub(crate) provider: &'a mut Provider,
}

impl Tenant<'_> {
    /// Issues a token, and drops expired ones.
    pub(crate) fn log_in(&mut self) -> String {
        let (token, now) = (self.provider.entropy.hex(40), self.provider.now());
        self.own.tokens.retain(|until| *until > now);
        let until = now.plus(self.provider.settings.token_life);
        self.own.tokens.insert(token.clone(), until);
        token
    }

    /// Sets a timer that is due `after` from now.
    fn schedule(&mut self, after: Duration, due: impl FnOnce(usize) -> Due) {
        let now = self.provider.now();
        self.provider.schedule_from(now, after, due(self.own.index));
    }

    /// Queues a webhook of this event type, if the integration subscribed to it.
    fn emit(&mut self, event: &str, subject: String, data: &Object) {
        let Some(url) = self.own.subscriptions.get(event) else {
            return;
        };
        let body = json(&Object::new().with("type", event).with("data", data));
        let delivery = Delivery::new(self.own.index, event, subject, url, body);
        let (faults, now) = (self.provider.faults.events.take_all(event), self.provider.now());
        for (due, after) in self.provider.webhooks.accept(delivery, &faults) {
            self.provider.timers.set(now.plus(after), due);
        }
    }
}
