//! One holder of an API key and everything that is theirs. Nothing is shared, so nothing can leak across.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::archive::Archive;
use super::bank::BankAccount;
use super::customers::Customer;
use super::ledger::Ledger;
use super::offramps::Offramp;
use super::payments::Payment;
use super::{Outage, World};
use crate::catalogue::Method;
use crate::moment::Moment;
use crate::trail::{Kind, Noted, Trail};

#[derive(Debug, Serialize, Deserialize)]
pub struct Integration {
    pub key: String,
    pub secret: String,
    pub whitelisted: bool,
    #[serde(skip)]
    pub tokens: Noted<String, Moment>,
    #[serde(skip)]
    pub customers: Ledger<Customer>,
    #[serde(skip)]
    pub by_email: BTreeMap<String, u64>,
    /// Customers by external id.
    #[serde(skip)]
    pub named: BTreeMap<String, u64>,
    #[serde(skip)]
    pub payments: Archive<Payment>,
    #[serde(skip)]
    pub offramps: Ledger<Offramp>,
    pub accounts: Vec<BankAccount>,
    #[serde(deserialize_with = "crate::catalogue::spelled")]
    pub subscriptions: BTreeMap<&'static str, String>,
    pub barred_methods: BTreeSet<String>,
    #[serde(default)]
    pub outages: BTreeSet<Outage>,
}

impl Integration {
    pub fn new(key: String, secret: String, account: BankAccount) -> Self {
        Self {
            key,
            secret,
            whitelisted: true,
            tokens: Noted::default(),
            customers: Ledger::default(),
            by_email: BTreeMap::new(),
            named: BTreeMap::new(),
            payments: Archive::default(),
            offramps: Ledger::default(),
            accounts: vec![account],
            subscriptions: BTreeMap::new(),
            barred_methods: BTreeSet::new(),
            outages: BTreeSet::new(),
        }
    }

    /// From now on changes are noted.
    pub fn follow(&mut self, trail: &Trail, who: usize) {
        self.tokens.follow(trail, Kind::Tokens(who));
        self.customers.follow(trail, Kind::Customers(who));
        self.payments.follow(trail, Kind::Payments(who));
        self.offramps.follow(trail, Kind::Offramps(who));
        for (place, account) in self.accounts.iter_mut().enumerate() {
            account.feed.follow(trail, Kind::Feed(who, place));
        }
    }

    pub fn file_customer(&mut self, customer: Customer) {
        self.by_email.insert(customer.email.clone(), customer.id);
        if let Some(external_id) = &customer.external_id {
            // The first of those who share one, as a search from the beginning would find.
            self.named.entry(external_id.clone()).or_insert(customer.id);
        }
        self.customers.push(customer);
    }

    /// Whether a method of payment is not barred for it.
    pub fn offers(&self, method: &Method) -> bool {
        !self.barred_methods.contains(method.payment_type)
    }

    pub fn account(&self, iban: &str) -> Option<&BankAccount> {
        self.accounts.iter().find(|account| account.iban == iban)
    }
}

impl World {
    /// Gives out a token for a key and its secret; `None` where they do not belong together.
    pub fn log_in(&mut self, key: &str, secret: &str) -> Option<(String, Duration)> {
        let who = self
            .integrations
            .iter()
            .position(|one| one.key == key && one.secret == secret)?;
        let token = self.entropy.hex(40);
        let (now, until) = (self.now(), self.now().plus(self.token_life));
        let tokens = &mut self.integrations[who].tokens;
        tokens.retain(|until| *until > now);
        tokens.insert(token.clone(), until);
        Some((token, self.token_life))
    }

    /// Whose token this is, unless it ran out or its holder is not whitelisted.
    pub fn holder_of(&self, token: &str) -> Option<usize> {
        let now = self.now();
        self.integrations
            .iter()
            .position(|one| one.whitelisted && one.tokens.get(token).is_some_and(|until| *until > now))
    }

    /// Bars a payment method for an integration, or lets it back in.
    pub fn bar_method(&mut self, who: usize, payment_type: &str, barred: bool) {
        let methods = &mut self.integrations[who].barred_methods;
        if barred {
            methods.insert(payment_type.to_owned());
        } else {
            methods.remove(payment_type);
        }
    }

    /// Takes a part of the provider down for an integration, or brings it up again.
    pub fn set_outage(&mut self, who: usize, outage: Outage, down: bool) {
        let outages = &mut self.integrations[who].outages;
        if down {
            outages.insert(outage);
        } else {
            outages.remove(&outage);
        }
    }

    /// Makes every token given out so far worthless.
    pub fn expire_tokens(&mut self) {
        for one in self.integrations.iter_mut() {
            one.tokens.retain(|_| false);
        }
    }
}
