//! One holder of an API key, with everything that is theirs. Integrations share no records.

mod bank;
mod customers;
mod gateway;
mod offramps;
mod payment_list;
mod payments;
mod seeding;
mod transfers;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalogue::Method;
use crate::changes::ChangedNames;
use crate::faults::WebhookFault;
use crate::moment::Moment;
use crate::outage::Outage;
use crate::provider::Provider;
use crate::records::{BankAccount, Customer, Offramp};
use crate::table::{OrderedMap, Table};
use crate::timers::Due;

pub use payment_list::PaymentList;

/// How long a held-back webhook waits for another to overtake it.
const HELD_BACK_FOR: Duration = Duration::from_secs(3_600);

/// One holder of an API key, with everything that is theirs.
#[derive(Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Integration {
    /// Its index among the integrations of the engine.
    #[serde(skip)]
    pub index: usize,
    /// The API key.
    pub key: String,
    /// The API secret. It opens nothing but this emulator.
    pub secret: String,
    /// Off the whitelist, every token is refused.
    pub whitelisted: bool,
    #[serde(skip)]
    pub(crate) tokens: OrderedMap<String, Moment>,
    /// Customers by id.
    #[serde(skip)]
    pub customers: Table<u64, Customer>,
    #[serde(skip)]
    by_email: BTreeMap<String, u64>,
    #[serde(skip)]
    by_external_id: BTreeMap<String, u64>,
    /// Payments by id.
    #[serde(skip)]
    pub payments: PaymentList,
    /// Off-ramps by id.
    #[serde(skip)]
    pub offramps: Table<u64, Offramp>,
    /// Bank accounts; the first receives transfers.
    pub accounts: Vec<BankAccount>,
    /// Webhook URLs by event type.
    #[serde(deserialize_with = "crate::catalogue::spelled")]
    pub subscriptions: BTreeMap<&'static str, String>,
    /// Payment methods that are refused.
    pub barred_methods: BTreeSet<String>,
    /// Parts of the provider that are down.
    #[serde(default)]
    pub outages: BTreeSet<Outage>,
}

impl Integration {
    pub(crate) fn new(index: usize, key: String, secret: String, account: BankAccount) -> Self {
        Self {
            index,
            key,
            secret,
            whitelisted: true,
            tokens: OrderedMap::default(),
            customers: Table::default(),
            by_email: BTreeMap::new(),
            by_external_id: BTreeMap::new(),
            payments: PaymentList::default(),
            offramps: Table::default(),
            accounts: vec![account],
            subscriptions: BTreeMap::new(),
            barred_methods: BTreeSet::new(),
            outages: BTreeSet::new(),
        }
    }

    /// Reports changes of its records to `names`.
    pub(crate) fn track(&mut self, names: &ChangedNames) {
        let index = self.index;
        self.tokens.track(names, format!("token/{index:06}"));
        self.customers.track(names, format!("customer/{index:06}"));
        self.payments.track(names, format!("payment/{index:06}"));
        self.offramps.track(names, format!("offramp/{index:06}"));
        for (number, account) in self.accounts.iter_mut().enumerate() {
            account
                .feed
                .track(names, format!("credit/{index:06}/{number:06}"));
        }
    }

    /// Issues a token.
    pub(crate) fn log_in(&mut self, provider: &mut Provider) -> String {
        let token = provider.entropy.hex(40);
        let now = provider.now();
        self.tokens.retain(|until| *until > now);
        self.tokens.insert(token.clone(), now.plus(provider.token_life));
        token
    }

    /// Whether a token is valid: issued here, not expired, and the integration whitelisted.
    pub(crate) fn accepts(&self, token: &str, now: Moment) -> bool {
        self.whitelisted && self.tokens.get(token).is_some_and(|until| *until > now)
    }

    /// Whether a payment method is not barred.
    pub fn offers(&self, method: &Method) -> bool {
        !self.barred_methods.contains(method.payment_type)
    }

    pub(crate) fn bar_method(&mut self, payment_type: &str, barred: bool) {
        if barred {
            self.barred_methods.insert(payment_type.to_owned());
        } else {
            self.barred_methods.remove(payment_type);
        }
    }

    pub(crate) fn set_outage(&mut self, outage: Outage, down: bool) {
        if down {
            self.outages.insert(outage);
        } else {
            self.outages.remove(&outage);
        }
    }

    /// Queues a webhook for each of `events` that is subscribed to.
    fn emit<T: Serialize>(&self, provider: &mut Provider, events: &[&'static str], subject: &str, data: &T) {
        for event in events {
            let Some(url) = self.subscriptions.get(*event) else {
                continue;
            };
            let body = serde_json::to_vec(&EventBody { event, data }).unwrap_or_default();
            let faults = provider.faults.take_for_event(event);
            let before = provider.webhooks.accepted;
            let accepted = provider
                .webhooks
                .accept(self.index, event, subject, url.clone(), body, &faults);
            let now = provider.now();
            for (delivery, late) in accepted {
                provider.timers.set(now.plus(late), Due::Attempt(delivery));
            }
            if faults.contains(&WebhookFault::Overtaken) {
                for delivery in before + 1..=provider.webhooks.accepted {
                    provider
                        .timers
                        .set(now.plus(HELD_BACK_FOR), Due::NotOvertaken(delivery));
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
